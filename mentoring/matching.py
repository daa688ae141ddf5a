"""Who suits whom: a score from topics and sector, hard bars from the one list of conflicts, and a fair first suggestion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mentoring.models import MenteeRequest, MentorMatch, MentorProfile
from mentoring.selectors import mentees_of_cohort, with_held_sessions, with_open_matches
from mentoring.states import OPEN, MatchState
from tenancy.conflicts import Conflict, conflict_sources, conflicts_among, employer_conflicts, pair
from tenancy.models import Person

# Having been somebody's mentor bars from judging them, not from mentoring them again.
NOT_A_BAR = {"mentor-of"}
POINTS_A_TOPIC = 3
POINTS_OTHER_SECTOR = 2
POINTS_FREE = 1


@dataclass(frozen=True)
class Suggestion:
    """One mentor for one mentee: `score` and the words that explain it, or `bars`: why it can't be."""

    mentor: MentorProfile
    score: int
    shared: tuple[str, ...]
    other_sector: bool
    free: int
    bars: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        return not self.bars and self.free > 0

    @property
    def why(self) -> str:
        """In words that both may read."""
        parts = []
        if self.shared:
            parts.append(_("shared topics: %(topics)s") % {"topics": ", ".join(self.shared)})
        if self.other_sector:
            parts.append(_("from another sector"))
        return "; ".join(parts) or _("no shared topic")

    @property
    def places(self) -> str:
        return ngettext("%(n)d place left", "%(n)d places left", self.free) % {"n": self.free}


@dataclass
class Mentee:
    """One participant of the cohort as the matching page shows them."""

    person: Person
    topics: list[str]
    wishes: str
    match: MentorMatch | None = None
    suggestions: list[Suggestion] = field(default_factory=list)
    best: Suggestion | None = None

    @property
    def barred(self) -> list[Suggestion]:
        return [s for s in self.suggestions if s.bars]

    @property
    def open_to(self) -> list[Suggestion]:
        return [s for s in self.suggestions if s.possible]


def score(mentee: Mentee, mentor: MentorProfile, conflicts: list[Conflict]) -> Suggestion:
    wanted = {t.casefold() for t in mentee.topics}
    shared = tuple(t for t in mentor.topics if t.casefold() in wanted)
    mine, theirs = mentee.person.organisation, mentor.person.organisation
    other_sector = mine is None or theirs is None or mine.sector_id != theirs.sector_id
    free = max(mentor.capacity - mentor.open_matches, 0) if mentor.taking_new else 0  # type: ignore[attr-defined]
    bars = [c.reason for c in conflicts]
    if mentor.person_id == mentee.person.pk:
        bars.append(_("This is the same person."))
    points = POINTS_A_TOPIC * len(shared) + POINTS_OTHER_SECTOR * other_sector + POINTS_FREE * min(free, 2)
    return Suggestion(mentor, points, shared, other_sector, free, tuple(bars))


def matching(cohort_id: int, *, person_id: int | None = None) -> list[Mentee]:
    """The cohort's participants with every mentor scored for those without one; `person_id` narrows to one participant.

    The number of queries doesn't depend on how many there are of either.
    """
    wish = MenteeRequest.objects.filter(cohort_id=cohort_id, person=OuterRef("person"))
    rows = (
        mentees_of_cohort(cohort_id)
        .select_related("person__organisation")
        .annotate(topics=Subquery(wish.values("topics")[:1]), wishes=Subquery(wish.values("wishes")[:1]))
    )
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    open_matches = MentorMatch.objects.filter(cohort_id=cohort_id, state__in=OPEN).select_related("mentor")
    matches = {m.mentee_id: m for m in with_held_sessions(open_matches)}
    mentees = [Mentee(r.person, r.topics or [], r.wishes or "", matches.get(r.person_id)) for r in rows]
    waiting = [m for m in mentees if m.match is None]
    if waiting:
        suggest(waiting)
    return mentees


def bars_among(people: Iterable[Person]) -> dict[tuple[int, int], list[Conflict]]:
    """Every conflict that bars a match; employers are at hand, the rest is asked of the one list."""
    known = {person.pk: person.organisation_id for person in people}
    kinds = {name for name, _source in conflict_sources.items()} - NOT_A_BAR - {"same-employer"}
    found = conflicts_among(set(known), kinds=kinds)
    for conflict in employer_conflicts(known.items()):
        found.setdefault(conflict.pair, []).append(conflict)
    return found


def suggest(mentees: list[Mentee]) -> None:
    """Score every mentor for each mentee, then hand out the places: the best pairs of all first, so that the same mentor isn't
    everybody's first suggestion."""
    mentors = list(with_open_matches(MentorProfile.objects.select_related("person__organisation__sector")))
    conflicts = bars_among([*(m.person for m in mentees), *(m.person for m in mentors)])
    for mentee in mentees:
        scored = [score(mentee, m, conflicts.get(pair(mentee.person.pk, m.person_id), [])) for m in mentors]
        mentee.suggestions = sorted(scored, key=lambda s: (-s.score, s.mentor.person.sort_key))
    places = {m.person_id: max(m.capacity - m.open_matches, 0) if m.taking_new else 0 for m in mentors}  # type: ignore[attr-defined]
    pairs = [(s, mentee) for mentee in mentees for s in mentee.open_to]
    pairs.sort(key=lambda both: (-both[0].score, both[1].person.sort_key, both[0].mentor.person.sort_key))
    for suggestion, mentee in pairs:
        mentor_id = suggestion.mentor.person_id
        if mentee.best is None and places[mentor_id] > 0:
            mentee.best = suggestion
            places[mentor_id] -= 1


def bars_between(mentor_id: int, mentee_id: int) -> list[str]:
    """Why these two can't be matched, in sentences; empty when they can."""
    people = Person.objects.filter(pk__in=(mentor_id, mentee_id))
    return [c.reason for c in bars_among(people).get(pair(mentor_id, mentee_id), [])]


def matched_before(mentor_id: int, mentee_id: int) -> bool:
    return MentorMatch.objects.filter(mentor_id=mentor_id, mentee_id=mentee_id, state=MatchState.ENDED).exists()
