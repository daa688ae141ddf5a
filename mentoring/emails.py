"""One function a message. They say that, when and where two people meet; never what about."""

from __future__ import annotations

from django.urls import reverse

from mentoring.calendar import session_entry
from mentoring.models import MentoringSession, MentorMatch
from reminders.invitations import calendar_message
from reminders.services.messages import LinkTo, queue_message
from tenancy.actors import Actor
from tenancy.models import Person, Role, Tenant
from tenancy.selectors import people_with_role


def page(tenant: Tenant, name: str, **kwargs: str) -> LinkTo:
    return LinkTo(path=reverse(f"mentoring:{name}", kwargs={"tenant": tenant.slug, **kwargs}))


def tenant_of(row: MentorMatch | MentoringSession) -> Tenant:
    return Tenant.objects.get(pk=row.tenant_id)


def both(row: MentorMatch | MentoringSession) -> list[tuple[Person, Person]]:
    """(recipient, the other one) for each of the pair."""
    return [(row.mentor, row.mentee), (row.mentee, row.mentor)]


def match_proposed(match: MentorMatch, *, by: Actor) -> None:
    """The mentor is asked; the mentee is told."""
    link = page(tenant_of(match), "match-detail", public_id=match.public_id)
    context = {"match": match, "mentor": match.mentor, "mentee": match.mentee}
    queue_message(
        kind="mentoring.match_asked",
        to=match.mentor,
        about=match.public_id,
        by=by,
        asks=True,
        context=context,
        link=link,
    )
    queue_message(
        kind="mentoring.match_proposed", to=match.mentee, about=match.public_id, by=by, context=context, link=link
    )


def match_accepted(match: MentorMatch, *, by: Actor) -> None:
    link = page(tenant_of(match), "match-detail", public_id=match.public_id)
    for person, other in both(match):
        queue_message(
            kind="mentoring.match_accepted",
            to=person,
            about=match.public_id,
            by=by,
            link=link,
            context={"match": match, "other": other, "is_mentee": person.pk == match.mentee_id},
        )


def match_not_taken_up(match: MentorMatch, *, by: Actor) -> None:
    """The other of the pair, and the cohort's staff, who look for someone else."""
    tenant = tenant_of(match)
    for person, _other in both(match):
        if person.pk != by.person_id:
            queue_message(
                kind="mentoring.match_closed",
                to=person,
                about=match.public_id,
                by=by,
                context={"match": match},
                link=page(tenant, "mentoring-home"),
                occurrence=match.state,
            )
    link = page(tenant, "matching", public_id=match.cohort.public_id)
    for person in people_with_role(Role.STAFF, cohort_id=match.cohort_id):
        queue_message(
            kind="mentoring.match_free", to=person, about=match.public_id, by=by, context={"match": match}, link=link
        )


def match_withdrawn(match: MentorMatch, *, by: Actor) -> None:
    for person, _other in both(match):
        queue_message(
            kind="mentoring.match_closed",
            to=person,
            about=match.public_id,
            by=by,
            context={"match": match},
            link=page(tenant_of(match), "mentoring-home"),
            occurrence=match.state,
        )


def match_ended(match: MentorMatch, *, by: Actor) -> None:
    """To both alike, and without saying who ended it."""
    for person, other in both(match):
        queue_message(
            kind="mentoring.match_ended",
            to=person,
            about=match.public_id,
            by=Actor.system("mentoring"),
            context={"match": match, "other": other},
            link=page(tenant_of(match), "mentoring-home"),
            occurrence="ended",
        )


def session_message(session: MentoringSession, kind: str, *, by: Actor, moved: bool = False) -> None:
    tenant = tenant_of(session)
    entry = session_entry(session, tenant.slug)
    for person, other in both(session):
        queue_message(
            kind=kind,
            to=person,
            about=session.public_id,
            by=by,
            context={"session": session, "other": other, "moved": moved},
            link=page(tenant, "session-detail", public_id=session.public_id),
            occurrence=str(session.sequence),
            calendar_text=calendar_message(entry, to=person, tenant=tenant),
        )


def session_booked(session: MentoringSession, *, by: Actor, moved: bool = False) -> None:
    session_message(session, "mentoring.session_booked", by=by, moved=moved)


def session_cancelled(session: MentoringSession, *, by: Actor) -> None:
    session_message(session, "mentoring.session_cancelled", by=by)
