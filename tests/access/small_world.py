"""One of everything in Essex, and the cast who may or may not open it: made once for a module, in a transaction never committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from cohorts.consents import CURRENT_CONSENT
from cohorts.models import (
    Cohort,
    DayJobText,
    DayJobWord,
    EngagementSignal,
    Event,
    EventOpening,
    MovementMember,
    PledgeWords,
)
from cohorts.services.alumni import add_career_step, add_past_alumnus, admit_alumnus
from cohorts.services.alumni_events import plan_alumni_event
from cohorts.services.alumni_groups import start_group
from cohorts.services.asks import answer_ask, post_ask, say_thanks
from cohorts.services.attendance_imports.kind import upload_attendance
from cohorts.services.buddies import answer_buddy, ask_buddy, offer_to_be_buddy
from cohorts.services.co_design import ask_alumni
from cohorts.services.cohorts import create_cohort
from cohorts.services.copying import add_closed_days
from cohorts.services.development import add_goal, add_objective, make_summary, share_summary
from cohorts.services.directory import save_profile
from cohorts.services.event_tasks import add_event_task
from cohorts.services.guests import invite_guest
from cohorts.services.introductions import introduce, wish_introduction
from cohorts.services.invitations import invite_person
from cohorts.services.leadership_history import add_history_entry
from cohorts.services.methods import add_experiment, add_method
from cohorts.services.movement import bring_colleague, join_movement, register_member, save_movement
from cohorts.services.movement_events import open_to_movement
from cohorts.services.needs import save_needs
from cohorts.services.notices import post_notice
from cohorts.services.onward import add_onward_step
from cohorts.services.partners import link_programme, make_offer, offer_places
from cohorts.services.pledges import hide_pledge, make_pledge
from cohorts.services.programmes import add_partner
from cohorts.services.reflections import share_reflection, write_reflection
from cohorts.services.return_briefs import make_brief, send_brief
from cohorts.services.returning import save_change_context, save_return_plan
from cohorts.services.reviews import add_lesson, hold_review
from cohorts.services.seating import compose_seating, show_seating, wish_pair
from cohorts.services.set_meetings import begin_meeting, save_review
from cohorts.services.set_room import add_action, add_co_facilitator, change_rules
from cohorts.services.set_terms import save_set_terms
from cohorts.services.sets import save_proposal
from cohorts.services.support import ask_support
from cohorts.services.venues import add_venue
from cohorts.services.vetoes import open_veto_round
from cohorts.states import CohortStage
from engine.jobs import run
from mentoring.services.matches import propose_match
from mentoring.services.notes import write_note
from mentoring.services.sessions import book_session
from outcomes.models import CohortReport
from outcomes.services.answers import save_note
from outcomes.services.reports import make_report
from projects.services.map_questions import ask_teams
from projects.services.stakeholders import add_stakeholder, record_move
from reminders.models import DemoMail, Message
from selection.models import (
    Application,
    AssessmentCentre,
    AssessorAllocation,
    CentrePlace,
    CentreSlot,
    Deferral,
    Endorsement,
    Exercise,
    ExerciseCriterion,
    Feedback,
    Observer,
    SelectionRound,
)
from selection.selectors.nominating import drafts_of, shown
from selection.services.application_files import save_application_file
from selection.services.balance import save_commitment
from selection.services.conflicts import object_to_assessor
from selection.services.deferrals import ask_to_defer
from selection.services.frameworks import add_question
from selection.services.interest import register_interest
from selection.services.moderation import name_chair
from selection.services.nominating import add_nomination, ask_nominators, send_nominations
from selection.services.nominations.uploads import upload_nominations
from selection.services.rounds import open_round
from selection.services.score_imports.kind import upload_scores
from selection.services.support import save_adjustment
from selection.states import ApplicationState, CentrePlaceState, CentreState, Lateness, RoundState
from tenancy.actors import Actor
from tenancy.links import mint_link
from tenancy.models import Role, RoleAssignment, Sector, SeniorityBand, Tenant
from tenancy.scope import tenant_context
from tenancy.seen import digest_of
from tenancy.selectors import actor_of
from tenancy.services.conflicts import declare_conflict
from tenancy.services.districts import save_district
from tenancy.services.people import give_role
from tests.conftest import cast_member, make_member
from tests.factories import outcomes as surveys
from tests.factories.cohorts import (
    SYSTEM,
    make_event,
    make_past_event,
    make_person,
    make_sets,
    sign_in_as,
    ten_in_the_morning,
)
from tests.factories.files import pdf
from tests.factories.mentoring import employ, make_match, make_slots
from tests.factories.projects import join, make_approved, make_proposal, make_proposed
from tests.factories.projects import make_cohort as make_running_cohort
from tests.factories.selection import make_application, make_cohort_for_round, make_round
from tests.factories.tenancy import make_organisation, make_tenant
from tests.selection.assess_setup import CRITERIA, make_scene
from tests.selection.import_setup import HEADINGS, person, workbook

# Words that only private rows hold: nobody but their author may ever be sent a page with one of them.
PRIVATE = {
    "reflection": "Zinnoberammer",
    "note": "Gelbspötter",
    "survey note": "Bartmeise",
    "history": "Wasseramsel",
    "plan": "Neuntöter",
    # shown to nobody yet; of asks and thanks, what is between two
    "directory": "Mauerläufer",
    "thanks": "Steinschmätzer",
    # to somebody without an account
    "day job": "Zilpzalp",
    # read by the set, its facilitator included
    "set room": "Halsbandschnäpper",
}
# What the round of the small world asks for besides words.
PROOF = {
    "text": "Proof of registration",
    "hint": "",
    "kind": "file",
    "file_kinds": ["pdf"],
    "max_megabytes": 1,
    "optional": True,
    "staff_only": True,
    "criterion": None,
    "word_limit": 250,
}
ROLES = (
    "staff",
    "cohort_staff",
    "participant",
    "teammate",
    "neighbour",
    "applicant",
    "submitter",
    "offered",
    "endorser",
    "invited",
    "assessor",
    "chair",
    "sponsor",
    "mentor",
    "facilitator",
    "alumnus",
    "supplier",
    "partner",
    "nobody",
)


@dataclass
class World:
    tenant: Tenant
    other: Tenant
    cast: dict[str, SimpleNamespace] = field(default_factory=dict)
    stranger: SimpleNamespace | None = None
    # what a row of the matrix is about -> the words of its address
    at: dict[str, dict[str, Any]] = field(default_factory=dict)
    visitor: Client = field(default_factory=Client)
    # answers, and forms filled in, by tests that leave the world as it was made; None where a world isn't kept for many of them
    shown: dict[tuple[str, str], Any] | None = None
    filled: dict[str, Any] = field(default_factory=dict)

    def note(self, **rows: Any) -> None:
        """A name is one row's: another one under it would be what all pages about the first are asked with."""
        for name, row in rows.items():
            assert name not in self.at, f"there is a {name!r} already"
            self.at[name] = {"public_id": row.public_id}

    def person(self, role: str) -> Any:
        return self.cast[role].person


