"""What an allocation would do, before it is written; and why each assessor has what they have."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Case, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.allocation import How, Plan, Shortage, plan_allocations
from selection.models import Application, AssessorAllocation, AssessorTerms, Expertise, SelectionRound, Suspension
from selection.selectors.assessment import Bars, barred_pairs, bars, pile_from, round_assessors, suspended
from selection.states import ApplicationState as S
from tenancy.models import Person


@dataclass
class RoundPlan:
    """The plan with whom it is about. `barred` says why somebody can't have an application."""

    applications: dict[int, Application]
    assessors: dict[int, Person]
    plan: Plan
    barred: dict[tuple[int, int], str]
    held: Counter[int] = field(default_factory=Counter)
    most: Mapping[int, int] = field(default_factory=dict)
    found: Bars = field(default_factory=dict)

    @property
    def seal(self) -> str:
        """Names exactly this plan: what was looked at is what is written."""
        told = repr((sorted(self.plan.added), sorted(self.plan.removed), sorted(self.plan.short.items())))
        return hashlib.sha256(told.encode()).hexdigest()[:24]

    def loads(self) -> list[dict[str, object]]:
        """Everybody's pile now and then, by name."""
        gains = Counter(p for _a, p in self.plan.added)
        losses = Counter(p for _a, p in self.plan.removed)
        barred = Counter(p for _a, p in self.barred)
        return [
            {
                "person": person,
                "now": self.held[pk],
                "gains": gains[pk],
                "losses": losses[pk],
                "then": self.held[pk] + gains[pk] - losses[pk],
                "most": self.most.get(pk),
                "barred": barred[pk],
            }
            for pk, person in sorted(self.assessors.items(), key=lambda item: (item[1].sort_key, item[0]))
        ]

    def lacking(self) -> list[tuple[Application, int, str]]:
        """Applications that stay short: how many they lack, and of whom why."""
        return [
            (self.applications[a], missing, self.shortage(a, self.plan.shortages.get(a)))
            for a, missing in sorted(self.plan.short.items(), key=lambda item: self.applications[item[0]].reference)
        ]

    def without_expertise(self) -> list[tuple[Application, str]]:
        rows = sorted(self.plan.unmet.items(), key=lambda item: self.applications[item[0]].reference)
        return [(self.applications[a], self.shortage(a, why)) for a, why in rows]

    def shortage(self, application: int, why: Shortage | None) -> str:
        parts = []
        for p in why.barred if why else ():
            parts.append(f"{self.assessors[p].name}: {self.barred.get((application, p)) or _('was withdrawn from it')}")
        for p in why.full if why else ():
            parts.append(_("%(name)s: has as many as they take") % {"name": self.assessors[p].name})
        return "; ".join(parts) or _("Nobody else is an assessor of this cohort.")

    def connected(self) -> str:
        """Whether everybody can be compared with everybody afterwards."""
        if self.plan.groups <= 1:
            return _(
                "All assessors hang together through applications they share, so how strictly each marks can be told."
            )
        text = ngettext(
            "The assessors fall into %(n)d group that shares no application.",
            "The assessors fall into %(n)d groups that share no application, so they can’t all be compared.",
            self.plan.groups,
        ) % {"n": self.plan.groups}
        bound = _("Conflicts and limits allow no fewer.") if self.plan.least_groups >= self.plan.groups else ""
        return f"{text} {bound}".strip()


# Work that has been looked at, written on or finished stays where it is.
BEGUN = Q(opened_at__isnull=False) | Q(finished_at__isnull=False)


def plan_round(round_: SelectionRound, *, rows: Sequence[Application] | None = None) -> RoundPlan:
    """What an allocation would do now; the same as long as nothing changes. `rows` are the applications that count, with their
    organisation: those sent to assessors, unless the question is what would happen to others."""
    sent = Application.objects.filter(round=round_, state=S.ELIGIBLE).select_related("organisation")
    applications = sorted(sent if rows is None else rows, key=lambda a: a.pk)
    assessors = round_assessors(round_)
    # what was once suspended is on record with its row, which stays
    on_record = Q(Exists(Suspension.objects.filter(allocation=OuterRef("pk"))))
    work = (
        AssessorAllocation.objects.filter(application__in=[a.pk for a in applications])
        .annotate(
            begun=Case(When(BEGUN | on_record, then=True), default=False),
            shut=suspended("assessor", "application__applicant"),
        )
        .values_list("application_id", "assessor_id", "withdrawn_at", "begun", "shut")
    )
    kept: dict[int, set[int]] = {a.pk: set() for a in applications}
    loose: dict[int, set[int]] = {a.pk: set() for a in applications}
    found = bars(applications, assessors)
    reasons = {key: why[0][1] for key, why in found.items()}
    barred, held = set(reasons), Counter[int]()
    for application_id, assessor_id, withdrawn_at, has_begun, shut in work:
        if withdrawn_at is not None or shut:
            barred.add((application_id, assessor_id))
            continue
        held[assessor_id] += 1
        if has_begun or (application_id, assessor_id) in barred:
            kept[application_id].add(assessor_id)
        else:
            loose[application_id].add(assessor_id)
    terms = AssessorTerms.objects.filter(round=round_).prefetch_related("expertise")
    of_person = {t.assessor_id: t for t in terms}
    most = {pk: t.most for pk, t in of_person.items() if t.most is not None}
    wants, has = expertise_tags(round_, applications, assessors, of_person)
    plan = plan_allocations(
        kept=kept,
        loose=loose,
        assessors=[p.pk for p in assessors],
        barred=barred,
        per_application=round_.assessors_per_application,
        most=most,
        wants=wants,
        has=has,
        seed=round_.public_id,
    )
    return RoundPlan({a.pk: a for a in applications}, {p.pk: p for p in assessors}, plan, reasons, held, most, found)


