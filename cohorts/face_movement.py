"""What the movement around a programme answers when the lower floors ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.models import MovementMember, MovementOpening, MovementWords, Pledge, PledgeWords
from cohorts.models.pledge import Outcome
from cohorts.rules import MOVEMENT, PLEDGE
from cohorts.selectors.movement import MEMBER_DAYS, STAY_DAYS
from cohorts.services.movement import forget_who_told
from cohorts.states import MemberState
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Membership, Person, RetentionPeriod
from tenancy.privacy import Holding, holdings
from tenancy.retention import SYS, RetentionKind, delete_rows, retention_kinds


def answers_owed() -> QuerySet[MovementMember]:
    """Those who were told of it by somebody, have a sign-in, and haven't said yes or no. Others get the one message and no reminder."""
    signs_in = Membership.objects.filter(person=OuterRef("person"), ended_at__isnull=True)
    return MovementMember.objects.filter(
        Exists(signs_in), state=MemberState.ASKED, was_brought=True, answer_by__gt=Now(), movement__is_open=True
    ).annotate(
        owed_by=F("person_id"),
        owed_about=Cast("movement__programme__name", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=F("answer_by"),
        owed_since=F("registered_at"),
        owed_cohort=Cast(Value(None), BigIntegerField()),
    )


obligation_sources.register(
    "cohorts.movement",
    ObligationSource(
        kind="cohorts.movement",
        label=_("Say whether you’d like to be in the movement around {about}"),
        board_label=_("Asked into the movement"),
        rows=answers_owed,
        path=lambda slug, key: reverse("cohorts:movement-mine", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they say yes or no, the time is over, or the movement is closed"),
        private=True,
    ),
)


def stays_owed() -> QuerySet[MovementMember]:
    """Members whose row goes within a month, as they haven't done anything there for so long."""
    own = RetentionPeriod.objects.filter(kind="cohorts.movement").values("days")[:1]
    days = Cast(Coalesce(Subquery(own), Value(MEMBER_DAYS)), FloatField())
    goes_at = ExpressionWrapper(F("seen_at") + days * Value(timedelta(days=1)), output_field=DateTimeField())
    return (
        MovementMember.objects.filter(state=MemberState.MEMBER)
        .annotate(goes_at=goes_at)
        .filter(goes_at__lt=Now() + STAY_DAYS, goes_at__gt=Now())
        .annotate(
            owed_by=F("person_id"),
            owed_about=Cast("movement__programme__name", TextField()),
            owed_key=Cast("public_id", TextField()),
            owed_due=F("goes_at"),
            owed_since=F("seen_at"),
            owed_cohort=Cast(Value(None), BigIntegerField()),
        )
    )


obligation_sources.register(
    "cohorts.movement_stay",
    ObligationSource(
        kind="cohorts.movement_stay",
        label=_("Say whether you stay in the movement around {about}, or what it keeps of you is deleted"),
        board_label=_("Asked whether they stay in the movement"),
        rows=stays_owed,
        path=lambda slug, key: reverse("cohorts:movement-mine", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they say so, do anything there or leave, or what the movement keeps of them has gone"),
        link_purpose=MOVEMENT,
        remind_every=14,
        remind_before=STAY_DAYS.days,
        private=True,
    ),
)


def export_movement(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words too."""
    rows = MovementMember.objects.filter(person=person).select_related("movement__programme", "organisation")
    words = dict(MovementWords.objects.filter(member__person=person).values_list("member_id", "interests"))
    return [
        {
            "movement around": r.movement.programme.name,
            "state": r.state,
            "organisation": r.organisation.name if r.organisation else r.organisation_name,
            "place": r.place,
            "what interests you": words.get(r.pk, ""),
            "asked": r.registered_at,
            "answer by": r.answer_by,
            "told by somebody": r.was_brought,
            "steps from the programme": r.generation,
            "joined": r.joined_at,
            "agreed to version": r.consent_version,
            "last there": r.seen_at,
            "left": r.left_at,
        }
        for r in rows
    ]


def unconfirmed(before: datetime) -> QuerySet[MovementMember]:
    rows = MovementMember.objects.filter(
        Q(state=MemberState.ASKED, registered_at__lt=before) | Q(state=MemberState.LEFT, left_at__lt=before)
    )
    return rows.order_by("pk")


def lapsed(before: datetime) -> QuerySet[MovementMember]:
    return MovementMember.objects.filter(state=MemberState.MEMBER, seen_at__lt=before).order_by("pk")


def forget(rows: Sequence[MovementMember]) -> None:
    """In one transaction, so that no lock waits for another batch."""
    with transaction.atomic():
        forget_who_told(rows)


def delete_members(rows: Sequence[MovementMember]) -> None:
    """With what they pledged."""
    theirs = Q(pk__in=[])
    for row in rows:
        theirs |= Q(movement=row.movement_id, owner=row.person_id)
    pledges = Pledge.objects.using(SYS).filter(theirs)
    delete_rows(Pledge, list(pledges.values_list("pk", flat=True)))
    delete_rows(MovementMember, [row.pk for row in rows])


def pledges_due() -> QuerySet[Pledge]:
    """From a week before their day until their owner says what came of them, for a quarter of a year at most. Not what they are."""
    return Pledge.objects.filter(
        outcome=Outcome.OPEN, due_at__lt=Now() + timedelta(days=7), due_at__gt=Now() - timedelta(days=91)
    ).annotate(
        owed_by=F("owner_id"),
        owed_about=Cast("movement__programme__name", TextField()),
        owed_key=Cast("public_id", TextField()),
        owed_due=F("due_at"),
        owed_since=F("made_at"),
        owed_cohort=Cast(Value(None), BigIntegerField()),
    )


obligation_sources.register(
    "cohorts.pledge",
    ObligationSource(
        kind="cohorts.pledge",
        label=_("Say what came of your pledge ({about})"),
        board_label=_("Pledges"),
        rows=pledges_due,
        path=lambda slug, key: reverse("cohorts:pledge-result", kwargs={"tenant": slug, "public_id": key}),
        ends=_("when they say what came of it, delete it, or a quarter of a year has passed"),
        link_purpose=PLEDGE,
        remind_every=14,
        private=True,
    ),
)


def export_pledges(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else what they were shown."""
    rows = Pledge.objects.filter(owner=person).select_related("movement__programme")
    said = {w.pledge_id: w for w in PledgeWords.objects.filter(owner=person)}
    found = []
    for row in rows:
        words = said.get(row.pk)
        found.append(
            {
                "movement around": row.movement.programme.name,
                "made": row.made_at,
                "by": row.due_at,
                "what came of it": row.outcome,
                "said": row.said_at,
                "a “me too”": row.joined_id is not None,
                **(
                    {
                        "pledge": words.what,
                        "shown to": words.audience,
                        "signed as": words.signs,
                        "signed": words.signed,
                        "in your words": words.came_of_it,
                        "hidden": words.hidden_at,
                        "hidden because": words.hidden_because,
                    }
                    if words
                    else {}
                ),
            }
        )
    return found


def export_openings(person: Person) -> list[dict[str, Any]]:
    rows = MovementOpening.objects.filter(opened_by=person).select_related("event")
    return [
        {"opened to the movement": r.event.title, "places": r.places, "at": r.opened_at, "until": r.closed_at}
        for r in rows
    ]


holdings.register(
    "cohorts.movement_openings",
    Holding(
        label=_("Events you opened to a movement"),
        models=(MovementOpening._meta.label,),
        export=export_openings,
        keep_days=6 * 365,
    ),
)


def old_pledges(before: datetime) -> QuerySet[Pledge]:
    return Pledge.objects.filter(due_at__lt=before).order_by("pk")


holdings.register(
    "cohorts.pledges",
    Holding(
        label=_("Your pledges"),
        models=(Pledge._meta.label, PledgeWords._meta.label),
        export=export_pledges,
        kind="cohorts.pledges",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.pledges",
    RetentionKind(
        label=_("Pledges"),
        after=_("after the day by which it was to be done"),
        days=1096,
        least=183,
        most=1826,
        due=old_pledges,
        delete=lambda rows: delete_rows(Pledge, [row.pk for row in rows]),
    ),
)


holdings.register(
    "cohorts.movement",
    Holding(
        label=_("The movement around a programme"),
        models=(MovementMember._meta.label,),
        export=export_movement,
        kind="cohorts.movement",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.movement_asked",
    RetentionKind(
        label=_("Who was asked into a movement and didn’t say yes, or left it"),
        after=_("after they were asked, or left"),
        days=30,
        least=14,
        most=90,
        due=unconfirmed,
        prepare=forget,
        delete=delete_members,
    ),
)
retention_kinds.register(
    "cohorts.movement",
    RetentionKind(
        label=_("Members of a movement"),
        after=_("after they last did anything there"),
        days=MEMBER_DAYS,
        least=183,
        most=1826,
        due=lapsed,
        prepare=forget,
        delete=delete_members,
    ),
)
name_kinds(
    "cohorts",
    {
        "movement_confirm": _("Movement: whether an address says yes"),
        "movement_brought": _("Movement: told of it by a colleague"),
        "movement_joined": _("Movement: joined"),
        "movement_again": _("Movement: in it already"),
        "movement_event": _("Event open to a movement"),
        "pledge_hidden": _("Public pledge hidden by staff"),
    },
    private=("movement_confirm", "movement_brought", "movement_joined", "movement_again", "pledge_hidden"),
)
