"""What happened to an application or a round, in order: Change rows, the rows' own moments, and what the audit saw change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort
from selection.models import Application, AssessorAllocation, Deferral, Endorsement, SelectionRound
from selection.selectors.endorsements import handed_over
from selection.selectors.moderation import closed_here
from selection.selectors.withheld import CONFLICT, OTHERS
from selection.steps import BECAUSE, by_whom, in_words
from tenancy.actors import Actor
from tenancy.models import Access, Change, Person
from tenancy.words import Words

# Of an application's row, what its history names when it changes; states, versions and places on lists have steps of their own.
NAMED: dict[str, Words] = {
    "organisation_id": gettext_lazy("employer"),
    "job_title": gettext_lazy("job title"),
    "grade": gettext_lazy("grade"),
    "band_id": gettext_lazy("seniority"),
    "service_area": gettext_lazy("service area"),
    "decision_scope": gettext_lazy("what they decide"),
    "line_manager_id": gettext_lazy("line manager"),
    "sponsor_id": gettext_lazy("chief officer"),
}


# Steps whose words say how an application was judged: agreed points, departures from rank, whose place somebody got.
JUDGING = frozenset(
    {"moderate", "departure", "departure_undone", "offer", "offer_again", "reserve", "not_select", BECAUSE}
)

# Of them, those whose words name other applications, or ranks among which they stand.
COMPARING = frozenset({"departure", "offer", "offer_again", BECAUSE})


@dataclass(frozen=True)
class Step:
    """One line: when, what, who, and why where somebody said so."""

    at: datetime
    text: str
    by: str = ""
    detail: str = ""


def application_history(application: Application, *, actor: Actor) -> list[Step]:
    """Eight statements, whatever the number of steps. Scores aren't in it, nor what was answered: that it was. To somebody with a
    conflict, why it was judged so isn't either."""
    endorsements = {row.public_id: row for row in Endorsement.objects.filter(application=application)}
    changes = Change.objects.filter(
        Q(subject_kind=Application._meta.label, subject_id=application.public_id)
        | Q(subject_kind=Endorsement._meta.label, subject_id__in=endorsements)
        | Q(
            subject_kind=Deferral._meta.label,
            subject_id__in=Deferral.objects.filter(application=application).values("public_id"),
        )
    )
    steps = [
        Step(application.created_at, _("Application made: %(route)s") % {"route": application.get_route_display()})
    ]
    why, closed_ones = closed_here(application, actor)
    closed = bool(why)
    for change in changes.annotate(compares=_one_is_closed(application, closed_ones)):
        withheld = _withheld(closed, change.compares)
        step = _step(change, endorsements)
        if change.subject_kind == Application._meta.label:
            step = replace(step, detail=words_shown(change.name, step.detail, withheld))
        steps.append(step)
    steps += _answers(application)
    steps += _allocations(application)
    steps += _columns_changed(application)
    if offer := getattr(application, "offer", None):
        place = str(CONFLICT) if closed else _in_place_of(offer)
        steps.append(Step(offer.offered_at, _("Place offered"), detail=place))
    feedback = getattr(application, "feedback", None)
    if feedback is not None and feedback.sent_at is not None:
        steps.append(Step(feedback.sent_at, _("Feedback sent"), feedback.by.name if feedback.by else ""))
    return sorted(steps, key=lambda step: step.at)


@dataclass(frozen=True)
class Steps:
    """Of one application: its own, by endorsement (public id) whom it went to before, and by a step's name what stands in place of its
    words: of all that judged an application that is closed to whoever reads, and of what compares with one that is."""

    own: list[Change]
    moves: dict[str, list[Change]]
    withheld: dict[str, str]


def steps_shown(application: Application, endorsements: Iterable[Endorsement], *, actor: Actor) -> Steps:
    """Two statements."""
    why, closed_ones = closed_here(application, actor)
    is_own = Q(subject_kind=Application._meta.label, subject_id=application.public_id)
    changes = list(
        Change.objects.filter(is_own | handed_over([row.public_id for row in endorsements])).annotate(
            compares=_one_is_closed(application, closed_ones)
        )
    )
    own = [c for c in changes if c.subject_kind == Application._meta.label]
    moves: dict[str, list[Change]] = {}
    for change in changes:
        if change.subject_kind == Endorsement._meta.label:
            moves.setdefault(change.subject_id, []).append(change)
    return Steps(own, moves, _withheld(bool(why), any(c.compares for c in own)))


def _one_is_closed(application: Application, closed_ones: Q | None) -> Exists | Value:
    if closed_ones is None:
        return Value(False)
    return Exists(Application.objects.filter(closed_ones, round=application.round_id))