def expertise_tags(
    round_: SelectionRound,
    applications: Sequence[Application],
    assessors: Sequence[Person],
    terms: Mapping[int, AssessorTerms],
) -> tuple[dict[int, str], dict[int, set[str]]]:
    """What each application asks for and what everybody has, as tags for the plan."""
    known: dict[int, set[str]] = {}
    for person in assessors:
        rows = terms[person.pk].expertise.all() if person.pk in terms else ()
        tags = {f"sector {e.sector_id}" for e in rows if e.sector_id} | {
            f"criterion {e.criterion_id}" for e in rows if e.criterion_id
        }
        own = person.organisation.sector_id if person.organisation else None
        known[person.pk] = tags | ({f"sector {own}"} if own else set())
    if round_.expertise == Expertise.SECTOR:
        return {a.pk: f"sector {a.organisation.sector_id}" for a in applications}, known
    if round_.expertise == Expertise.OUTSIDE:
        sectors = {a.organisation.sector_id for a in applications}
        outside = {pk: {f"not {s}" for s in sectors if f"sector {s}" not in tags} for pk, tags in known.items()}
        return {a.pk: f"not {a.organisation.sector_id}" for a in applications}, outside
    if round_.expertise == Expertise.CRITERION and round_.expertise_criterion_id:
        return {a.pk: f"criterion {round_.expertise_criterion_id}" for a in applications}, known
    return {}, {}


def how_in_words(how: str, among: int) -> str:
    """Why an assessor has an application."""
    words = {
        How.LOT: ngettext(
            "By lot; only %(n)d assessor was free to take it and had so few.",
            "By lot among %(n)d assessors who could take it and had the fewest.",
            among,
        ),
        How.ONLY: _("Everybody who could take it was needed."),
        How.EXPERTISE: ngettext(
            "The only one with the expertise asked for who could take it and had so few.",
            "By lot among %(n)d assessors with the expertise asked for who had the fewest.",
            among,
        ),
        How.EVEN: _("Passed on from somebody else, so that all places are filled and piles are even."),
        How.LINKED: _("Exchanged, so that all assessors can be compared with each other."),
    }
    return words[How(how)] % {"n": among} if how in words else _("Given before reasons were kept.")


def standing_in_words(row: AssessorAllocation) -> str:
    if row.withdrawn_at:
        return str(row.get_withdrawn_because_display())
    if row.finished_at:
        return _("Finished")
    return _("Begun") if row.opened_at else _("Not begun")


# What the page of one assessor says of their work on an application.
WORK = ("public_id", "how", "among", "opened_at", "finished_at", "active_seconds")


@dataclass
class PersonInRound:
    """One assessor's part in a round, as staff see it."""

    rows: list[dict[str, object]]
    barred: list[tuple[str, str]]
    given: int
    finished: int
    begun: int
    time: str


def person_in_round(round_: SelectionRound, person: Person) -> PersonInRound:
    """Their pile with the reasons, and what is closed to them and why."""
    rows = list(
        Application.objects.filter(round=round_)
        .annotate(
            mine=FilteredRelation(
                "allocations", condition=Q(allocations__assessor=person, allocations__withdrawn_at__isnull=True)
            ),
            me=Value(person.pk, BigIntegerField()),
            **{f"work_{name}": F(f"mine__{name}") for name in WORK},
        )
        .annotate(shut=suspended("me", "applicant"))
        .order_by("reference")
    )
    applications = [a for a in rows if a.state not in (S.INVITED, S.DRAFT, S.WITHDRAWN)]
    barred = barred_pairs(applications, [person])
    held = [
        AssessorAllocation(application=a, assessor=person, **{name: getattr(a, f"work_{name}") for name in WORK})
        for a in rows
        if a.work_public_id is not None  # type: ignore[attr-defined]
    ]
    shut = {a.pk for a in rows if a.shut}  # type: ignore[attr-defined]
    standing = [row for row in held if row.application_id not in shut and row.application.state != S.WITHDRAWN]
    pile = pile_from(round_, standing)
    done = sum(1 for row in held if row.finished_at)
    return PersonInRound(
        rows=[
            {
                "application": row.application,
                "standing": standing_in_words(row),
                "why": how_in_words(row.how, row.among),
            }
            for row in held
        ],
        barred=[(a.reference, barred[a.pk, person.pk]) for a in applications if (a.pk, person.pk) in barred],
        given=len(held),
        finished=done,
        begun=sum(1 for row in held if row.opened_at and not row.finished_at),
        time=_("What is left takes them %(time)s.") % {"time": pile.time_left} if pile.left else "",
    )


def application_assessors(application: Application) -> dict[str, object]:
    """Who has an application and how they came to it; and of every other assessor of the cohort why not."""
    rows = list(
        AssessorAllocation.objects.filter(application=application)
        .select_related("assessor")
        .order_by("assessor__sort_key")
    )
    given = [row for row in rows if row.withdrawn_at is None]
    past = {row.assessor_id: row for row in rows if row.withdrawn_at is not None}
    assessors = round_assessors(application.round)
    barred = barred_pairs([application], assessors)
    held = {row.assessor_id for row in given}
    others = []
    for person in assessors:
        if person.pk in held:
            continue
        if why := barred.get((application.pk, person.pk)):
            others.append((person, why))
        elif person.pk in past:
            others.append((person, standing_in_words(past[person.pk])))
        else:
            others.append((person, _("could take it; the lot or even piles fell otherwise")))
    return {
        "given": [
            {"person": row.assessor, "standing": standing_in_words(row), "why": how_in_words(row.how, row.among)}
            for row in given
        ],
        "others": others,
    }
