"""What the room of a set answers: what is owed in it, what is held, how long, and the numbers of the report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import (
    AirTime,
    GroundRules,
    GroundRulesText,
    LearningSet,
    ProcessNote,
    RulesAcceptance,
    SetAction,
    SetActionText,
    SetCoFacilitator,
    SetMeeting,
    SetMembership,
)
from cohorts.selectors.set_room import actions_owed, meetings_owed, room_counts, rules_owed
from cohorts.states import PlanState
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.conflicts import NOTHING_MORE, ConflictSource, conflict_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import SYS, RetentionKind, delete_rows, retention_kinds
from tenancy.vocabulary import in_own_words

# Fewer members with actions than this and the number might point at someone.
FEWEST_OWNERS = 5
COUNTED = (GroundRules, SetAction, SetMeeting)
ROOM = "cohorts.set_room"


def path_of(name: str) -> Any:
    return lambda slug, key: reverse(name, kwargs={"tenant": slug, "public_id": key})


obligation_sources.register(
    "cohorts.set_action",
    ObligationSource(
        kind="cohorts.set_action",
        label=gettext_lazy("Say what came of your action in {about}"),
        board_label=in_own_words(gettext_lazy("Actions in %(learning_sets)s")),
        rows=actions_owed,
        path=path_of("cohorts:set-action-answer"),
        ends=gettext_lazy("when it is done or dropped; carrying it on gives it a later day"),
        private=True,
    ),
)
obligation_sources.register(
    "cohorts.set_rules",
    ObligationSource(
        kind="cohorts.set_rules",
        label=gettext_lazy("Read and accept the ground rules of {about}"),
        board_label=in_own_words(gettext_lazy("Ground rules of %(learning_sets)s")),
        rows=rules_owed,
        path=path_of("cohorts:set-rules"),
        ends=gettext_lazy("when the version in force is accepted"),
        private=True,
    ),
)
obligation_sources.register(
    "cohorts.set_meeting",
    ObligationSource(
        kind="cohorts.set_meeting",
        label=gettext_lazy("Prepare “{about}”"),
        board_label=in_own_words(gettext_lazy("Meetings of %(learning_sets)s to prepare")),
        rows=meetings_owed,
        path=path_of("cohorts:set-meeting"),
        ends=gettext_lazy("when a facilitator begins the meeting, or it is over or cancelled"),
    ),
)


def beside_members(person_ids: Collection[int]) -> list[QuerySet]:
    """Whoever facilitates a set hears its members in confidence, beside another as much as alone."""
    rows = SetMembership.objects.filter(person__in=person_ids, plan__state=PlanState.PUBLISHED)
    alone = rows.filter(learning_set__facilitator__in=person_ids)
    beside = rows.filter(learning_set__co_facilitators__person__in=person_ids)
    return [
        alone.annotate(
            conflict_one=F("learning_set__facilitator"), conflict_other=F("person"), conflict_detail=NOTHING_MORE
        ),
        beside.annotate(
            conflict_one=F("learning_set__co_facilitators__person"),
            conflict_other=F("person"),
            conflict_detail=NOTHING_MORE,
        ),
    ]


conflict_sources.register(
    "facilitates",
    ConflictSource(beside_members, in_own_words(gettext_lazy("One facilitates the other’s %(set)s.")), outlasts=True),
)


def export_room(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words and what they wrote for a set; as anybody else none of them."""
    actions = SetAction.objects.filter(owner=person).select_related("learning_set", "words")
    texts = SetActionText.objects.filter(owner=person).select_related("action__learning_set")
    rules = GroundRulesText.objects.filter(written_by=person).select_related("rules__learning_set")
    accepted = RulesAcceptance.objects.filter(person=person).select_related("rules__learning_set")
    minutes = AirTime.objects.filter(person=person).select_related("meeting__event")
    notes = ProcessNote.objects.filter(written_by=person).select_related("meeting__event")
    begun = SetMeeting.objects.filter(begun_by=person).select_related("event")
    beside = SetCoFacilitator.objects.filter(person=person).select_related("learning_set")
    counted = actions.exclude(pk__in=texts.values("action_id"))
    return [
        *(
            {
                "action": t.body,
                "set": t.action.learning_set.name,
                "taken on": t.action.made_at,
                "due": t.action.due_on,
                "state": t.action.state,
                "carried on": t.action.carried,
            }
            for t in texts
        ),
        *({"set": a.learning_set.name, "taken on": a.made_at, "due": a.due_on, "state": a.state} for a in counted),
        *({"ground rules written": t.body, "set": t.rules.learning_set.name} for t in rules),
        *(
            {"ground rules accepted": a.rules.number, "set": a.rules.learning_set.name, "at": a.accepted_at}
            for a in accepted
        ),
        *(
            {"air time at": m.meeting.event.title, "minutes asked for": m.wanted, "minutes had": m.minutes}
            for m in minutes
        ),
        *({"how we worked": n.body, "meeting": n.meeting.event.title} for n in notes),
        *({"began the meeting": m.event.title, "at": m.begun_at} for m in begun),
        *({"co-facilitates": c.learning_set.name, "since": c.added_at} for c in beside),
    ]