def _withheld(closed: bool, compares: bool) -> dict[str, str]:
    if closed:
        return dict.fromkeys(JUDGING, str(CONFLICT))
    return dict.fromkeys(COMPARING, str(OTHERS)) if compares else {}


def words_shown(name: str, words: str, withheld: Mapping[str, str]) -> str:
    """A step's words, or what stands in place of them. Whether a closed application's step had any isn't told either."""
    instead = withheld.get(name, "")
    return instead if instead and (words or instead == str(CONFLICT)) else words


def round_history(round_: SelectionRound) -> list[Step]:
    """The round's steps and its framework's: one statement."""
    changes = Change.objects.filter(
        Q(subject_kind=SelectionRound._meta.label, subject_id=round_.public_id)
        | Q(subject_kind=round_.framework._meta.label, subject_id=round_.framework.public_id)
    )
    return [Step(c.at, in_words(c.name, round_.machine), by_whom(c), c.reason) for c in changes]


def _step(change: Change, endorsements: dict[str, Endorsement]) -> Step:
    if change.subject_kind == Application._meta.label:
        return Step(change.at, in_words(change.name, Application.machine), by_whom(change), change.reason)
    if change.subject_kind == Deferral._meta.label:
        text = _("Wish to defer: %(step)s") % {"step": in_words(change.name, Deferral.machine)}
        return Step(change.at, text, by_whom(change), change.reason)
    row = endorsements[change.subject_id]
    text = f"{row.get_kind_display()}: {in_words(change.name, Endorsement.machine)}"
    # An endorser's words are shown with the endorsement; the history says that they answered.
    words_of_endorser = change.name in ("give", "decline")
    return Step(change.at, text, by_whom(change), "" if words_of_endorser else change.reason)


def _answers(application: Application) -> Iterator[Step]:
    for answer in application.answers.select_related("question").order_by("saved_at"):
        text = _("Answer last saved: %(question)s") % {"question": answer.question.text}
        yield Step(answer.saved_at, text)


def _allocations(application: Application) -> Iterator[Step]:
    rows = AssessorAllocation.objects.filter(application=application).select_related("assessor")
    for row in rows:
        name = row.assessor.name
        yield Step(row.allocated_at, _("Given to an assessor"), detail=name)
        if row.finished_at:
            yield Step(row.finished_at, _("Scored"), name)
        if row.withdrawn_at:
            why = row.get_withdrawn_because_display()
            yield Step(row.withdrawn_at, _("Taken from an assessor"), detail=f"{name}: {why}" if why else name)


def _columns_changed(application: Application) -> list[Step]:
    """From the audit: which of the named columns an update changed, and in whose transaction."""
    model = apps.get_model("selection", "ApplicationEvent")
    whose = Cast(KeyTextTransform("person", "pgh_context"), BigIntegerField())
    events: Iterable[dict[str, Any]] = (
        model.objects.filter(id=application.pk)
        .annotate(whose=whose)
        .annotate(who=Subquery(Person.objects.filter(pk=OuterRef("whose")).values("name")))
        .order_by("pgh_id")
        .values("pgh_created_at", "who", *(name for name in NAMED))
    )
    found = []
    before: dict[str, Any] | None = None
    for event in events:
        changed = [str(label) for name, label in NAMED.items() if before is not None and before[name] != event[name]]
        if changed:
            text = _("Changed: %(what)s") % {"what": ", ".join(changed)}
            found.append(Step(event["pgh_created_at"], text, event["who"] or ""))
        before = event
    return found


def _in_place_of(offer: Any) -> str:
    return _("in place of %(reference)s") % {"reference": offer.in_place_of.reference} if offer.in_place_of else ""


def accesses_of_application(application: Application) -> QuerySet[Access]:
    return Access.objects.filter(subject_kind=Application._meta.label, subject_id=application.public_id)


def accesses_of_round(round_: SelectionRound) -> QuerySet[Access]:
    """Of the round's own pages and lists, and of each of its applications."""
    applications = Application.objects.filter(round=round_).values("public_id")
    return Access.objects.filter(
        Q(subject_kind=SelectionRound._meta.label, subject_id=round_.public_id)
        | Q(subject_kind=Application._meta.label, subject_id__in=applications)
    )


def accesses_of_person(person: Person, cohorts: QuerySet[Cohort]) -> QuerySet[Access]:
    """Of the person's own page, and of each of their applications to one of these cohorts."""
    applications = Application.objects.filter(applicant=person, cohort__in=cohorts).values("public_id")
    return Access.objects.filter(
        Q(subject_kind=Person._meta.label, subject_id=person.public_id)
        | Q(subject_kind=Application._meta.label, subject_id__in=applications)
    )
