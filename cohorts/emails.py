"""The messages of cohorts: one function each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.calendar import event_calendar
from cohorts.models import (
    AlumniMembership,
    AppraisalShare,
    AskAnswer,
    AskKind,
    BuddyPair,
    CoDesignInvitation,
    Cohort,
    DayJobWord,
    Event,
    EventGuest,
    EventOpening,
    Introduction,
    Invitation,
    LeadershipHistoryNod,
    LearningSet,
    Movement,
    MovementMember,
    Notice,
    Participation,
    PartnerOffer,
    PartnerPlaces,
    PledgeWords,
    Presence,
    ReturnBrief,
    Seat,
    SupportRequest,
    TermsAsk,
    Thanks,
    VetoRound,
)
from cohorts.models.invitation import ANSWER_DAYS, LINK_DAYS
from cohorts.rules import APPRAISAL, DAY_JOB, GUEST, INVITE, LINKED, MOVEMENT, PLEDGE, RETURN_BRIEF
from cohorts.selectors.events import own_ids
from cohorts.selectors.movement import kept_days
from cohorts.states import SeatingState
from reminders.services.messages import LinkTo, Outgoing, queue_message, queue_messages
from tenancy.actors import Actor
from tenancy.models import Person, Role, Tenant
from tenancy.names import reads_as_link
from tenancy.scope import current_scope
from tenancy.seen import digest_of
from tenancy.selectors import people_with_role


def path_to(name: str, **kwargs: Any) -> str:
    """The path of a page of the open tenant."""
    tenant = Tenant.objects.get(pk=current_scope().tenant_id)
    return reverse(name, kwargs={"tenant": tenant.slug, **kwargs})


def send_welcome(participation: Participation, *, by: Actor) -> None:
    queue_message(
        kind="cohorts.welcome",
        to=participation.person,
        about=participation.public_id,
        by=by,
        context={"cohort": participation.cohort},
        link=LinkTo(path=path_to("portal:home")),
    )


def send_alumni_welcome(membership: AlumniMembership, cohort: Cohort, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.alumni_welcome",
        to=membership.person,
        about=membership.public_id,
        by=by,
        occurrence=cohort.public_id,
        context={"cohort": cohort},
        link=LinkTo(path=path_to("cohorts:alumni-home")),
    )


def send_alumni_event(opening: EventOpening, to: Person, *, by: Actor) -> bool:
    """To each alumnus once, whomever it is opened to afterwards."""
    event = opening.event
    return queue_message(
        kind="cohorts.alumni_event",
        to=to,
        about=event.public_id,
        by=by,
        context={"event": event},
        link=LinkTo(path=path_to("cohorts:alumni-event", public_id=event.public_id)),
    )


LINKED_DAYS = 90


def send_partner_places(places: PartnerPlaces, *, by: Actor) -> bool:
    """To the linked programme's contact, who needs no account: the newest of their links opens all that is shared."""
    linked = places.linked
    return queue_message(
        kind="cohorts.partner_places",
        to=linked.contact,
        about=places.public_id,
        by=by,
        asks=True,
        context={"linked": linked, "event": places.event, "places": places},
        link=LinkTo(purpose=LINKED, about=linked.public_id, days=LINKED_DAYS, text=str(_("Name your guests"))),
    )


def send_partner_offer(offer: PartnerOffer, *, by: Actor) -> bool:
    """To whoever linked the programme."""
    if (to := offer.linked.added_by) is None:
        return False
    return queue_message(
        kind="cohorts.partner_offer",
        to=to,
        about=offer.public_id,
        by=by,
        context={"offer": offer},
        link=LinkTo(path=path_to("cohorts:linked-detail", public_id=offer.linked.public_id)),
    )


def send_recording(opening: EventOpening, to: Person, *, by: Actor) -> bool:
    event = opening.event
    return queue_message(
        kind="cohorts.recording",
        to=to,
        about=event.public_id,
        by=by,
        occurrence=str(opening.version),
        context={"event": event},
        link=LinkTo(path=path_to("cohorts:alumni-event", public_id=event.public_id)),
    )


