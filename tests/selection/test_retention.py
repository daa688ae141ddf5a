"""What is over goes, with everything that hangs on it; what is held, won or not yet over stays; the figures stay too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.db import connections
from django.utils import timezone

from cohorts.models import AttendanceImport, EventNeeds
from cohorts.rules import INVITE
from cohorts.services.invitations import accept_invitation, invite_person
from engine.models import StoredFile
from reminders.models import Message
from reminders.selectors import read_obligations
from reminders.services.reminding import queue_due_reminders
from selection.models import (
    Application,
    ApplicationAnswer,
    AssessorAllocation,
    Endorsement,
    EqualityAnswer,
    EqualityQuestion,
    ExpressionOfInterest,
    Nomination,
    NominationImport,
    Nominator,
    RoundFigures,
    Score,
    ScoreImport,
)
from selection.rules import INTEREST
from selection.services.equality import ensure_equality_questions, new_tokens
from selection.services.interest import confirm_interest, register_interest
from selection.services.offers import accept_offer
from selection.states import ApplicationState as S
from tenancy.actors import Actor
from tenancy.links import mint_link
from tenancy.models import Access, Change, Hold, Link, Person, Role
from tenancy.retention import periods, retention_kinds
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due, set_periods
from tenancy.unneeded import delete_people, unneeded
from tests.clock import travel
from tests.conftest import make_member
from tests.factories.cohorts import make_past_event
from tests.factories.tenancy import make_tenant
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene
from tests.worker import ROOT, process_env, until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def essex(transactional_db):
    return make_tenant("essex", "Essex Partners")


@pytest.fixture
def staff(essex):
    return make_member(essex, "Sita Staff", Role.STAFF)


@pytest.fixture
def scene(essex, staff):
    """Twelve people, one place taken; the others went away with nothing, or wait."""
    made = make_scene(essex, staff, applications=12, assessors=2, places=1, sectors=("health", "police")).decided()
    winner = made.applications[0]
    with made.inside(staff):
        row = made.fresh(winner)
    from tenancy.selectors import actor_of

    with tenant_context(essex, row.applicant):
        accept_offer(application=row, by=actor_of(row.applicant))
    return made


def everything(model, tenant) -> int:
    """As the owner, past every wall."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE tenant_id = %s', [tenant.pk])
        return cursor.fetchone()[0]


def test_unsuccessful_applications_go_with_all_that_hangs_on_them(essex, staff, scene):
    with tenant_context(essex):
        assert Application.objects.filter(state=S.ACCEPTED).count() == 1
    lost = [a for a in scene.applications[1:]]
    page = url(scene, "round-detail")
    assert "How far people came" not in staff.client.get(page).content.decode()
    assert delete_due(tenant=essex, now=in_days(182)) == {}
    # one of them complains, so it stays
    kept = lost[0]
    assert staff.client.post(url(scene, "application-hold", kept.public_id), {"reason": ""}).status_code == 422
    for _click in range(2):
        assert (
            staff.client.post(url(scene, "application-hold", kept.public_id), {"reason": "An appeal"}).status_code
            == 302
        )
    assert scene.assessors[0].client.post(url(scene, "round-hold"), {"reason": "No"}).status_code == 403
    before = everything(apps.get_model("selection", "ApplicationEvent"), essex)
    assert before >= 12
    assert delete_due(tenant=essex, now=in_days(184)) == {"selection.applications": 10, "selection.scores": 2}
    assert everything(Application, essex) == 2
    with tenant_context(essex):
        assert {a.pk for a in Application.objects.all()} == {scene.applications[0].pk, kept.pk}
        ids = {a.pk for a in lost[1:]}
        assert not Change.objects.filter(subject_id__in=[a.public_id for a in lost[1:]]).exists()
    for model in (ApplicationAnswer, Endorsement):
        assert everything(model, essex) == 2 * (3 if model is ApplicationAnswer else 1)
    # the winner's scores are over too; the held one's stay
    assert everything(AssessorAllocation, essex) == 2 and everything(Score, essex) == 6
    with connections["owner"].cursor() as cursor:
        for table, column in (("applicationevent", "id"), ("endorsementevent", "application_id")):
            cursor.execute(f"SELECT count(*) FROM selection_{table} WHERE {column} = ANY(%s)", [list(ids)])
            assert cursor.fetchone()[0] == 0, table
        cursor.execute(
            "SELECT count(DISTINCT allocation_id) FROM selection_scoreevent WHERE tenant_id = %s", [essex.pk]
        )
        assert cursor.fetchone()[0] == 2
    # what stays of the others: figures, small ones withheld
    with tenant_context(essex):
        assert sum(RoundFigures.objects.values_list("people", flat=True)) == 12
    text = staff.client.get(page).content.decode()
    assert "How far people came" in text and "not shown" in text
    # once the appeal is settled, it goes too, and the figures stay as they were
    assert (
        staff.client.post(
            url(scene, "application-hold", kept.public_id), {"reason": "Settled", "lift": "True"}
        ).status_code
        == 302
    )
    # and by then nothing names the others any more
    assert delete_due(tenant=essex, now=in_days(184)) == {"selection.applications": 1, "tenancy.people": 10}
    with tenant_context(essex):
        assert sum(RoundFigures.objects.values_list("people", flat=True)) == 12
        assert [c.name for c in Change.objects.filter(name__in=("hold", "lift_hold"))] == []
        assert Hold.objects.get().lifted_at
    assert delete_due(tenant=essex, now=in_days(184)) == {"tenancy.people": 1}
    assert delete_due(tenant=essex, now=in_days(184)) == {}