@contextmanager
def undone() -> Iterator[None]:
    """Everything done within, on any of the three connections, is taken back."""
    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(transaction.atomic(using=alias))
            stack.callback(transaction.set_rollback, True, using=alias)
        yield


def make_world() -> World:
    world = World(make_tenant("essex", "Essex Partners"), make_tenant("hsmc", "HSMC Birmingham"))
    world.stranger = make_member(world.other, "Stan Stranger", Role.STAFF)
    make_cast(world)
    with tenant_context(world.tenant):
        make_people(world)
        make_cohort_life(world)
        make_selection(world)
        make_projects(world)
        make_mentoring(world)
        make_surveys(world)
    make_assessments(world)
    make_assessment_centre(world)
    make_room(world)
    make_private(world)
    make_report_and_messages(world)
    for role, member in world.cast.items():
        world.cast[role] = cast_member(world.tenant, member.person, member.account)
    return world


def make_cast(world: World) -> None:
    essex = world.tenant
    for name, role in (
        ("staff", Role.STAFF),
        ("sponsor", Role.SPONSOR),
        ("mentor", Role.MENTOR),
        ("supplier", Role.SUPPLIER),
        ("partner", Role.PARTNER),
        ("alumnus", Role.ALUMNUS),
    ):
        world.cast[name] = make_member(essex, f"Cast {name.title()}", role)
    for name in (
        "cohort_staff",
        "participant",
        "teammate",
        "neighbour",
        "facilitator",
        "endorser",
        "invited",
        "nobody",
    ):
        world.cast[name] = make_member(essex, f"Cast {name.replace('_', ' ').title()}")
    with tenant_context(essex):
        employ(world.person("mentor"), "Mid Essex Hospital", "health")
        employ(world.person("participant"), "Essex Police", "police and fire")
        elsewhere = surveys.make_cohort("Cohort 9")
    sign_in_as(essex, world.person("cohort_staff"), Role.STAFF, cohort=elsewhere)


def make_people(world: World) -> None:
    """The cohort that runs, who is on it, and the tenant's own administration."""
    world.cohort = make_running_cohort("Cohort 1", "cohort-1")  # type: ignore[attr-defined]
    for role in ("participant", "teammate", "neighbour"):
        world.cast[role].actor = join(world.person(role), world.cohort)  # type: ignore[attr-defined]
    conflict = declare_conflict(
        person=world.person("participant"),
        other=world.person("supplier"),
        kind="worked",
        by=world.cast["participant"].actor,
    )
    world.note(
        cohort=world.cohort,
        person=world.person("participant"),
        conflict=conflict,  # type: ignore[attr-defined]
        organisation=make_organisation("Essex Police", "police and fire"),
    )
    role = RoleAssignment.objects.get(person=world.person("supplier"), role=Role.SUPPLIER)
    world.at["role"] = {"public_id": world.person("supplier").public_id, "role": role.public_id}
    world.at["place"] = {
        "public_id": world.cohort.participations.get(person=world.person("neighbour")).public_id  # type: ignore[attr-defined]
    }
    assert Sector.objects.exists()
    programme = world.cohort.programme  # type: ignore[attr-defined]
    organisation = make_organisation("University of Essex", "higher education")
    closed = add_closed_days(
        programme=programme,
        name="Christmas",
        first_day=date(2026, 12, 21),
        last_day=date(2027, 1, 1),
        every_year=True,
        by=SYSTEM,
    )
    world.note(district=save_district(district=None, name="Northvale", rurality="rural", decile=2, by=SYSTEM))
    world.at["closed days"] = {"public_id": closed.public_id}
    world.note(partner=add_partner(programme=programme, organisation=organisation, part="lead", by=SYSTEM))