def send_co_design(row: CoDesignInvitation, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.co_design",
        to=row.person,
        about=row.public_id,
        by=by,
        asks=True,
        context={"ask": row.ask, "by": by.label},
        link=LinkTo(path=path_to("cohorts:co-design-answer", public_id=row.public_id), text=str(_("Answer"))),
        owed=[("cohorts.co_design", row.public_id)],
    )


def send_co_design_closed(row: CoDesignInvitation, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.co_design_closed",
        to=row.person,
        about=row.public_id,
        by=by,
        context={"ask": row.ask},
        link=LinkTo(path=path_to("cohorts:co-design-answer", public_id=row.public_id)),
    )


def send_event(
    event: Event, people: Iterable[Person], *, what: str, by: Actor, reason: str = "", changes: tuple[str, ...] = ()
) -> int:
    """Tell everyone expected; `what` is 'new', 'changed' or 'cancelled'. The message carries the calendar entry."""
    tenant = Tenant.objects.get(pk=current_scope().tenant_id)
    path = reverse("cohorts:event-detail", kwargs={"tenant": tenant.slug, "public_id": event.public_id})
    people = list(people)
    # Guests may have no account: their own link opens their page. The newest row is the one that counts.
    guests = {g.person_id: g for g in EventGuest.objects.filter(event=event, person__in=people).order_by("pk")}
    return sum(
        queue_message(
            kind=f"cohorts.event_{what}",
            to=person,
            about=event.public_id,
            by=by,
            occurrence=f"{event.sequence}{occasion(guests.get(person.pk))}",
            context={"event": event, "cohort": event.cohort, "reason": reason, "changes": changes},
            link=link_of(guests[person.pk], event) if person.pk in guests else LinkTo(path=path),
            calendar_text=event_calendar(event, cancelled=what == "cancelled", to=person, tenant=tenant),
        )
        for person in people
    )


def occasion(guest: EventGuest | None) -> str:
    return "" if guest is None else f"-{guest.public_id}"


def link_of(guest: EventGuest, event: Event, text: str = "") -> LinkTo:
    """The guest's own page, until the event is over."""
    days = max((event.ends_at - timezone.now()).days + 2, 1)
    return LinkTo(purpose=GUEST, about=guest.public_id, days=days, text=text)


def send_seats(event: Event, *, by: Actor) -> int:
    """To everybody who has a table in the plans that are shown, once for each place they're given; returns how many are new. Imported
    here, since the selectors look at far more than a message does."""
    from cohorts.selectors.seating import in_words, seats_for

    rows = Seat.objects.filter(seating__event=event, seating__state=SeatingState.SHOWN)
    people = list(Person.objects.filter(pk__in=rows.values("person_id")).order_by("pk"))
    found = seats_for([p.pk for p in people], [event.pk])
    guests = {g.person_id: g for g in EventGuest.objects.filter(event=event, person__in=people).order_by("pk")}
    own = set(own_ids(event).values_list("person_id", flat=True))
    path, promised = path_to("cohorts:event-detail", public_id=event.public_id), path_to("cohorts:presence-mine")
    return queue_messages(
        [
            Outgoing(
                kind="cohorts.seat",
                to=person,
                about=event.public_id,
                occurrence=digest_of({str(s.pk): s.since for s in found[event.pk, person.pk]})[:16],
                context={"event": event, "cohort": event.cohort, "where": in_words(found[event.pk, person.pk])},
                link=link_of(guests[person.pk], event)
                if person.pk in guests and person.pk not in own
                else LinkTo(path=path if person.pk in own else promised),
            )
            for person in people
        ],
        by=by,
    )


def send_guest_asked(row: EventGuest, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.guest_asked",
        to=row.person,
        about=row.public_id,
        by=by,
        asks=True,
        occurrence=str(row.times_asked),
        context={"guest": row, "event": row.event, "cohort": row.event.cohort},
        link=link_of(row, row.event, str(_("Say whether you’ll come"))),
        owed=[("cohorts.guest", row.public_id)],
    )