def test_a_round_that_is_held_keeps_everything(essex, staff, scene):
    assert staff.client.post(url(scene, "round-hold"), {"reason": "Audit"}).status_code == 302
    assert delete_due(tenant=essex, now=in_days(400)).keys() <= {"tenancy.access", "reminders.messages"}
    assert everything(Application, essex) == 12
    assert "Kept beyond its period" in staff.client.get(url(scene, "round-history")).content.decode()


def test_who_was_asked_to_nominate_goes_with_what_they_wrote(essex, staff, scene):
    with tenant_context(essex, staff.person):
        leader = Nominator.objects.create(
            round=scene.round, person=staff.person, named="Lena Leader", asked_at=timezone.now()
        )
        Nomination.objects.create(
            nominator=leader,
            name="Nina Nominee",
            email="nina@health.example",
            job_title="Matron",
            organisation_name="A trust",
            reason="Calm",
            knows=True,
            state="refused",
            nominee=staff.person,
        )
        mint_link(person=staff.person, purpose="nominate", about=leader.public_id)
    assert "selection.nominations" not in delete_due(tenant=essex, now=in_days(182))
    assert everything(Nomination, essex) == 1
    assert delete_due(tenant=essex, now=in_days(184))["selection.nominations"] == 1
    assert everything(Nominator, essex) == everything(Nomination, essex) == 0
    with tenant_context(essex):
        assert not Link.objects.filter(purpose="nominate").exists()