def make_cohort_life(world: World) -> None:
    cohort, facilitator = world.cohort, world.person("facilitator")  # type: ignore[attr-defined]
    groups = [[world.person("participant"), world.person("teammate")], [world.person("neighbour")]]
    plan = make_sets(cohort, groups, facilitator=facilitator)
    learning_set = plan.sets.select_related("plan", "cohort__programme").get(
        memberships__person=world.person("participant")
    )
    world.learning_set = learning_set  # type: ignore[attr-defined]
    draft = save_proposal(
        cohort=cohort,
        groups=[[world.person(r).pk for r in ("participant", "teammate", "neighbour")]],
        seed=2,
        steps=0,
        by=SYSTEM,
    )
    with tenant_context(world.tenant, world.person("participant")):
        save_needs(
            version=0,
            diet="vegan",
            without=["nuts"],
            allergy="Nuts: I carry a pen",
            access="A seat near the front",
            by=actor_of(world.person("participant")),
        )
        save_set_terms(version=0, never=["mon-am"], needs=["step_free"], by=actor_of(world.person("participant")))
    with tenant_context(world.tenant, world.person("participant")):
        asked = ask_support(
            cohort=cohort,
            to=facilitator,
            body="A word about my new role",
            by=actor_of(world.person("participant")),
        )
    world.note(support=asked)
    review = hold_review(cohort=cohort, held_on=timezone.localdate(), summary="Six of us, half a day", by=SYSTEM)
    lesson = add_lesson(
        review=review,
        learned="Mornings are missed",
        change="Afternoons from now on",
        owner=facilitator,
        due_on=timezone.localdate() + timedelta(days=20),
        by=SYSTEM,
    )
    world.note(review=review, lesson=lesson)
    venue = add_venue(name="Anglia Hall", address="Duke Street, Chelmsford CM1 1HT", by=SYSTEM)
    world.method = add_method(name="Walk the journey", use="Seeing it whole", how="Go there", source="", by=SYSTEM)  # type: ignore[attr-defined]
    world.note(
        method=world.method,  # type: ignore[attr-defined]
        venue=venue,
        event=make_event(cohort, owner=facilitator, venue=venue),
        past=make_past_event(cohort, owner=facilitator),
        underway=make_event(
            cohort,
            "Workshop under way",
            starts_at=timezone.now() - timedelta(hours=1),
            ends_at=timezone.now() + timedelta(hours=6),
            owner=facilitator,
        ),
        plan=draft,
        set=learning_set,
        meeting=make_event(cohort, "Set meeting", learning_set=learning_set),
        task=add_event_task(
            event=learning_set.events.get(), timing="before", title="Bring one issue in two lines", by=SYSTEM
        ),
        invitation=invite_person(
            name="Ina Invited", email="ina@example.org", role="assessor", cohort=cohort, by=SYSTEM
        ),
        invited=invite_person(
            name=world.person("invited").name,
            email=world.person("invited").email,
            role="assessor",
            cohort=cohort,
            by=SYSTEM,
        ),
    )
    world.note(vetoes=open_veto_round(cohort=cohort, until=timezone.now() + timedelta(days=7), by=SYSTEM))
    make_tables(world)
    make_alumni(world)
    event = Event.objects.select_related("cohort__programme").get(public_id=world.at["event"]["public_id"])
    supplier = world.person("supplier")
    world.note(guest=invite_guest(event=event, name=supplier.name, email=supplier.email, by=SYSTEM))
    gus = invite_guest(event=event, name="Gus Guest", email="gus@example.org", employer="Anglia Ruskin", by=SYSTEM)
    world.at["guest link"] = {"token": mint_link(person=gus.person, purpose="guest", about=gus.public_id)}
    came = f"Name,Email\n{world.person('teammate').name},\n".encode()
    with tenant_context(world.tenant, facilitator):
        listed = upload_attendance(
            event=Event.objects.get(public_id=world.at["past"]["public_id"]),
            name="came.csv",
            content=came,
            by=actor_of(facilitator),
        )
    world.note(list=listed)
    world.at["list row"] = {"public_id": listed.public_id, "number": 2}


def make_tables(world: World) -> None:
    """Design groups that are shown for what is under way, and a proposal of tables for what comes next."""
    rows = Event.objects.select_related("cohort__programme", "learning_set", "venue")
    underway, event = (rows.get(public_id=world.at[name]["public_id"]) for name in ("underway", "event"))
    groups = compose_seating(event=underway, tables=2, kind="groups", name="Design groups", by=SYSTEM)
    world.note(
        **{
            "seating pair": wish_pair(
                event=event,
                first=world.person("participant"),
                second=world.person("neighbour"),
                together=False,
                by=SYSTEM,
            )
        },
        seated=show_seating(seating=groups, version=1, by=SYSTEM),
        seating=compose_seating(event=event, tables=2, by=SYSTEM),
    )