def send_guest_waiting(row: EventGuest, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.guest_waiting",
        to=row.person,
        about=row.public_id,
        by=by,
        context={"event": row.event, "cohort": row.event.cohort},
        link=link_of(row, row.event),
    )


def send_guest_off(row: EventGuest, *, by: Actor) -> bool:
    """Who had no place yet learns that there won't be one."""
    return queue_message(
        kind="cohorts.guest_off",
        to=row.person,
        about=row.public_id,
        by=by,
        context={"event": row.event, "cohort": row.event.cohort},
    )


def send_presence_asked(row: Presence, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.presence_asked",
        to=row.person,
        about=row.public_id,
        by=by,
        asks=True,
        context={"event": row.event, "cohort": row.event.cohort, "by": by.label},
        link=LinkTo(path=path_to("cohorts:presence-mine"), text=_("Say whether you’ll be there")),
        owed=[("cohorts.presence", row.public_id)],
    )


def send_veto_asked(row: VetoRound, to: Person, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.veto_asked",
        to=to,
        about=row.public_id,
        by=by,
        asks=True,
        context={"cohort": row.cohort, "until": row.until},
        link=LinkTo(path=path_to("cohorts:veto-answer", public_id=row.public_id), text=str(_("Answer"))),
        owed=[("cohorts.veto", row.public_id)],
    )


def send_terms_asked(row: TermsAsk, people: Iterable[Person], *, by: Actor) -> int:
    """Ask each of these (`silent_people`) when they can meet; how many mails that is."""
    link = LinkTo(path=path_to("cohorts:set-terms"), text=str(_("Say when you can")))
    wanted = [
        Outgoing(
            kind="cohorts.terms_asked",
            to=person,
            about=row.public_id,
            asks=True,
            occurrence=row.asked_at.isoformat(),
            context={"cohort": row.cohort, "until": row.until},
            link=link,
            owed=[("cohorts.set_terms" if person.takes_part else "cohorts.set_terms_lead", row.public_id)],  # type: ignore[attr-defined]
        )
        for person in people
    ]
    return queue_messages(wanted, by=by)


def send_set(learning_set: LearningSet, people: Iterable[Person], *, by: Actor, occurrence: str) -> int:
    """Tell people which set is theirs and who else is in it."""
    path = path_to("cohorts:set-detail", public_id=learning_set.public_id)
    names = [m.person.name for m in learning_set.memberships.select_related("person")]
    return sum(
        queue_message(
            kind="cohorts.set",
            to=person,
            about=learning_set.public_id,
            by=by,
            occurrence=occurrence,
            context={
                "learning_set": learning_set,
                "cohort": learning_set.cohort,
                "others": [name for name in names if name != person.name],
                "facilitates": person.pk == learning_set.facilitator_id,
            },
            link=LinkTo(path=path),
        )
        for person in people
    )


def send_invitation(invitation: Invitation, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.invitation",
        to=invitation.person,
        about=invitation.public_id,
        by=by,
        asks=True,
        occurrence=str(invitation.times_sent),
        context={"invitation": invitation, "cohort": invitation.cohort, "by": by.label, "answer_days": ANSWER_DAYS},
        link=LinkTo(purpose=INVITE, about=invitation.public_id, days=LINK_DAYS, text=_("Answer the invitation")),
        owed=[("cohorts.invitation", invitation.public_id)],
    )


def send_invitation_answer(invitation: Invitation, *, accepted: bool, by: Actor) -> bool:
    """Tell whoever invited what came of it."""
    if invitation.invited_by is None:
        return False
    return queue_message(
        kind="cohorts.invitation_answer",
        to=invitation.invited_by,
        about=invitation.public_id,
        by=by,
        context={"invitation": invitation, "cohort": invitation.cohort, "accepted": accepted},
        link=LinkTo(path=path_to("cohorts:invitation-list")),
    )