def test_every_other_kind_goes_at_its_day_and_not_before(essex, staff):
    now = timezone.now()
    with tenant_context(essex, staff.person):
        scene = make_scene(essex, staff, applications=0)
        programme = scene.cohort.programme
        about = {"programme": programme, "person": staff.person}
        made = {
            "selection.unconfirmed": ExpressionOfInterest.objects.create(registered_at=now, withdrawn_at=now, **about),
            "selection.interest": ExpressionOfInterest.objects.create(registered_at=now, confirmed_at=now, **about),
            "cohorts.needs": EventNeeds.objects.create(person=staff.person, saved_at=now),
            "tenancy.access": Access.objects.create(act="opened", what="x", by_person=staff.person, at=now, hour=now),
            "reminders.messages": Message.objects.create(
                dedupe_key="x",
                kind="x",
                recipient=staff.person,
                state=Message.State.SENT,
                available_at=now,
                queued_at=now,
            ),
            "selection.imports": StoredFile.objects.create(name="log.csv", content=BytesIO(b"x").read(), sha256="x"),
            "selection.score_sheets": StoredFile.objects.create(
                name="marks.csv", content=b"x", sha256="y", confidential=True, created_by=staff.person
            ),
            "cohorts.attendance_lists": StoredFile.objects.create(
                name="came.csv", content=b"x", sha256="z", confidential=True, created_by=staff.person
            ),
        }
        NominationImport.objects.create(round=scene.round, file=made["selection.imports"])
        ScoreImport.objects.create(round=scene.round, file=made["selection.score_sheets"], uploaded_by=staff.person)
        AttendanceImport.objects.create(
            event=make_past_event(scene.cohort), file=made["cohorts.attendance_lists"], uploaded_by=staff.person
        )
        Message.objects.create(dedupe_key="y", kind="x", recipient=staff.person, available_at=now, queued_at=now)
        after_decision = {"selection.applications", "selection.nominations", "selection.scores"}
        # above; tests/cohorts/test_set_room.py and its neighbours; tests/outcomes/test_network_survey.py and others
        elsewhere = {
            *("tenancy.people", "cohorts.set_room", "cohorts.guests", "cohorts.notebook"),
            "cohorts.day_job",
            "cohorts.engagement",
            "cohorts.pauses",
            "cohorts.set_terms",
            "cohorts.support",
            "cohorts.buddies",
            "cohorts.careers",
            "cohorts.co_design",
            "cohorts.partners",
            "cohorts.introductions",
            "cohorts.notices",
            "cohorts.movement",
            "cohorts.movement_asked",
            "cohorts.pledges",
            "outcomes.network",
            "projects.stakeholders",
            "projects.map_questions",
        }
        assert set(made) | after_decision | elsewhere == {k for k, _kind in retention_kinds.items()}
        days = periods()
    for day in sorted({days[key] for key in made}):
        due = {key for key in made if days[key] == day}
        assert not due & set(delete_due(tenant=essex, now=now + timedelta(days=day - 0.1)))
        counts = {key: everything(type(made[key]), essex) for key in due}
        done = delete_due(tenant=essex, now=now + timedelta(days=day + 0.1))
        assert {key: done[key] for key in due} == dict.fromkeys(due, 1)
        for key in due:
            alike = sum(type(made[other]) is type(made[key]) for other in due)
            assert everything(type(made[key]), essex) + alike == counts[key]
    assert everything(Message, essex) == 1  # what has yet to leave isn't retention's
    assert not any(everything(model, essex) for model in (NominationImport, ScoreImport, AttendanceImport))


def test_a_tenant_sets_its_periods_within_bounds(essex, staff, scene):
    page = "/essex/settings/retention/"
    with tenant_context(essex):
        wanted = {key.replace(".", "_"): days for key, days in periods().items()}
    refused = staff.client.post(page, wanted | {"selection_applications": 10})
    assert refused.status_code == 422 and "90" in refused.content.decode()
    assert staff.client.post(page, wanted | {"selection_applications": 90, "selection_scores": 90}).status_code == 302
    assert 'value="90"' in staff.client.get(page).content.decode()
    assert delete_due(tenant=essex, now=in_days(91))["selection.applications"] == 11
    applicant = scene.member(scene.applications[0])
    assert "90 days after the round" in applicant.client.get("/essex/your-data/").content.decode()


def test_another_tenants_records_are_not_its_business(essex, staff, scene):
    other = make_tenant("hsmc", "HSMC Birmingham")
    assert delete_due(tenant=other, now=in_days(1000)) == {}
    assert everything(Application, essex) == 12


SCRIPT = """
import django, os, sys, time
django.setup()
from datetime import timedelta
from django.utils import timezone
import tenancy.services.retention as r
from tenancy.models import Tenant
r.BATCH = 1
kind = r.retention_kinds["selection.applications"]
delete = kind.delete
def slowly(rows):
    delete(rows)
    time.sleep(0.2)  # still inside the transaction: what is killed here is taken back
object.__setattr__(kind, "delete", slowly)
r.delete_due(tenant=Tenant.objects.get(slug="essex"), now=timezone.now() + timedelta(days=184))
"""


def test_killed_in_the_middle_it_loses_and_doubles_nothing(essex, staff, scene):
    env = process_env(DJANGO_SETTINGS_MODULE="portal.settings")
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True
    )
    until(lambda: 2 <= everything(Application, essex) <= 9, what="some to be deleted")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    left = everything(Application, essex)
    assert left > 1
    assert everything(Endorsement, essex) == left  # whole applications only
    assert delete_due(tenant=essex, now=in_days(184))["selection.applications"] in (left - 1, left - 2)
    assert everything(Application, essex) == 1
    with tenant_context(essex):
        assert sum(RoundFigures.objects.values_list("people", flat=True)) == 12


