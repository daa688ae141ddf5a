"""Profiles, wishes, and matches from proposal to an end without fault."""

from __future__ import annotations

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from engine.transitions import record_change, transition
from engine.versions import save_if_unchanged
from mentoring import emails
from mentoring.matching import bars_between
from mentoring.models import MenteeRequest, MentoringSession, MentorMatch, MentorProfile
from mentoring.models.match import TOPIC_LENGTH
from mentoring.rules import participant, staff
from mentoring.selectors import mentees_of_cohort
from mentoring.services.sessions import cancel_session
from mentoring.services.slots import lock_profile
from mentoring.states import OPEN, SessionState
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Person, Role, RoleAssignment
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.services.people import give_role

MOST_TOPICS = 12


def clean_topics(topics: Collection[str]) -> list[str]:
    """Trimmed, without repeats whatever their capitals, in the order given."""
    found: dict[str, str] = {}
    for topic in topics:
        text = " ".join(topic.split())[:TOPIC_LENGTH]
        if text:
            found.setdefault(text.casefold(), text)
    if len(found) > MOST_TOPICS:
        raise Refused(_("Choose %(n)d topics or fewer.") % {"n": MOST_TOPICS}, field="topics")
    return list(found.values())


@transaction.atomic
def make_mentor(*, person: Person, pool: str, by: Actor, capacity: int = 2) -> MentorProfile:
    """Take somebody into the pool of mentors: role and profile. Twice changes nothing."""
    if by.kind != "system" and not by.holds(Role.STAFF):
        raise NotAllowed(_("Only programme staff add mentors."))
    if pool not in MentorProfile.Pool.values:
        raise Refused(_("Choose where the mentor comes from."), field="pool")
    give_role(person=person, role=Role.MENTOR, by=by)
    profile, made = MentorProfile.objects.get_or_create(person=person, defaults={"pool": pool, "capacity": capacity})
    if made:
        record_change(profile, "join", by=by, target=pool)
    return profile


POOL_OF_ROLE = {Role.SPONSOR: MentorProfile.Pool.CHIEF_OFFICER, Role.ALUMNUS: MentorProfile.Pool.ALUMNI}


@transaction.atomic
def ensure_profiles() -> int:
    """A profile for everyone who holds the role of mentor, however they came by it (an invitation gives the role alone).

    Safe to call on reading: it adds what the roles already say, and nothing twice. Returns how many were missing.
    """
    now = timezone.now()
    live = RoleAssignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now)
    have = MentorProfile.objects.values("person_id")
    lacking = set(live.filter(role=Role.MENTOR).exclude(person_id__in=have).values_list("person_id", flat=True))
    if not lacking:
        return 0
    pools = {
        person_id: POOL_OF_ROLE[Role(role)]
        for person_id, role in live.filter(person_id__in=lacking, role__in=POOL_OF_ROLE).values_list(
            "person_id", "role"
        )
    }
    profiles = [
        MentorProfile(person_id=person_id, pool=pools.get(person_id, MentorProfile.Pool.OUTSIDE))
        for person_id in lacking
    ]
    MentorProfile.objects.bulk_create(profiles, ignore_conflicts=True)
    return len(lacking)


@transaction.atomic
def edit_profile(
    *,
    profile: MentorProfile,
    version: int,
    topics: Collection[str],
    about: str,
    capacity: int,
    taking_new: bool,
    by: Actor,
) -> MentorProfile:
    """The mentor says what they offer; staff may type it for them."""
    if by.person_id != profile.person_id and not by.has_role(Role.STAFF):
        raise NotAllowed(_("You can’t change this profile."))
    save_if_unchanged(
        profile,
        version=version,
        topics=clean_topics(topics),
        about=about.strip(),
        capacity=capacity,
        taking_new=taking_new,
    )
    return profile