def send_reflection_shared(*, about: str, to: Person, by: Actor) -> bool:
    """Names the author only: not a word of a private entry, its title included, goes into mail."""
    return queue_message(
        kind="cohorts.reflection_shared",
        to=to,
        about=about,
        by=by,
        context={"by": by.label},
        link=LinkTo(path=path_to("cohorts:reflection-detail", public_id=about)),
    )


def send_history_nod(nod: LeadershipHistoryNod, *, to: Person, by: Actor) -> bool:
    """Says who and which of the two answers; nothing of the entry."""
    return queue_message(
        kind="cohorts.history_nod",
        to=to,
        about=nod.public_id,
        by=by,
        context={"by": by.label, "says": nod.get_kind_display()},
        link=LinkTo(path=path_to("cohorts:leadership-history")),
    )


def send_appraisal(share: AppraisalShare, *, days: int, by: Actor) -> bool:
    """The link, and nothing of what the summary says."""
    return queue_message(
        kind="cohorts.appraisal",
        to=share.reader,
        about=share.public_id,
        by=by,
        context={"by": by.label, "until": share.until},
        link=LinkTo(purpose=APPRAISAL, about=share.public_id, days=days, text=_("Read the summary")),
    )


def send_support_asked(request: SupportRequest, *, by: Actor) -> bool:
    """That somebody asks for support, to the one they ask; not a word of it."""
    return queue_message(
        kind="cohorts.support_asked",
        to=request.to_person,
        about=request.public_id,
        by=by,
        asks=True,
        context={"by": by.label, "cohort": request.cohort},
        link=LinkTo(path=path_to("cohorts:support-detail", public_id=request.public_id)),
    )


def send_support_answered(request: SupportRequest, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.support_answered",
        to=request.author,
        about=request.public_id,
        by=by,
        context={"by": by.label},
        link=LinkTo(path=path_to("cohorts:support-detail", public_id=request.public_id)),
    )


def send_return_brief(brief: ReturnBrief, *, days: int, by: Actor) -> bool:
    """The link, and nothing of what the brief says."""
    assert brief.reader is not None
    return queue_message(
        kind="cohorts.return_brief",
        to=brief.reader,
        about=brief.public_id,
        by=by,
        asks=True,
        context={"by": by.label, "cohort": brief.cohort, "meet_at": brief.meet_at},
        link=LinkTo(purpose=RETURN_BRIEF, about=brief.public_id, days=days, text=_("Read the brief and answer")),
        owed=[("cohorts.return_talk", brief.public_id)],
    )


def send_return_meeting(brief: ReturnBrief, *, days: int, by: Actor) -> bool:
    assert brief.reader is not None and brief.meet_at is not None
    return queue_message(
        kind="cohorts.return_meeting",
        to=brief.reader,
        about=brief.public_id,
        by=by,
        occurrence=brief.meet_at.isoformat(),
        context={"by": by.label, "meet_at": brief.meet_at},
        link=LinkTo(purpose=RETURN_BRIEF, about=brief.public_id, days=days, text=_("Read the brief")),
    )


def send_return_answered(brief: ReturnBrief, *, version: int, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.return_answered",
        to=brief.owner,
        about=brief.public_id,
        by=by,
        occurrence=f"{version}-{brief.talked_at is not None}",
        context={"by": by.label},
        link=LinkTo(path=path_to("cohorts:return-brief", public_id=brief.public_id), text=_("Read the answer")),
    )


def send_buddy_asked(pair: BuddyPair, *, by: Actor) -> bool:
    """To the alumnus, once whoever returns has said yes; not a word of what they wrote."""
    return queue_message(
        kind="cohorts.buddy_asked",
        to=pair.buddy,
        about=pair.public_id,
        by=by,
        asks=True,
        context={"other": pair.person, "cohort": pair.cohort, "until": pair.until},
        link=LinkTo(path=path_to("cohorts:buddy-pair", public_id=pair.public_id), text=_("Say yes or no")),
        owed=[("cohorts.buddy", pair.public_id)],
    )


