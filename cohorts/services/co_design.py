"""Asking alumni to help shape the programme: nobody too often, and all of them told what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_co_design, send_co_design_closed
from cohorts.models import AlumniMembership, CoDesignAsk, CoDesignInvitation, Programme
from cohorts.models.co_design import MOST_A_YEAR
from cohorts.rules import about_oneself, staff
from cohorts.selectors.co_design import asked_in_a_year
from cohorts.states import AlumniState
from engine.transitions import record_change
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person
from tenancy.turns import just_now, take_turns


def check_asks(by: Actor, obj: object) -> None:
    if by.kind != "system" and not staff(by, obj):
        raise NotAllowed(_("Only staff of the programme ask its alumni."))


@transaction.atomic
def ask_alumni(
    *,
    programme: Programme,
    title: str,
    body: str,
    answer_by: datetime,
    people: Iterable[Person],
    by: Actor,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    place: str = "",
    join_url: str = "",
) -> CoDesignAsk:
    """Ask for a view, or, with a day, to come to a session. Asked twice in the same words, as by a double click, it is one."""
    check_asks(by, programme)
    wanted = list(people)
    if not wanted:
        raise Refused(_("Choose whom to ask"), field="people")
    if answer_by <= timezone.now():
        raise Refused(_("Give them until a day still to come."), field="answer_by")
    if join_url and not join_url.startswith("https://"):
        raise Refused(_("The link must start with https://"), field="join_url")
    if starts_at is not None:
        if ends_at is None or ends_at <= starts_at:
            raise Refused(_("The session must end after it starts."), field="ends")
        if starts_at < answer_by:
            raise Refused(_("Let them answer before the session, not after it."), field="answer_by")
        if not place.strip() and not join_url:
            raise Refused(_("Say where it is, or give a join link."), field="place")
    take_turns(programme)
    said = {"title": " ".join(title.split()), "body": body.strip(), "answer_by": answer_by, "starts_at": starts_at}
    same = CoDesignAsk.objects.filter(programme=programme, asked_at__gt=just_now(), **said).first()
    if same is not None:
        return same
    ask = CoDesignAsk.objects.create(
        programme=programme,
        **said,
        ends_at=ends_at,
        place=place.strip(),
        join_url=join_url,
        asked_by=by.person,
        asked_at=timezone.now(),
    )
    record_change(ask, "ask", by=by)
    invite_all(ask, wanted, by=by)
    return ask


@transaction.atomic
def ask_more(*, ask: CoDesignAsk, people: Iterable[Person], by: Actor) -> int:
    """Ask others the same. Who was asked already isn't asked again. Returns how many were."""
    check_asks(by, ask)
    take_turns(ask.programme)
    ask.refresh_from_db(fields=["closed_at", "answer_by"])
    if not ask.is_open:
        raise WrongState(_("Nobody answers this any more, so nobody is asked."))
    wanted = list(people)
    if not wanted:
        raise Refused(_("Choose whom to ask"), field="people")
    return invite_all(ask, wanted, by=by)


def invite_all(ask: CoDesignAsk, people: list[Person], *, by: Actor) -> int:
    """The caller has the programme's turn, so that two asks at once can't take somebody beyond the limit."""
    active = AlumniMembership.objects.filter(programme=ask.programme, state=AlumniState.ACTIVE, person__in=people)
    if len(set(active.values_list("person_id", flat=True))) < len({p.pk for p in people}):
        raise Refused(_("Choose among the active alumni of the programme."), field="people")
    there = set(CoDesignInvitation.objects.filter(ask=ask).values_list("person_id", flat=True))
    new = [person for person in people if person.pk not in there]
    counts = asked_in_a_year(new)
    if often := [person.name for person in new if counts.get(person.pk, 0) >= MOST_A_YEAR]:
        raise Refused(
            _("Asked %(n)d times within a year already: %(names)s. Ask somebody else this time.")
            % {"n": MOST_A_YEAR, "names": ", ".join(often[:5])},
            field="people",
        )
    for person in new:
        row = CoDesignInvitation.objects.create(ask=ask, person=person, asked_at=timezone.now())
        send_co_design(row, by=by)
    return len(new)


@transaction.atomic
def answer_co_design(*, invitation: CoDesignInvitation, answer: str, words: str, by: Actor) -> CoDesignInvitation:
    """Yes or no, with as many words as they like; another answer replaces it while answers are taken."""
    if not about_oneself(by, invitation):
        raise NotAllowed(_("Only whoever was asked answers."))
    take_turns(invitation)
    invitation.refresh_from_db(fields=["answer", "words"])
    invitation.ask.refresh_from_db(fields=["closed_at", "answer_by"])
    if not invitation.ask.is_open:
        raise WrongState(_("The time to answer is over."))
    if answer not in (CoDesignInvitation.Answer.YES, CoDesignInvitation.Answer.NO):
        raise Refused(_("Say yes or no"), field="answer")
    if (invitation.answer, invitation.words) == (answer, words.strip()):
        return invitation
    source = invitation.answer
    invitation.answer, invitation.words, invitation.answered_at = answer, words.strip(), timezone.now()
    invitation.save(update_fields=["answer", "words", "answered_at"])
    record_change(invitation, "answer", by=by, source=source, target=answer)
    return invitation


@transaction.atomic
def close_ask(*, ask: CoDesignAsk, came_of_it: str, by: Actor) -> CoDesignAsk:
    """Nobody answers any more, and those who did learn what came of it. Said twice, the first words stand."""
    check_asks(by, ask)
    take_turns(ask.programme)
    ask.refresh_from_db(fields=["closed_at", "came_of_it"])
    if ask.closed_at is not None:
        raise WrongState(_("This has been closed already."))
    if not came_of_it.strip():
        raise Refused(_("Say what came of it"), field="came_of_it")
    ask.closed_at, ask.came_of_it = timezone.now(), came_of_it.strip()
    ask.save(update_fields=["closed_at", "came_of_it"])
    record_change(ask, "close", by=by)
    answered = CoDesignInvitation.objects.filter(ask=ask).exclude(answer=CoDesignInvitation.Answer.WAITING)
    for row in answered.select_related("person"):
        row.ask = ask
        send_co_design_closed(row, by=by)
    return ask