def make_alumni(world: World) -> None:
    """Somebody who finished a cohort of the programme before this one, and where they have got to."""
    alumnus, programme = world.person("alumnus"), world.cohort.programme  # type: ignore[attr-defined]
    finished = create_cohort(
        programme=programme,
        name="Cohort 0",
        places=8,
        starts_on=date(2025, 1, 6),
        ends_on=date(2025, 12, 12),
        by=SYSTEM,
    )
    Cohort.objects.filter(pk=finished.pk).update(stage=CohortStage.FINISHED)
    add_past_alumnus(cohort=finished, name="Una Before", email="una.before@example.org", by=SYSTEM)
    world.note(
        finished=finished,
        **{"alumni programme": programme},
        membership=admit_alumnus(person=alumnus, programme=programme, by=SYSTEM),
    )
    with tenant_context(world.tenant, alumnus):
        step = add_career_step(
            role="Head of Place",
            employer="Essex County Council",
            level="service",
            since=date(2026, 1, 5),
            by=actor_of(alumnus),
        )
    for_alumni = plan_alumni_event(
        programme=programme,
        title="Alumni hour",
        starts_at=ten_in_the_morning(9),
        ends_at=ten_in_the_morning(9) + timedelta(hours=1),
        join_url="https://meet.example.org/alumni",
        by=SYSTEM,
    )
    recorded = make_event(
        finished,
        "Alumni hour before",
        starts_at=timezone.now() - timedelta(hours=3),
        ends_at=timezone.now() - timedelta(hours=2),
    )
    EventOpening.objects.create(event=recorded, opened_at=timezone.now())
    ask = ask_alumni(
        programme=programme,
        title="The next cohort",
        body="What should it keep?",
        answer_by=timezone.now() + timedelta(days=9),
        people=[alumnus],
        by=SYSTEM,
    )
    asked = ask.invitations.get()
    other = make_person("Ulla Earlier")
    admit_alumnus(person=other, programme=programme, by=SYSTEM)
    world.note(
        **{
            "career step": step,
            "alumni event": for_alumni.event,
            "recorded": recorded,
            "co-design": ask,
            "alumnus asked": asked,
        }
    )
    linked = link_programme(
        programme=programme,
        name="ASPIRE",
        organisation="Community Voices Essex",
        contact_name="Carla Contact",
        contact_email="carla@example.org",
        by=SYSTEM,
    )
    shared = make_event(world.cohort, "Shared masterclass", starts_at=ten_in_the_morning(20))  # type: ignore[attr-defined]
    places = offer_places(linked=linked, event=shared, number=3, name_by=ten_in_the_morning(10), by=SYSTEM)
    make_event(world.cohort, "Another masterclass", starts_at=ten_in_the_morning(25))  # type: ignore[attr-defined]
    offer = make_offer(
        linked=linked,
        title="Reading accounts",
        starts_at=ten_in_the_morning(30),
        ends_at=ten_in_the_morning(30) + timedelta(hours=2),
        number=9,
        place="The Hub",
        by=SYSTEM,
    )
    token = mint_link(person=linked.contact, purpose="linked-programme", about=linked.public_id)
    world.at["linked link"] = {"token": token}
    world.at["linked places"] = {"token": token, "public_id": places.public_id}
    group = start_group(cohort=world.cohort, name="Data", purpose="Who shares what", by=SYSTEM)  # type: ignore[attr-defined]
    world.note(linked=linked, group=group, **{"partner offer": offer})
    make_movement(world, programme)


def make_movement(world: World, programme: Any) -> None:
    """Open, with a member who has no sign-in, one who has, and somebody who was told of it and hasn't answered."""
    movement = save_movement(
        programme=programme, purpose="Asking first", is_open=True, shows_spread=True, version=0, by=SYSTEM
    )
    world.movement = movement  # type: ignore[attr-defined]
    world.at["movement"] = {"public_id": programme.public_id}
    bring_colleague(
        movement=movement, name="Una Unanswered", email="una@example.org", by=actor_of(world.person("participant"))
    )
    for name, email in (("Mia Member", "mia@example.org"), ("Cast Supplier", world.person("supplier").email)):
        register_member(movement=movement, name=name, email=email, interests="Open doors", by=Actor("visitor"))
        member = MovementMember.objects.select_related("person", "movement").get(person__email__iexact=email)
        join_movement(member=member, consent_version=CURRENT_CONSENT, by=Actor.for_link(member.person, "movement"))
        if name == "Cast Supplier":
            world.note(**{"movement mine": member})
        else:
            token = mint_link(person=member.person, purpose="movement", about=member.public_id)
            world.at["movement link"] = {"token": token}
            mia = member.person
    make_pledges(world, movement, mia, token)
    talk = make_event(world.cohort, "Open talk", starts_at=ten_in_the_morning(15))  # type: ignore[attr-defined]
    open_to_movement(event=talk, places=9, by=SYSTEM)
    world.note(**{"open event": talk})
    world.at["open event by link"] = {"token": token, "public_id": talk.public_id}


def make_pledges(world: World, movement: Any, mia: Any, token: str) -> None:
    """One for the movement, one for nobody, one that anybody reads and one that staff have hidden; and two of the member by link."""
    by_on = timezone.localdate() + timedelta(days=5)
    by = actor_of(world.person("participant"))

    def pledge(audience: str, who: Any, actor: Any, what: str = "Ask first") -> PledgeWords:
        with tenant_context(world.tenant, who):
            return make_pledge(movement=movement, what=what, by_on=by_on, audience=audience, by=actor)

    participant = world.person("participant")
    alone = pledge("me", participant, by)
    neighbour = world.person("neighbour")
    told = pledge("movement", neighbour, actor_of(neighbour))
    hidden = pledge("public", participant, by, "Name a family")
    open_one = pledge("public", neighbour, actor_of(neighbour), "Ring before I write")
    with tenant_context(world.tenant, world.person("staff")):
        hide_pledge(words=hidden, reason="It names a family", by=SYSTEM)
    own = pledge("me", mia, Actor.for_link(mia, "movement"))
    world.at["pledge"] = {"public_id": told.pledge.public_id}
    world.at["own pledge"] = {"public_id": alone.pledge.public_id}
    world.at["public pledge"] = {"public_id": open_one.pledge.public_id}
    world.at["hidden pledge"] = {"public_id": hidden.pledge.public_id}
    world.at["pledge by link"] = {"token": token, "public_id": told.pledge.public_id}
    world.at["own pledge by link"] = {"token": token, "public_id": own.pledge.public_id}
    world.at["pledge due"] = {"token": mint_link(person=mia, purpose="pledge", about=own.pledge.public_id)}