def send_buddy_suggested(pair: BuddyPair, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.buddy_suggested",
        to=pair.person,
        about=pair.public_id,
        by=by,
        asks=True,
        context={"by": by.label, "other": pair.buddy, "cohort": pair.cohort, "until": pair.until},
        link=LinkTo(path=path_to("cohorts:buddy-pair", public_id=pair.public_id), text=_("Say yes or no")),
        owed=[("cohorts.buddy", pair.public_id)],
    )


def send_buddy_begun(pair: BuddyPair, *, to: Person, other: Person, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.buddy_begun",
        to=to,
        about=pair.public_id,
        by=by,
        context={"other": other, "until": pair.ends_on},
        link=LinkTo(path=path_to("cohorts:buddy-pair", public_id=pair.public_id), text=_("See their address")),
    )


DAY_JOB_DAYS = 60


def send_day_job(word: DayJobWord, *, by: Actor) -> int:
    """That somebody wrote, to whoever they wrote to; not a word of it. One to staff goes to all staff of the cohort."""
    if word.to_person is not None:
        readers = [word.to_person]
        link = LinkTo(purpose=DAY_JOB, about=word.public_id, days=DAY_JOB_DAYS, text=_("Read what they wrote"))
    else:
        readers = people_with_role(Role.STAFF, cohort_id=word.cohort_id)
        link = LinkTo(path=path_to("cohorts:day-job-word", public_id=word.public_id))
    return sum(
        queue_message(
            kind="cohorts.day_job",
            to=person,
            about=word.public_id,
            by=by,
            context={"by": by.label, "cohort": word.cohort},
            link=link,
        )
        for person in readers
    )


def send_ask_answered(row: AskAnswer, *, to: Person, by: Actor) -> bool:
    """That somebody answered; not a word of what was asked or answered."""
    return queue_message(
        kind="cohorts.ask_answered",
        to=to,
        about=row.public_id,
        by=by,
        context={"by": by.label, "offers": row.ask.kind == AskKind.OFFER},
        link=LinkTo(path=path_to("cohorts:ask-detail", public_id=row.ask.public_id), text=_("Read the answer")),
    )


def send_thanked(row: Thanks, *, to: Person, by: Actor) -> bool:
    """That somebody says they helped; not what with."""
    return queue_message(
        kind="cohorts.thanked",
        to=to,
        about=row.public_id,
        by=by,
        context={"by": by.label},
        link=LinkTo(path=path_to("cohorts:thanks-list"), text=_("Read what they say")),
    )


def send_introduction_question(row: Introduction, *, to: Person, other: Person, by: Actor) -> bool:
    """Who would introduce them, and to whom. No address of anybody."""
    return queue_message(
        kind="cohorts.introduction_question",
        to=to,
        about=row.public_id,
        by=by,
        asks=True,
        context={"by": by.label, "other": other, "until": row.until},
        link=LinkTo(path=path_to("cohorts:introduction-detail", public_id=row.public_id), text=_("Say yes or no")),
        owed=[("cohorts.introduction", row.public_id)],
    )


def send_introduction_made(row: Introduction, *, to: Person, other: Person, by: Actor) -> bool:
    """The address stands on the page, which only the two and whoever introduced them can open."""
    return queue_message(
        kind="cohorts.introduction_made",
        to=to,
        about=row.public_id,
        by=by,
        context={"other": other},
        link=LinkTo(path=path_to("cohorts:introduction-detail", public_id=row.public_id), text=_("See their address")),
    )


def send_introduction_wish(row: Introduction, *, by: Actor) -> int:
    """To all staff of the cohort: that somebody wishes for one, and not which."""
    link = LinkTo(path=path_to("cohorts:introduction-list-staff", public_id=row.cohort.public_id))
    return sum(
        queue_message(
            kind="cohorts.introduction_wish",
            to=person,
            about=row.public_id,
            by=by,
            context={"by": by.label, "cohort": row.cohort},
            link=link,
        )
        for person in people_with_role(Role.STAFF, cohort_id=row.cohort_id)
    )


