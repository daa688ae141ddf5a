"""The demo, with one of everything that the matrix asks for, named by what it is.

The cast is the demo's; what its story has no example of today (an import being looked at, a proposal of sets, an open survey, a
private note) is made here through the services, inside the test's transaction.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Event, Invitation, LearningSet, Participation, SetMembership
from cohorts.services.reflections import write_reflection
from cohorts.services.sets import save_proposal
from engine.models import Job
from mentoring.models import AvailabilitySlot, MentoringSession
from mentoring.services.notes import write_note
from outcomes.models import CohortReport, Survey
from outcomes.services.surveys import create_survey, open_wave
from projects.models import Project
from reminders.models import DemoMail, Message
from selection.models import Application, AssessorAllocation, Endorsement, SelectionRound
from selection.services.nominations.uploads import upload_nominations
from tenancy.links import mint_link
from tenancy.models import Organisation, Person, Role, RoleAssignment
from tenancy.scope import tenant_context
from tenancy.services.conflicts import declare_conflict
from tenancy.services.people import ensure_account
from tests.conftest import cast_member, make_member
from tests.demo_fixture import Demo

# `cohort_staff` is staff of the coastal cohort alone: refused wherever an object belongs to another one.
NAMED = {
    "staff": "Sunita Rao",
    "cohort_staff": "Marguerite Achterberg",
    "applicant": "Melissa Campbell",
    "assessor": "Tobias Fairweather",
    "other_assessor": "Mehreen Qadir",
    "supplier": "Perpetua Nkemelu",
}
LOG = "First name,Surname,Work email,Organisation\nJo,Good,jo.good@ecc.example,Essex County Council\nAl,Bad,,Essex Police\n"
OUTSIDE = ("stranger", "nobody")


class World:
    """`clients` by role, `ids` by the name of an object (its public id, or a number), `tokens` by purpose."""

    def __init__(self, demo: Demo) -> None:
        self.tenant = demo.tenant()
        self.people: dict[str, SimpleNamespace] = {role: demo.member(name) for role, name in NAMED.items()}
        self.people["stranger"] = demo.member("Helen Ashworth-Bell", "aspirant-dph")
        self.people["partner"] = make_member(self.tenant, "Pavel Partner", Role.PARTNER)
        self.ids: dict[str, Any] = {}
        self.tokens: dict[str, str] = {}
        with tenant_context(self.tenant):
            self.cohort = Cohort.objects.get(name="Cohort 2")
            self.mentoring()
            self.cohorts()
            self.projects()
            self.selection()
            self.outcomes()
            self.rest()
        self.private()
        self.clients = {role: member.client for role, member in self.people.items()} | {"nobody": Client()}
        for client in self.clients.values():
            client.raise_request_exception = False

    @property
    def members(self) -> list[str]:
        return [role for role in self.people if role != "stranger"]

    def join(self, role: str, person: Person) -> Person:
        """Give the person a sign-in, which the demo's many don't have, and a part in the cast."""
        self.people[role] = cast_member(self.tenant, person, ensure_account(person=person))
        return person

    def name(self, **rows: Any) -> None:
        self.ids |= {name: getattr(row, "public_id", row) for name, row in rows.items()}

    def mentoring(self) -> None:
        """The pair of a booked session; everything of theirs is looked at."""
        session = MentoringSession.objects.filter(state="booked", match__cohort=self.cohort).order_by("pk")[0]
        self.mentor = self.join("mentor", session.mentor)
        self.mentee = self.join("participant", session.mentee)
        others = RoleAssignment.objects.filter(role=Role.MENTOR, valid_to=None).exclude(person=self.mentor)
        self.join("other_mentor", others.order_by("pk")[0].person)
        slot = AvailabilitySlot.objects.filter(mentor=self.mentor, starts_at__gt=timezone.now(), sessions=None).first()
        self.match = session.match
        self.name(match=session.match, session=session, slot=slot or AvailabilitySlot.objects.filter(mentor=self.mentor)[0])
        self.name(mentee=self.mentee)

    def cohorts(self) -> None:
        coastal = Cohort.objects.get(name="Coastal cohort")
        own = LearningSet.objects.get(plan__state="published", memberships__person=self.mentee, cohort=self.cohort)
        self.join("facilitator", own.facilitator)
        other = LearningSet.objects.filter(cohort=self.cohort).exclude(facilitator=own.facilitator).exclude(facilitator=None)[0]
        self.join("other_facilitator", other.facilitator)
        strangers = (
            Participation.objects.filter(cohort=self.cohort, state="active")
            .exclude(person__set_memberships__learning_set=own)
            .exclude(person__matches_as_mentee__isnull=False)
            .exclude(person__pk__in=Project.objects.values("memberships__person"))
        )
        self.join("classmate", strangers.order_by("pk")[0].person)
        place = Participation.objects.get(cohort=self.cohort, person=self.mentee)
        by = self.people["staff"].actor
        groups = [list(SetMembership.objects.filter(learning_set=own).values_list("person_id", flat=True))]
        plan = save_proposal(cohort=self.cohort, groups=groups, seed=1, steps=1, by=by)
        meetings = Event.objects.filter(cohort=self.cohort, learning_set=None)
        graduates = Participation.objects.filter(state="alumnus").exclude(person__matches_as_mentor__isnull=False)
        graduates = graduates.exclude(person__in=[m.person.pk for m in self.people.values()])
        self.join("alumnus", graduates.order_by("pk")[0].person)
        invitation = Invitation.objects.filter(state="open")[0]
        self.join("invitee", invitation.person)
        self.tokens["invitation"] = mint_link(
            person=invitation.person, purpose="invitation", about=invitation.public_id, days=2
        )
        self.name(
            cohort=self.cohort, coastal=coastal, place=place, set=own, plan=plan, invitation=invitation,
            proposed_set=plan.sets.get(), event=meetings.filter(starts_at__gt=timezone.now()).order_by("starts_at")[0],
            past=meetings.filter(ends_at__lt=timezone.now()).order_by("-starts_at")[0],
            set_meeting=Event.objects.filter(learning_set=own).order_by("-starts_at")[0],
        )  # fmt: skip

    def projects(self) -> None:
        project = Project.objects.filter(cohort=self.cohort, state="proposed").get()
        members = list(project.memberships.order_by("-is_lead", "pk"))
        self.join("lead", members[0].person)
        self.join("teammate", members[1].person)
        self.join("sponsor", project.sponsor)
        draft = Project.objects.get(cohort=self.cohort, state="draft")
        self.join("drafting", draft.memberships.get(is_lead=True).person)
        self.name(project=project, teammate=members[1].person, draft=draft)
        self.tokens["project-decision"] = mint_link(
            person=project.sponsor, purpose="project-decision", about=project.public_id, days=2
        )

    def selection(self) -> None:
        applicant = self.people["applicant"].person
        draft = Application.objects.get(applicant=applicant, state="draft")
        rival = Application.objects.filter(round=draft.round, state="draft").exclude(pk=draft.pk).order_by("pk")[0]
        self.join("other_applicant", rival.applicant)
        asked = Endorsement.objects.filter(state="asked", application__round=draft.round).order_by("pk")[0]
        self.join("endorser", asked.endorser)
        self.tokens["endorse"] = mint_link(person=asked.endorser, purpose="endorse", about=asked.public_id, days=2)
        assessing = SelectionRound.objects.get(state="assessing")
        piles = AssessorAllocation.objects.filter(application__round=assessing, finished_at=None, withdrawn_at=None)
        allocation = piles.filter(assessor=self.people["assessor"].person).order_by("pk")[0]
        decided = SelectionRound.objects.get(cohort=self.cohort)
        accepted = Application.objects.get(applicant=self.mentee, state="accepted", round=decided)
        content = LOG.encode()
        looked_at = upload_nominations(round=draft.round, name="log.csv", content=content, by=self.people["staff"].actor)
        self.name(
            round=draft.round, assessing=assessing, decided=decided, application=draft, accepted=accepted,
            endorsed=asked.application, endorsement=asked, allocation=allocation, imported=looked_at,
            question=draft.round.questions.get(position=1), allocated=allocation.application,
            reserve=Application.objects.filter(round=decided, state="reserve").order_by("pk")[0], new_cohort=self.new_cohort(),
        )  # fmt: skip

    def new_cohort(self) -> Cohort:
        return Cohort.objects.create(
            programme=self.cohort.programme, name="Cohort 9", slug="cohort-9", places=10,
            starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(200),
        )  # fmt: skip

    def outcomes(self) -> None:
        by = self.people["staff"].actor
        survey = create_survey(cohort=self.cohort, name="Half way", by=by)
        unasked = create_survey(cohort=self.cohort, name="Later", by=by)
        wave = open_wave(survey=survey, kind="before", closes_at=timezone.now() + timedelta(9), by=by)
        closed = Survey.objects.filter(cohort=self.cohort).exclude(pk__in=[survey.pk, unasked.pk])[0]
        report = CohortReport.objects.order_by("pk")[0]
        self.name(survey=survey, unasked=unasked, wave=wave, answered=closed, report=report.cohort, version=report.version)

    def rest(self) -> None:
        declared = declare_conflict(
            person=self.mentee, other=self.mentor, kind="declared", by=self.people["staff"].actor
        )
        employer = Organisation.objects.order_by("pk")[0]
        held = RoleAssignment.objects.filter(person=self.mentor, role=Role.MENTOR)[0]
        message = Message.objects.filter(recipient=self.mentee).order_by("-pk")[0]
        mail = DemoMail.objects.exclude(body_html="").order_by("pk")[0]
        job = Job.objects.filter(requested_by=self.people["staff"].person).order_by("pk")[0]
        self.tokens["calendar"] = mint_link(person=self.mentee, purpose="calendar")
        self.name(person=self.mentor, conflict=declared, organisation=employer, message=message, mail=mail.pk, job=job)
        self.name(role=held.pk if not hasattr(held, "public_id") else held.public_id)

    def private(self) -> None:
        """Rows that the wall shows to their author alone."""
        with tenant_context(self.tenant, self.mentee):
            by = self.people["participant"].actor
            entry = write_reflection(cohort=self.cohort, kind="learned", title="Private", body="Private words", by=by)
            self.name(reflection=entry)
        with tenant_context(self.tenant, self.mentor):
            note = write_note(match=self.match, body="Private words", shared=False, by=self.people["mentor"].actor)
            self.name(note=note)