def decided(days: int) -> None:
    """Offers were made so many days ago."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE tenancy_change SET at = at - %s * interval '1 day' WHERE name = 'decide'", [days])


def test_staff_are_warned_a_fortnight_before_and_look_or_hold(essex, staff, stranger, scene):
    page, kind = url(scene, "round-deletion"), "selection.deletion"

    def owed(days):
        with travel(in_days(days)), tenant_context(essex, staff.person):
            return read_obligations(kind=kind)

    assert owed(168) == []
    (row,) = owed(170)
    assert row.person_id == staff.person.pk and row.path(essex) == page and "Cohort 2" in row.label()
    assert timedelta(days=182) < row.due - timezone.now() < timedelta(days=184)
    assert row.due - row.since == timedelta(days=14)
    # the tenant's own period moves it
    with tenant_context(essex, staff.person):
        set_periods(days={"selection.applications": 100, "selection.scores": 700}, by=staff.actor)
    assert len(owed(88)) == 1 and owed(80) == []
    decided(90)
    answer = staff.client.get(page)
    text = answer.content.decode()
    assert (answer.context["applications"], answer.context["scores"], answer.context["kept"]) == (11, 2, 0)
    assert "I’ve looked" in text and scene.applications[3].applicant.name in text
    assert scene.applications[0].applicant.name not in text
    assert page_queries(staff.client, page) <= 12
    assert (scene.assessors[0].client.get(page).status_code, stranger.client.get(page).status_code) == (403, 404)
    staff.client.post(url(scene, "application-hold", scene.applications[3].public_id), {"reason": "An appeal"})
    answer = staff.client.get(page)
    assert (answer.context["applications"], answer.context["kept"]) == (10, 1)
    home = staff.client.get("/essex/").content.decode()
    assert page in home
    for _click in range(2):
        assert staff.client.post(page).status_code == 302
    with tenant_context(essex):
        assert Change.objects.filter(name="deletion_seen").count() == 1
    assert owed(0) == []
    assert page not in staff.client.get("/essex/").content.decode()
    assert delete_due(tenant=essex, now=in_days(11)) == {"selection.applications": 10}


def test_a_round_that_is_held_warns_nobody(essex, staff, scene):
    staff.client.post(url(scene, "round-hold"), {"reason": "Audit"})
    decided(300)
    with tenant_context(essex, staff.person):
        assert read_obligations(kind="selection.deletion") == []
    assert "The whole round is held" in staff.client.get(url(scene, "round-deletion")).content.decode()


def test_people_whom_nothing_needs_go_and_nobody_else(essex, staff, scene):
    """Somebody invited who came as whom the tenant knew already; interest that nobody confirmed; and who must stay."""
    known = make_member(essex, "Kim Known", Role.PARTICIPANT)
    with tenant_context(essex, staff.person):
        invitation = invite_person(
            name="K. Known", email="kim@home.example", role=Role.MENTOR, cohort=None, by=staff.actor
        )
        twice = invitation.person
    with tenant_context(essex, twice):
        accept_invitation(invitation=invitation, by=Actor.for_link(twice, INVITE, 1), account=known.account)
    with tenant_context(essex):
        interest = register_interest(
            programme=scene.cohort.programme, name="Una Unconfirmed", email="una@home.example", by=Actor("visitor")
        )
        confirmed = register_interest(
            programme=scene.cohort.programme, name="Cora Confirmed", email="cora@home.example", by=Actor("visitor")
        )
        confirm_interest(interest=confirmed, by=Actor.for_link(confirmed.person, INTEREST, 1))
        Message.objects.filter(recipient__in=(interest.person, confirmed.person)).update(state=Message.State.SENT)
        manager = Person.objects.create(name="Mo Manager")
        Person.objects.filter(pk=confirmed.person.pk).update(line_manager=manager)
        before = set(Person.objects.values_list("name", flat=True))
        assert {"K. Known", "Una Unconfirmed", "Cora Confirmed", "Mo Manager"} <= before
        assert [p.name for p in unneeded(in_days(1))] == []
    # an unsent mail is still needed
    with tenant_context(essex):
        Message.objects.filter(recipient=twice).update(state=Message.State.PENDING)
    assert delete_due(tenant=essex, now=in_days(89)).get("selection.unconfirmed") == 1
    assert "tenancy.people" not in delete_due(tenant=essex, now=in_days(89))
    assert delete_due(tenant=essex, now=in_days(91)) == {"tenancy.people": 1}
    with tenant_context(essex):
        assert before - set(Person.objects.values_list("name", flat=True)) == {"Una Unconfirmed"}
        assert not Message.objects.filter(body_text__contains="Una Unconfirmed").exists()
        Message.objects.filter(recipient=twice).update(state=Message.State.SENT)
    assert delete_due(tenant=essex, now=in_days(91)) == {"tenancy.people": 1}
    with tenant_context(essex):
        assert before - set(Person.objects.values_list("name", flat=True)) == {"Una Unconfirmed", "K. Known"}
        # the invitation stays on record, as whom it was accepted
        invitation.refresh_from_db()
        assert invitation.person == invitation.accepted_as == known.person
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_personevent WHERE id IN (%s, %s)", [twice.pk, interest.person_id])
        assert cursor.fetchone() == (0,)
    # whoever is named between the look and the deletion stays: looked at again under lock
    with tenant_context(essex):
        late = Person.objects.create(name="Lou Late")
        assert [p.name for p in unneeded(in_days(1))] == ["Lou Late"]
        register_interest(programme=scene.cohort.programme, name="Lou", email="lou@home.example", by=Actor("visitor"))
        ExpressionOfInterest.objects.filter(person__name="Lou").update(person=late)
    with tenant_context(essex, using="sys"):
        delete_people([late])
    with tenant_context(essex):
        assert Person.objects.filter(pk=late.pk).exists()
        # Lou's first row, which nothing names any more, is nobody's business of another tenant's job
    other = make_tenant("hsmc", "HSMC Birmingham")
    assert delete_due(tenant=other, now=in_days(1000)) == {}


def test_equality_answers_go_with_the_application(essex, staff, scene):
    with tenant_context(essex):
        ensure_equality_questions()
        question = EqualityQuestion.objects.get(key="sex", round=None)
        option = question.options.first()
        rows = list(Application.objects.values_list("pk", flat=True))
    with tenant_context(essex, using="sys"):
        tokens = new_tokens(essex.pk)
        EqualityAnswer.unscoped("sys").bulk_create(
            EqualityAnswer(tenant_id=essex.pk, token=tokens.of(pk, question.pk), option=option) for pk in rows
        )
    assert everything(EqualityAnswer, essex) == 12
    assert delete_due(tenant=essex, now=in_days(184))["selection.applications"] == 11
    assert everything(Application, essex) == everything(EqualityAnswer, essex) == 1


def test_what_goes_day_by_day_is_on_the_page_and_asked_about_once_in_a_quarter(essex, staff, scene):
    page, kind = url(scene, "round-deletion"), "selection.deletion_daily"
    long_ago = timezone.now() - timedelta(days=360)
    decided(400)
    applicant = scene.applications[0].applicant
    with tenant_context(essex, staff.person):
        set_periods(days={"selection.applications": 730, "selection.scores": 1096}, by=staff.actor)
        assert read_obligations(kind=kind) == []
        for n, at in enumerate((long_ago, long_ago, timezone.now())):
            Message.objects.create(
                dedupe_key=f"m{n}",
                kind="x",
                recipient=applicant,
                state=Message.State.SENT,
                available_at=at,
                queued_at=at,
            )
        Access.objects.create(
            act="opened", what="x", subject_kind=Application._meta.label, subject_id=scene.applications[0].public_id,
            by_person=staff.person, at=long_ago, hour=long_ago,
        )  # fmt: skip
        stored = StoredFile.objects.create(name="log.csv", content=b"x", sha256="x")
        imported = NominationImport.objects.create(round=scene.round, file=stored)
        NominationImport.objects.filter(pk=imported.pk).update(uploaded_at=timezone.now() - timedelta(days=175))
        ExpressionOfInterest.objects.create(
            programme=scene.cohort.programme, person=applicant, registered_at=long_ago, confirmed_at=long_ago
        )
        (row,) = read_obligations(kind=kind)
        assert row.path(essex) == page and timedelta(days=4) < row.due - timezone.now() < timedelta(days=6)
    answer = staff.client.get(page)
    shown = {str(each["label"]): (each["count"], each["near"]) for each in answer.context["day_by_day"]}
    assert shown == {
        "Nomination logs uploaded for this round": (1, 1),
        "Entries of the programme’s register of interest": (1, 0),
        "Messages to people who applied": (3, 2),
        "Records of who opened or downloaded what": (1, 1),
    }
    text = answer.content.decode()
    assert "2 within a fortnight" in text and "in 12 months" in text and "I’ve looked" in text
    assert page_queries(staff.client, page) <= 12
    assert staff.client.post(page).status_code == 302
    assert "I’ve looked" not in staff.client.get(page).content.decode()
    with tenant_context(essex, staff.person):
        assert read_obligations(kind=kind) == []
    with travel(in_days(90)), tenant_context(essex, staff.person):
        assert read_obligations(kind=kind) == []
    with travel(in_days(92)), tenant_context(essex, staff.person):
        assert len(read_obligations(kind=kind)) == 1
    # a round that's held keeps what was uploaded for it
    staff.client.post(url(scene, "round-hold"), {"reason": "Audit"})
    assert "selection.imports" not in delete_due(tenant=essex, now=in_days(30))
    assert everything(NominationImport, essex) == 1


def test_the_mail_about_a_deletion_says_what_and_by_when(essex, staff, scene):
    """By itself: nothing else is owed by then."""
    # a day later than it may be told first: late in the evening of a winter's day the summer's date is the next
    day = next(d for d in range(171, 176) if in_days(d).weekday() < 5)
    noon = in_days(day).replace(hour=11, minute=0)
    with travel(noon), tenant_context(essex, staff.person):
        assert [row.kind for row in read_obligations(person_id=staff.person.pk)] == ["selection.deletion"]
    with tenant_context(essex):
        Message.objects.all().delete()
    with travel(noon), tenant_context(essex):
        assert queue_due_reminders(tenant=essex) == 1
        assert queue_due_reminders(tenant=essex) == 0
    with tenant_context(essex):
        mail = Message.objects.get()
    assert mail.recipient_id == staff.person.pk and "Look at what will be deleted of Cohort 2" in mail.subject
    assert mail.asks and url(scene, "round-deletion") in mail.link_path + mail.body_text
    # once somebody has looked, no more come
    with travel(noon):
        staff.client.post(url(scene, "round-deletion"))
    with travel(in_days(day + 7).replace(hour=11, minute=0)), tenant_context(essex):
        assert queue_due_reminders(tenant=essex) == 0


def test_the_mail_about_what_goes_day_by_day_comes_once_and_not_again_for_a_quarter(essex, staff, scene):
    """By itself too: the round's own deletion is years away."""
    day = next(d for d in range(1, 5) if in_days(d).weekday() < 5)
    noon = in_days(day).replace(hour=11, minute=0)
    decided(400)
    with tenant_context(essex, staff.person):
        set_periods(days={"selection.applications": 730, "selection.scores": 1096}, by=staff.actor)
        Message.objects.all().delete()
        sent = {"state": Message.State.SENT, "available_at": noon, "recipient": scene.applications[0].applicant}
        for n in range(2):
            Message.objects.create(dedupe_key=f"m{n}", kind="x", queued_at=noon - timedelta(days=360), **sent)
    with travel(noon), tenant_context(essex, staff.person):
        assert [row.kind for row in read_obligations(person_id=staff.person.pk)] == ["selection.deletion_daily"]
    with travel(noon), tenant_context(essex):
        assert queue_due_reminders(tenant=essex) == 1
        assert queue_due_reminders(tenant=essex) == 0
    with tenant_context(essex):
        mail = Message.objects.exclude(kind="x").get()
    assert mail.recipient_id == staff.person.pk
    assert "Look at what of Cohort 2 will be deleted day by day" in mail.subject
    assert mail.asks and url(scene, "round-deletion") in mail.link_path + mail.body_text
    with travel(noon):
        staff.client.post(url(scene, "round-deletion"))
    for later, count in ((7, 0), (92, 1)):
        then = in_days(day + later)
        while then.weekday() > 4:
            then += timedelta(days=1)
        with tenant_context(essex):
            Message.objects.filter(kind="x").update(queued_at=then - timedelta(days=360))
        with travel(then.replace(hour=11, minute=0)), tenant_context(essex):
            assert queue_due_reminders(tenant=essex) == count, later


def test_what_should_have_gone_long_ago_reads_like_that(essex, staff, scene):
    decided(684)
    text = staff.client.get(url(scene, "round-deletion")).content.decode()
    assert "in the coming night: their period was over on" in text and "501 days ago" not in text