@transaction.atomic
def ask_for_mentor(*, cohort: Cohort, topics: Collection[str], wishes: str, by: Actor) -> MenteeRequest:
    """A participant says what they'd like from a mentor; saying it again replaces it."""
    if by.person is None or not participant(by, cohort) or not mentees_of_cohort(cohort.pk).filter(person=by.person):
        raise NotAllowed(_("Only people on the cohort can ask for a mentor."))
    chosen = clean_topics(topics)
    if not chosen:
        raise Refused(_("Choose at least one topic."), field="topics")
    request, _made = MenteeRequest.objects.update_or_create(
        cohort=cohort,
        person=by.person,
        defaults={"topics": chosen, "wishes": wishes.strip(), "asked_at": timezone.now()},
    )
    return request


@transaction.atomic
def propose_match(*, cohort: Cohort, mentor: Person, mentee: Person, reason: str, by: Actor) -> MentorMatch:
    """Propose a mentor to a participant and tell both. Bars are hard: nobody may pass over them."""
    if by.kind != "system" and not staff(by, cohort):
        raise NotAllowed(_("Only programme staff propose matches."))
    hold_ties()
    profile = MentorProfile.objects.select_for_update().filter(person=mentor).first()
    if profile is None:
        raise Refused(_("%(name)s isn’t a mentor.") % {"name": mentor.name}, field="mentor")
    if not mentees_of_cohort(cohort.pk).filter(person=mentee).exists():
        raise Refused(_("%(name)s isn’t taking part in this cohort.") % {"name": mentee.name})
    if bars := bars_between(mentor.pk, mentee.pk):
        raise Refused(" ".join(bars), field="mentor")
    held = MentorMatch.objects.filter(mentor=mentor, state__in=OPEN).count()
    if not profile.taking_new or held >= profile.capacity:
        raise Refused(_("%(name)s has no place left.") % {"name": mentor.name}, field="mentor")
    try:
        with transaction.atomic():
            match = MentorMatch.objects.create(
                cohort=cohort,
                mentor=mentor,
                mentee=mentee,
                proposed_by=by.person,
                reason=reason.strip(),
                proposed_at=timezone.now(),
            )
    except IntegrityError as error:
        if "match_one_open" not in str(error):
            raise
        raise WrongState(_("%(name)s has a mentor already, or one is proposed.") % {"name": mentee.name}) from error
    record_change(match, "propose", by=by, target=match.state)
    ties_changed([mentor.pk, mentee.pk], by=by)
    emails.match_proposed(match, by=by)
    return match


@transaction.atomic
def accept_match(*, match: MentorMatch, by: Actor) -> MentorMatch:
    """The mentor says yes: both are told, and the mentee can book."""
    transition(match, "accept", by=by, accepted_at=timezone.now())
    emails.match_accepted(match, by=by)
    return match


@transaction.atomic
def decline_match(*, match: MentorMatch, by: Actor) -> MentorMatch:
    """Either says not this time, without a reason; staff are told so that they can look again."""
    transition(match, "decline", by=by, ended_at=timezone.now())
    emails.match_not_taken_up(match, by=by)
    return match


@transaction.atomic
def withdraw_match(*, match: MentorMatch, by: Actor) -> MentorMatch:
    transition(match, "withdraw", by=by, ended_at=timezone.now())
    emails.match_withdrawn(match, by=by)
    return match


@transaction.atomic
def end_match(*, match: MentorMatch, by: Actor) -> MentorMatch:
    """Either, or staff, ends it: no reason is asked and none is kept. What is booked ahead is cancelled, in calendars too."""
    # Whoever books with this mentor waits, so that no session is booked past the end.
    lock_profile(match.mentor_id)
    transition(match, "end", by=by, ended_at=timezone.now())
    ahead = MentoringSession.objects.filter(match=match, state=SessionState.BOOKED, starts_at__gt=timezone.now())
    for session in ahead.select_related("match"):
        cancel_session(session=session, by=by)
    emails.match_ended(match, by=by)
    return match