def send_notice_down(row: Notice, *, reason: str, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.notice_down",
        to=row.author,
        about=row.public_id,
        by=by,
        context={"title": row.title, "reason": reason, "cohort": row.cohort},
        link=LinkTo(path=path_to("cohorts:notice-list", public_id=row.cohort.public_id)),
    )


# A member's link opens what is kept of them, and is in every message: long enough to find the last one.
MOVEMENT_DAYS = 366


def movement_link(member: MovementMember, text: str) -> LinkTo:
    return LinkTo(purpose=MOVEMENT, about=member.public_id, days=MOVEMENT_DAYS, text=text)


def send_movement_confirm(member: MovementMember, *, by: Actor, occurrence: str) -> bool:
    """To whoever reads the address that was typed, maybe by somebody else: it quotes nothing of what they typed, not even the name."""
    return queue_message(
        kind="cohorts.movement_confirm",
        to=member.person,
        about=member.public_id,
        by=by,
        asks=True,
        occurrence=occurrence,
        context={"programme": member.movement.programme, "kept": kept_days()},
        link=LinkTo(purpose=MOVEMENT, about=member.public_id, text=str(_("Say whether you’re in"))),
    )


def send_movement_brought(member: MovementMember, *, by: Actor) -> bool:
    """Once, whoever else tells them of it later. Who told them may have typed their own name: one that reads as a link isn't passed on."""
    assert by.person is not None
    name = by.person.name
    return queue_message(
        kind="cohorts.movement_brought",
        to=member.person,
        about=member.public_id,
        by=by,
        asks=True,
        context={
            "programme": member.movement.programme,
            "movement": member.movement,
            "from_whom": _("Somebody who belongs to it") if reads_as_link(name) else name,
            "kept": kept_days(),
        },
        link=LinkTo(purpose=MOVEMENT, about=member.public_id, text=str(_("Say yes or no"))),
    )


def send_movement_joined(member: MovementMember, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.movement_joined",
        to=member.person,
        about=member.public_id,
        by=by,
        occurrence=timezone.localdate().isoformat(),
        context={"programme": member.movement.programme},
        link=movement_link(member, str(_("Open your page"))),
    )


def send_movement_again(
    movement: Movement, to: Person, *, by: Actor, occurrence: str, member: MovementMember | None = None
) -> bool:
    """To somebody whose address was typed though they are in already: as a member, or by a place on a cohort."""
    home = path_to("cohorts:movement-home", public_id=movement.programme.public_id)
    return queue_message(
        kind="cohorts.movement_again",
        to=to,
        about=movement.public_id,
        by=by,
        occurrence=occurrence,
        context={"programme": movement.programme},
        link=movement_link(member, str(_("Open your page"))) if member else LinkTo(path=home),
    )


def send_movement_event(members: Iterable[MovementMember], event: Event, *, by: Actor) -> int:
    """To all of them in one statement; to each once, however often the number of places changes."""
    context = {"event": event, "programme": event.cohort.programme}
    return queue_messages(
        (
            Outgoing(
                kind="cohorts.movement_event",
                to=member.person,
                about=event.public_id,
                context=context,
                link=movement_link(member, str(_("See it, and take a place"))),
            )
            for member in members
        ),
        by=by,
    )


def send_pledge_hidden(words: PledgeWords, *, by: Actor) -> bool:
    return queue_message(
        kind="cohorts.pledge_hidden",
        to=words.owner,
        about=words.pledge.public_id,
        by=by,
        occurrence=str(words.hidden_at),
        context={"programme": words.pledge.movement.programme, "why": words.hidden_because},
        link=LinkTo(purpose=PLEDGE, about=words.pledge.public_id),
    )
