"""What selection writes about an assessment centre: one function a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from reminders.invitations import calendar_message
from reminders.services.messages import LinkTo, Outgoing, queue_message, queue_messages
from selection.calendar import observer_entry, place_entry
from selection.emails import about
from selection.emails_assess import path_to
from selection.models import AssessmentCentre, CentrePlace, Observer
from tenancy.actors import Actor
from tenancy.models import Role
from tenancy.selectors import people_with_role


def send_called(centre: AssessmentCentre, places: Iterable[CentrePlace], *, by: Actor) -> int:
    """To everybody called: what happens there, and until when they choose a time. One statement, whatever the number."""
    exercises = list(centre.exercises.all())  # type: ignore[attr-defined]
    round_ = centre.round
    return queue_messages(
        (
            Outgoing(
                kind="selection.centre_called",
                to=place.application.applicant,
                about=place.application.public_id,
                asks=True,
                occurrence=place.called_at.isoformat(),
                context={
                    "application": place.application,
                    "round": round_,
                    "cohort": round_.cohort,
                    "programme": round_.cohort.programme,
                    "centre": centre,
                    "exercises": exercises,
                    "minutes": sum(e.minutes for e in exercises),
                },
                link=LinkTo(
                    path=path_to("selection:centre-book", round_.tenant, place.application.public_id),
                    text=_("Choose your time"),
                ),
                owed=[("selection.centre_time", place.application.public_id)],
            )
            for place in places
        ),
        by=by,
    )


def send_time(place: CentrePlace, *, moved: bool, by: Actor) -> bool:
    """Theirs, chosen or given: when and where, with the entry for their calendar."""
    application, tenant = place.application, place.application.round.tenant
    return queue_message(
        kind="selection.centre_time",
        to=application.applicant,
        about=place.public_id,
        by=by,
        occurrence=str(place.sequence),
        context=about(application) | {"slot": place.slot, "moved": moved, "given": place.given_by_id is not None},
        link=LinkTo(path=path_to("selection:centre-book", tenant, application.public_id)),
        calendar_text=calendar_message(place_entry(place, tenant.slug), to=application.applicant, tenant=tenant),
    )


def send_released(place: CentrePlace, *, by: Actor) -> bool:
    """Somebody needn't come; if they had a time, it leaves their calendar. Why is staff's to tell."""
    application, tenant = place.application, place.application.round.tenant
    had = place.had is not None
    return queue_message(
        kind="selection.centre_released",
        to=application.applicant,
        about=place.public_id,
        by=by,
        occurrence=str(place.sequence),
        context=about(application) | {"slot": place.had, "state": application.state},
        link=LinkTo(path=path_to("selection:application-detail", tenant, application.public_id)),
        calendar_text=calendar_message(place_entry(place, tenant.slug), to=application.applicant, tenant=tenant)
        if had
        else "",
    )


def _to_observers(kind: str, rows: Sequence[Observer], by: Actor, page: str = "") -> int:
    """One message a part, since each has an entry of its own in the calendar."""
    return queue_messages(
        (
            Outgoing(
                kind=kind,
                to=o.person,
                about=o.public_id,
                occurrence=str(o.sequence),
                context={
                    "observer": o,
                    "exercise": o.exercise,
                    "applicant": o.place.application.applicant,
                    "cohort": o.place.application.round.cohort,
                },
                link=LinkTo(path=path_to(page, o.tenant, o.public_id)) if page else LinkTo(),
                calendar_text=calendar_message(observer_entry(o, o.tenant.slug), to=o.person, tenant=o.tenant),
            )
            for o in rows
        ),
        by=by,
    )


def send_observing(rows: Sequence[Observer], *, by: Actor) -> int:
    """Whom they watch at what, when and where."""
    return _to_observers("selection.observing", rows, by, "selection:observe")


def send_not_observing(rows: Sequence[Observer], *, by: Actor) -> int:
    """They needn't come. Never why: a conflict may have been named in confidence."""
    return _to_observers("selection.not_observing", rows, by)


def send_observer_conflict(rows: Iterable[Observer], *, how: Mapping[tuple[int, int], str], by: Actor) -> int:
    """A conflict took somebody's part: staff of the cohort are told, who find another observer. Not the one it's about."""
    rows = list(rows)
    staff = {c: people_with_role(Role.STAFF, cohort_id=c) for c in {o.place.application.cohort_id for o in rows}}
    return sum(
        queue_message(
            kind="selection.observer_conflict",
            to=person,
            about=o.public_id,
            by=by,
            occurrence=str(o.sequence),
            context={
                "observer": o,
                "application": o.place.application,
                "cohort": o.place.application.round.cohort,
                "how": how.get((o.place.application_id, o.person_id), ""),
                "finished": o.finished_at is not None,
            },
            link=LinkTo(path=path_to("selection:centre-observers", o.tenant, o.place.application.round.public_id)),
        )
        for o in rows
        for person in staff[o.place.application.cohort_id]
        if person.pk != o.person_id
    )