def make_nominations(world: World, round_: SelectionRound) -> None:
    """Somebody asked to nominate, with one nomination sent and one not yet."""
    (leader,) = ask_nominators(round=round_, leaders=[("Lena Leader", "lena@example.org")], by=SYSTEM)
    by = Actor.for_link(leader.person, "nominate")
    employer = make_organisation("Essex Police", "police and fire")
    said = {
        "job_title": "Superintendent",
        "reason": "Calm in a crisis.",
        "knows": True,
        "organisation": employer,
        "by": by,
    }
    add_nomination(nominator=leader, name="Nora Sent", email="nora@example.org", **said)
    sent = send_nominations(nominator=leader, seen=digest_of(shown(list(drafts_of(leader)))), by=by)
    draft = add_nomination(nominator=leader, name="Dan Draft", email="dan@example.org", **said)
    world.note(nominator=leader, nomination=sent[0])
    token = mint_link(person=leader.person, purpose="nominate", about=leader.public_id)
    world.at["nominate"] = {"token": token}
    world.at["nominate-draft"] = {"token": token, "public_id": draft.public_id}


def make_selection(world: World) -> None:
    coming = make_cohort_for_round("Cohort 2")
    round_ = make_round(coming, opened=False)
    proof = add_question(framework=round_.framework, by=SYSTEM, **PROOF)
    open_round(round=round_, by=SYSTEM)
    round_.refresh_from_db()
    application = make_application(round_)
    with tenant_context(world.tenant, application.applicant):
        save_application_file(
            application=application,
            question=proof,
            version=0,
            name="proof.pdf",
            content=pdf(),
            by=actor_of(application.applicant),
        )
    sent = make_application(round_, "Sam Sent", state="submitted", manager="Cast Endorser")
    with tenant_context(world.tenant, sent.applicant):
        save_adjustment(application=sent, version=0, text="A step-free room", by=actor_of(sent.applicant))
    row = Endorsement.objects.select_related("endorser").get(application=sent, kind="line_manager")
    # one person, two addresses: the request goes to the one with the account
    row.endorser = world.person("endorser")
    row.save(update_fields=["endorser"])
    good, bad = person("Nora", "Nominee"), person("Nils", "Nowhere", "Nowhere Council")
    imported = upload_nominations(round=round_, name="log.xlsx", content=workbook(HEADINGS, [good, bad]), by=SYSTEM)
    late = make_application(
        round_, "Lena Late", state="submitted", organisation="Essex Police", sector="police and fire"
    )
    late.lateness = Lateness.LATE
    late.save(update_fields=["lateness"])
    preparing = make_round(make_cohort_for_round("Cohort 3"), opened=False)
    world.note(
        round=round_,
        application=application,
        sent=sent,
        late=late,
        seats=save_commitment(
            cohort=coming,
            commitment=None,
            sector=Sector.objects.first(),
            seats=3,
            promised_by="Chief constable",
            promised_on=timezone.localdate(),
            by=SYSTEM,
        ),
        band=SeniorityBand.objects.last(),
        endorsement=row,
        framework=preparing.framework,
        criterion=preparing.criteria.last(),
        question=preparing.questions.last(),
        preparing=preparing,
        programme=coming.programme,
        planned=coming,
        **{"import": imported},
    )
    objection = object_to_assessor(
        application=application, name="Nick Nephew", reason="We lived together.", by=actor_of(application.applicant)
    )
    world.note(objection=objection)
    interest = register_interest(
        programme=coming.programme, name="Ines Interested", email="ines@example.org", by=Actor("visitor")
    )
    world.at["interest"] = {"token": mint_link(person=interest.person, purpose="interest", about=interest.public_id)}
    make_nominations(world, round_)
    world.at["coming"] = {"cohort_id": surveys.make_cohort("Cohort 4").public_id}
    world.at["attached"] = {"public_id": application.public_id, "position": proof.position}
    world.at["answer"] = {"public_id": application.public_id, "position": round_.questions.first().position}
    # the second row of the log is the third of its sheet: its organisation is unknown
    world.at["row"] = {"public_id": imported.public_id, "number": 3}
    world.cast["applicant"] = sign_in_as(world.tenant, application.applicant)
    world.cast["submitter"] = sign_in_as(world.tenant, sent.applicant)
    old = mint_link(person=row.endorser_id, purpose="endorse", about=row.public_id, days=-1)
    world.at["endorse-renew"] = {"token": old}
    for name in ("endorse", "endorse-pass-on"):
        world.at[name] = {"token": mint_link(person=row.endorser_id, purpose="endorse", about=row.public_id)}


def make_assessments(world: World) -> None:
    """One round being assessed and one decided, each with applications of its own."""
    staff = world.cast["staff"]
    decided = make_scene(world.tenant, staff, applications=5, assessors=2, places=2).decided()
    first = decided.fresh(decided.applications[0])
    world.cast["offered"] = decided.member(first)
    reserve = next(a for a in map(decided.fresh, decided.applications) if a.state == "reserve")
    wishes = decided.fresh(decided.applications[1])
    with decided.inside(decided.member(wishes)):
        wish = ask_to_defer(application=wishes, wish="In spring", by=Actor.for_person(wishes.applicant))
    with decided.inside(staff):
        deferred = Deferral.objects.create(
            application=decided.applications[4],
            state="agreed",
            wish="Next year",
            asked_at=timezone.now(),
            keep_until=timezone.localdate() + timedelta(days=900),
        )
    with decided.inside(staff):
        Feedback.objects.create(application=first, text="You led well.")
    world.note(decided=decided.round, offered=first, reserve=reserve, wish_to_defer=wish, deferred=deferred)
    moderating = make_scene(world.tenant, staff, applications=3, assessors=2, places=3).moderating()
    chair = make_member(world.tenant, "Cast Chair", email="chair@panel.example")
    world.cast["chair"] = chair
    with moderating.inside(staff):
        name_chair(round=moderating.round, person=chair.person, by=staff.actor)
        SelectionRound.objects.filter(pk=moderating.round.pk).update(tolerance=1)
    world.note(moderating=moderating.round, moderated=moderating.applications[0])
    # last: the scenes above score whatever their assessors have open
    scene = make_scene(world.tenant, staff, applications=3, assessors=2)
    scene.start()
    assessor = scene.assessors[0]
    world.cast["assessor"] = assessor
    with scene.inside(assessor):
        # the same people assessed the rounds above
        mine = AssessorAllocation.objects.filter(assessor=assessor.person, application__round=scene.round)
        allocation = mine.select_related("application").first()
    world.note(assessing=scene.round, allocation=allocation, assessed=allocation.application)
    marks = [allocation.application.reference, assessor.person.name, 4, 4, 4]
    with scene.inside(staff):
        scene.round.refresh_from_db()
        content = workbook(("Reference", "Assessor", *CRITERIA), [marks])
        scores = upload_scores(round=scene.round, name="marks.xlsx", content=content, by=staff.actor)
    world.note(scores=scores)
    world.at["score row"] = {"public_id": scores.public_id, "number": 2}
    world.at["assessor"] = {"public_id": scene.round.public_id, "person": assessor.person.public_id}