def rooms_due(before: datetime) -> QuerySet[LearningSet]:
    """Sets of cohorts whose last day was before, in whose room anything is left."""
    left = Q()
    for model in COUNTED:
        left |= Q(Exists(model.objects.filter(learning_set=OuterRef("pk"))))
    return LearningSet.objects.filter(left, cohort__ends_on__lt=before).order_by("pk")


def delete_rooms(rows: Sequence[LearningSet]) -> None:
    """The facts, and in the database with them their words, which portal_sys can't read."""
    for model in COUNTED:
        facts: QuerySet[Any] = QuerySet(model, using=SYS)
        delete_rows(
            model,
            list(facts.filter(learning_set_id__in=[row.pk for row in rows]).order_by().values_list("pk", flat=True)),
        )


holdings.register(
    ROOM,
    Holding(
        label=in_own_words(gettext_lazy("%(Set)s: your actions, air time and ground rules")),
        models=tuple(
            model._meta.label
            for model in (
                SetAction,
                SetActionText,
                GroundRules,
                GroundRulesText,
                RulesAcceptance,
                SetMeeting,
                AirTime,
                ProcessNote,
                SetCoFacilitator,
            )
        ),
        export=export_room,
        kind=ROOM,
        private_to_author=True,
    ),
)
retention_kinds.register(
    ROOM,
    RetentionKind(
        label=in_own_words(gettext_lazy("What %(sets)s keep of their meetings: ground rules, actions, air time")),
        after=gettext_lazy("after the last day of their cohort"),
        days=365,
        least=30,
        most=1096,
        due=rooms_due,
        delete=delete_rooms,
        reads="default",
    ),
)


def room_figures(cohort_id: int) -> list[dict[str, Any]]:
    """Numbers only: meetings held, actions made and done. The actions of a few would point at them, so they aren't told."""
    counts = room_counts(LearningSet.objects.filter(cohort_id=cohort_id))
    figures = []
    if counts["held"]:
        figures.append(
            {
                "key": "set-meetings",
                "title": str(in_own_words(_("%(n)d meetings of %(sets)s were held"), n=counts["held"])),
                "definition": str(
                    in_own_words(_("Meetings that the facilitator of a %(set)s finished in the portal."))
                ),
                "kind": "number",
                "data": {"value": counts["held"]},
            }
        )
    if counts["owners"] >= FEWEST_OWNERS:
        title = _("%(done)d of %(made)d actions from %(sets)s are done")
        figures.append(
            {
                "key": "set-actions",
                "title": str(in_own_words(title, done=counts["done"], made=counts["made"])),
                "definition": str(
                    in_own_words(
                        _(
                            "Actions that members of %(sets)s took on, and said they had done. Nobody else can read them."
                        )
                    )
                ),
                "kind": "number",
                "data": {"value": counts["done"], "of": counts["made"]},
            }
        )
    return figures