def make_assessment_centre(world: World) -> None:
    """One round with a time to choose, for whoever was offered a place elsewhere, one that has begun, with an observer, and somebody who
    could be called; and one round whose centre is being prepared."""
    staff, assessor = world.cast["staff"], world.cast["assessor"]
    scene = make_scene(world.tenant, staff, applications=3, assessors=1)
    now = timezone.now()
    with scene.inside(staff):
        SelectionRound.objects.filter(pk=scene.round.pk).update(state=RoundState.ASSESSING)
        called, seen, uncalled = scene.applications
        Application.objects.filter(round=scene.round).update(state=ApplicationState.ELIGIBLE)
        Application.objects.filter(pk=called.pk).update(applicant=world.cast["offered"].person)
        centre = AssessmentCentre.objects.create(round=scene.round, places=3, book_by=now + timedelta(days=5))
        interview = Exercise.objects.create(centre=centre, position=1, name="Interview", minutes=120)
        ExerciseCriterion.objects.create(exercise=interview, criterion=scene.criteria[0])
        AssessmentCentre.objects.filter(pk=centre.pk).update(state=CentreState.BOOKING)
        ahead, begun = (
            CentreSlot.objects.create(
                centre=centre, starts_at=at, ends_at=at + timedelta(hours=2), where="Room 1", room=3
            )
            for at in (now + timedelta(days=7), now - timedelta(minutes=5))
        )
        CentrePlace.objects.create(application=called, called_at=now, needs_said_at=now)
        place = CentrePlace.objects.create(application=seen, called_at=now, state=CentrePlaceState.BOOKED, slot=begun)
        observer = Observer.objects.create(
            place=place,
            exercise=interview,
            person=assessor.person,
            slot=begun,
            together=False,
            starts_at=begun.starts_at,
            ends_at=begun.ends_at,
        )
    other = make_scene(world.tenant, staff, applications=1, assessors=1)
    with other.inside(staff):
        SelectionRound.objects.filter(pk=other.round.pk).update(state=RoundState.ASSESSING)
        Application.objects.filter(round=other.round).update(state=ApplicationState.ELIGIBLE)
        prepared = AssessmentCentre.objects.create(round=other.round, places=1, book_by=now + timedelta(days=5))
        exercise = Exercise.objects.create(centre=prepared, position=1, name="Interview", minutes=120)
        ExerciseCriterion.objects.create(exercise=exercise, criterion=other.criteria[0])
    world.note(
        centre_preparing=other.round,
        uncalled=uncalled,
        called=called,
        observed=observer,
        centre=scene.round,
        watched=place,
        exercise=exercise,
        centre_slot=ahead,
    )
    world.at["watched_at"] = {"public_id": place.public_id, "exercise": interview.public_id}


def make_projects(world: World) -> None:
    lead, sponsor, mate = world.person("participant"), world.person("sponsor"), world.person("teammate")
    cohort = world.cohort  # type: ignore[attr-defined]
    draft = make_proposal(lead, sponsor, mate, cohort=cohort)
    proposed = make_proposed(lead, sponsor, mate, cohort=cohort, title="One key for all doors")
    approved = make_approved(lead, sponsor, mate, cohort=cohort, title="One list of empty homes")
    world.note(draft=draft, proposed=proposed, approved=approved)
    world.at["member"] = {"public_id": draft.public_id, "member": draft.memberships.get(person=mate).public_id}
    world.at["decide"] = {"token": mint_link(person=sponsor, purpose="project-decision", about=proposed.public_id)}
    make_stakeholder(world, approved)


def make_stakeholder(world: World, project: Any) -> None:
    """On the map of a project, and moved once."""
    mate = world.cast["teammate"]
    with tenant_context(world.tenant, mate.person):
        row = add_stakeholder(
            project=project,
            lead=project.memberships.get(person=mate.person),
            influence=3,
            impact=2,
            stance=1,
            wanted=3,
            by=mate.actor,
            name="Alison Barr",
        )
        move = record_move(
            stakeholder=row, version=1, stance=2, on=timezone.localdate(), note="Over tea", by=mate.actor
        )
    with tenant_context(world.tenant, world.person("staff")):
        asked = ask_teams(about="Alison Barr", reach="alison@barr.example", by=world.cast["staff"].actor)
    world.note(stakeholder=row, map_question=asked[0])
    world.at["stakeholder_move"] = {"public_id": row.public_id, "move": move.public_id}


def make_mentoring(world: World) -> None:
    cohort, mentor, mentee = world.cohort, world.person("mentor"), world.person("participant")  # type: ignore[attr-defined]
    world.match = make_match(mentor, mentee, cohort)  # type: ignore[attr-defined]
    booked, free, *_ = make_slots(mentor)
    session = book_session(match=world.match, slot=booked, by=world.cast["participant"].actor)  # type: ignore[attr-defined]
    asked = propose_match(cohort=cohort, mentor=mentor, mentee=world.person("teammate"), reason="Housing", by=SYSTEM)
    world.note(match=world.match, asked=asked, slot=free, session=session)  # type: ignore[attr-defined]
    world.at["mentee"] = {"public_id": cohort.public_id, "person": world.person("neighbour").public_id}


def make_surveys(world: World) -> None:
    survey = surveys.make_survey(world.cohort)  # type: ignore[attr-defined]
    world.wave = surveys.ask(survey, "before")  # type: ignore[attr-defined]
    unasked = surveys.make_survey(world.cohort, "Not asked yet")  # type: ignore[attr-defined]
    done = surveys.ask(surveys.make_survey(world.cohort, "Answered at once"), "before")  # type: ignore[attr-defined]
    world.note(survey=survey, wave=world.wave, unasked=unasked, done=done)  # type: ignore[attr-defined]
    strangers = surveys.make_cohort("Cohort 6")
    surveys.add_people(strangers, 2, prefix="Unasked")
    world.note(network=surveys.ask_network(world.cohort), strangers=strangers)  # type: ignore[attr-defined]
    statements = done.survey.indicators.count()
    surveys.answer(world.tenant, done, world.person("participant"), [3] * statements)
    world.at["domain"] = {"public_id": world.wave.public_id, "domain": survey.indicators.first().domain}  # type: ignore[attr-defined]


def make_room(world: World) -> None:
    """What a set keeps: its rules, a meeting begun and one to begin, and somebody who facilitates another set beside its facilitator."""
    learning_set, keeper = world.learning_set, world.cast["facilitator"]  # type: ignore[attr-defined]
    with tenant_context(world.tenant):
        begun, unbegun = (
            make_event(
                learning_set.cohort,
                f"Our day {days}",
                kind="set_meeting",
                learning_set=learning_set,
                starts_at=ten_in_the_morning(days),
            )
            for days in (2, 3)
        )
        other = learning_set.plan.sets.exclude(pk=learning_set.pk).select_related("plan", "cohort__programme").get()
        cora = make_person("Cora Beside")
        give_role(person=cora, role=Role.FACILITATOR, cohort_id=learning_set.cohort_id, by=SYSTEM)
        beside = add_co_facilitator(learning_set=other, person=cora, by=world.cast["staff"].actor)
    with tenant_context(world.tenant, keeper.person):
        change_rules(learning_set=learning_set, version=0, body=f"{PRIVATE['set room']} rules", by=keeper.actor)
        meeting = begin_meeting(event=begun, by=keeper.actor)
        save_review(meeting=meeting, version=0, body=f"{PRIVATE['set room']} review", by=keeper.actor)
        # as while it goes on
        meeting.held_at = None
        meeting.save()
    world.note(begun=begun, unbegun=unbegun, co_facilitator=beside)


def make_private(world: World) -> None:
    """What only its author reads; one entry is shown to one other person."""
    who = world.cast["participant"]
    with tenant_context(world.tenant, who.person):
        words = PRIVATE["reflection"]
        own = write_reflection(
            cohort=world.cohort,
            kind="learned",
            title=f"{words} title",
            body=f"{words} body",
            by=who.actor,  # type: ignore[attr-defined]
        )
        shown = write_reflection(
            cohort=world.cohort,
            kind="learned",
            title=f"{words} shown",
            body=f"{words} too",
            by=who.actor,  # type: ignore[attr-defined]
        )
        share = share_reflection(reflection=shown, with_person=world.person("teammate"), by=who.actor)
        history = {"cohort": world.cohort, "tone": "turn", "by": who.actor, "body": ""}  # type: ignore[attr-defined]
        add_history_entry(year=1998, title=f"{PRIVATE['history']} river", audience="nobody", **history)
        told = add_history_entry(year=2004, title="First team of my own", audience="cohort", **history)
        save_profile(
            seen="", helps_with="Budgets", helps_with_to="cohort", challenges=PRIVATE["directory"], by=who.actor
        )
        ask = post_ask(kind="ask", title="Sharing data", body="", audience="cohort", weeks=4, by=who.actor)
        thanks = say_thanks(helper=world.person("teammate"), body=PRIVATE["thanks"], counts=True, by=who.actor)
        plan = {"cohort": world.cohort, "by": who.actor}  # type: ignore[attr-defined]
        words = PRIVATE["plan"]
        objective = add_objective(title=f"{words} discharge", why="", due_on=None, done=False, **plan)
        goal = add_goal(better_at=f"{words} asking", measure="Seen", due_on=None, objective=objective, **plan)
        onward = add_onward_step(what=f"{words} onward", way="reading", due_on=None, goal=goal, **plan)
        world.note(**{"onward step": onward})
        returns = save_return_plan(
            version=0,
            keep=f"{words} walking the ward",
            need_time="A morning a week",
            need_sponsor="",
            need_place="",
            review_on=timezone.localdate() + timedelta(days=3),
            review_again_on=None,
            **plan,
        )
        save_change_context(version=0, kinds=["savings"], body=f"{words} council", **plan)
        # its reader is of the cast: none of its words are private to somebody else
        draft, brief = (make_brief(introduction=f"Where I’ve been {n}", picked=["n-time"], **plan) for n in (1, 2))
        manager = world.person("sponsor")
        send_brief(
            brief=brief,
            name=manager.name,
            email=manager.email,
            meet_at=ten_in_the_morning(12),
            until=timezone.localdate() + timedelta(days=30),
            by=who.actor,
        )
        world.note(**{"return draft": draft, "return brief": brief})
        token = mint_link(person=manager, purpose="return-brief", about=brief.public_id, days=30)
        world.at["return brief link"] = {"token": token}
        world.note(**{"return plan": returns.plan, "return review": returns.plan.reviews.get()})
        summary = make_summary(introduction=f"{words} year", picked=[f"g-{goal.public_id}"], **plan)
        until = timezone.localdate() + timedelta(days=9)
        tried = {"look_on": until, "audience": "nobody", "method": world.method, **plan}  # type: ignore[attr-defined]
        experiment = add_experiment(title=f"{words} stand-up", expects=f"{words} shorter", **tried)
        shared = share_summary(summary=summary, name="Lena Line", email="lena@line.example", until=until, by=who.actor)
        kept = write_note(match=world.match, body=f"{PRIVATE['note']} kept", shared=False, by=who.actor)  # type: ignore[attr-defined]
        save_note(wave=world.wave, note=f"{PRIVATE['survey note']} said", by=who.actor)  # type: ignore[attr-defined]
        action = add_action(
            learning_set=world.learning_set,  # type: ignore[attr-defined]
            owner=who.person,
            body=f"{PRIVATE['set room']} action",
            due_on=timezone.localdate() + timedelta(days=9),
            by=who.actor,
        )
        word = DayJobWord.objects.create(
            cohort=world.cohort,  # type: ignore[attr-defined]
            author=who.person,
            to_person=shared.reader,
            sent_at=timezone.now(),
        )
        DayJobText.objects.create(word=word, author=who.person, body=f"{PRIVATE['day job']} no cover")
    alumnus = world.cast["alumnus"]
    with tenant_context(world.tenant, alumnus.person):
        offer_to_be_buddy(version=0, capacity=5, about="Went back to housing", by=actor_of(alumnus.person))
    pairs = {}
    for role in ("participant", "neighbour"):
        person = world.person(role)
        with tenant_context(world.tenant, person):
            pairs[role] = ask_buddy(
                cohort=world.cohort,  # type: ignore[attr-defined]
                buddy=alumnus.person,
                body="Could we talk?",
                by=actor_of(person),
            )
    with tenant_context(world.tenant, alumnus.person):
        answer_buddy(pair=pairs["neighbour"], yes=True, by=actor_of(alumnus.person))
    world.note(**{"buddy asked": pairs["participant"], "buddies": pairs["neighbour"]})
    mate = world.cast["teammate"]
    with tenant_context(world.tenant, mate.person):
        answer_ask(ask=ask, body=f"{PRIVATE['thanks']} knows", contact="mate@example.org", by=mate.actor)
    with tenant_context(world.tenant, who.person):
        two = {"first": mate.person, "second": world.person("neighbour")}
        between = introduce(why="Both merge teams", by=who.actor, **two)
        wish = wish_introduction(why="Somebody in housing", by=who.actor)
        notice = post_notice(cohort=world.cohort, title="A lift", body="Two seats", weeks=4, by=who.actor)  # type: ignore[attr-defined]
    world.note(ask=ask, thanks=thanks, introduction=between, wish=wish, notice=notice)
    with tenant_context(world.tenant):
        # of one who has known it for long: their facilitator and staff do too
        then = timezone.now() - timedelta(days=40)
        signal = EngagementSignal.objects.create(
            cohort=world.cohort,  # type: ignore[attr-defined]
            person=who.person,
            since=then,
            facilitator_from=then + timedelta(days=7),
            staff_from=then + timedelta(days=28),
        )
        token = mint_link(person=shared.reader, purpose="day-job", about=word.public_id, days=9)
    world.note(signal=signal)
    world.at["day job"], world.at["day job link"] = {"public_id": word.public_id}, {"token": token}
    world.note(reflection=own, shown=shown, kept=kept, set_action=action, told=told, told_by=who.person)
    world.note(experiment=experiment)
    world.note(objective=objective, goal=goal, summary=summary, summary_share=shared)
    with tenant_context(world.tenant):
        token = mint_link(person=shared.reader, purpose="appraisal", about=shared.public_id, days=9)
    world.at["appraisal"] = {"token": token}
    world.at["share"] = {"public_id": shown.public_id, "share": share.public_id}


def make_report_and_messages(world: World) -> None:
    staff, now = world.cast["staff"], timezone.now()
    with tenant_context(world.tenant, staff.person):
        job = make_report(cohort=world.cohort, by=staff.actor)  # type: ignore[attr-defined]
    run(job.tenant_id, job.pk)
    with tenant_context(world.tenant, staff.person):
        report = CohortReport.objects.select_related("cohort").get(job=job)
        message = Message.objects.create(
            dedupe_key="access",
            kind="cohorts.welcome",
            recipient=world.person("participant"),
            subject="Your place",
            body_text="Welcome",
            body_html="<p>Welcome</p>",
            state="failed",
            available_at=now,
            queued_at=now,
            queued_by="Cast Staff",
            attempts=5,
            error="550",
        )
        world.note(job=job, message=message)
        feed = mint_link(person=world.person("participant"), purpose="calendar")
        invitation = mint_link(
            person=world.person("invited"), purpose="invitation", about=world.at["invited"]["public_id"]
        )
    world.at["report"] = {"public_id": report.cohort.public_id, "version": report.version}
    world.at["feed"], world.at["accept"] = {"token": feed}, {"token": invitation}
    world.at["nothing"] = {}


def deliver_mail() -> int:
    """A mail in the demo's inbox, which only the dispatcher's role may write; its number."""
    mail = DemoMail.objects.using("sys").create(
        to="ina@example.org",
        sender="baton@example.org",
        subject="Welcome",
        body_text="Welcome",
        body_html="<style>p {}</style><p>Welcome</p>",
        message_id="<1@example.org>",
        received_at=timezone.now(),
    )
    return mail.pk
