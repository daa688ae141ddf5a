"""Equality answers: given after sending, readable by nobody, counted as portal_sys, and never part of choosing."""

from __future__ import annotations

import csv
import hashlib
import hmac
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from selection.models import (
    Application,
    AssessorAllocation,
    EqualityAnswer,
    EqualityOption,
    EqualityQuestion,
    EqualitySecret,
    EqualityStage,
    Offer,
    SelectionRound,
)
from selection.services.equality import options_of, save_equality_answers
from selection.services.equality_figures import make_equality_figures
from selection.states import ApplicationState, RoundState
from selection.tasks import make_due_equality_figures
from tenancy.errors import NotAllowed, WrongState
from tenancy.models import Account, Person
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tests.conftest import cast_member
from tests.factories.selection import make_application, make_cohort_for_round, make_round
from tests.factories.tenancy import make_organisation

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
S = ApplicationState


def member_of(tenant, application: Application) -> SimpleNamespace:
    with tenant_context(tenant):
        account = Account.objects.get(email=application.applicant.email)
    member = cast_member(tenant, application.applicant, account)
    member.application = application
    return member


@pytest.fixture
def round_(essex) -> SelectionRound:
    with tenant_context(essex):
        return make_round()


@pytest.fixture
def alice(essex, round_) -> SimpleNamespace:
    with tenant_context(essex):
        application = make_application(round_)
    return member_of(essex, application)


def at(name: str, obj, **more) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": obj.public_id, **more})


def stored(tenant) -> list[tuple[str, str]]:
    """(question, answer) of every row: what portal_sys sees in this tenant."""
    with tenant_context(tenant), tenant_context(tenant, using="sys"):
        options = list(EqualityAnswer.unscoped("sys").values_list("option_id", flat=True))
        known = {o.pk: (o.question.key, o.text) for o in EqualityOption.objects.select_related("question")}
        return sorted(known[pk] for pk in options)


def option(tenant, key: str, position: int) -> str:
    with tenant_context(tenant):
        return EqualityOption.objects.get(question__key=key, position=position).public_id


def close(tenant, round_, state=RoundState.CLOSED) -> None:
    with tenant_context(tenant):
        now = timezone.now()
        SelectionRound.objects.filter(pk=round_.pk).update(
            state=state, opens_at=now - timedelta(days=9), closes_at=now - timedelta(minutes=1)
        )


def test_the_page_comes_after_sending_and_may_be_skipped_changed_and_taken_back(essex, round_, alice, staff):
    application, client = alice.application, alice.client
    page = at("application-equality", application)
    assert client.get(page)["Location"] == at("application-detail", application)  # nothing is sent yet
    with tenant_context(essex, alice.person), pytest.raises(WrongState):
        save_equality_answers(application=application, chosen={}, by=alice.actor)
    assert client.post(at("application-submit", application))["Location"] == page
    html = client.get(page).content.decode()
    assert html.count('type="radio"') == 7 + 33 and html.count("Prefer not to say") == 7
    assert "checked" not in html and at("application-submitted", application) in html
    female, prefer_not = option(essex, "sex", 1), option(essex, "age", 7)
    answer = client.post(page, {"sex": female, "age": prefer_not})
    assert answer["Location"] == at("application-submitted", application)
    assert client.post(page, {"sex": female, "age": prefer_not}).status_code == 302  # the second click
    assert stored(essex) == [("age", "Prefer not to say"), ("sex", "Female")]
    html = client.get(page).content.decode()
    assert re.findall(r'value="(\w+)"[^>]*checked', html) == [prefer_not, female]
    client.post(page, {"sex": option(essex, "sex", 2)})
    assert stored(essex) == [("sex", "Male")]
    assert client.post(page, {"sex": option(essex, "age", 1)}).status_code == 422
    # an answer of somebody else's question list, or of nobody's
    assert stored(essex) == [("sex", "Male")]
    assert staff.client.get(page).status_code == staff.client.post(page, {"sex": female}).status_code == 403
    with tenant_context(essex, staff.person), pytest.raises(NotAllowed):
        save_equality_answers(application=application, chosen={"sex": female}, by=staff.actor)
    close(essex, round_)
    assert client.get(page)["Location"] == at("application-detail", application)
    assert client.post(page, {"sex": female}).status_code == 422 and stored(essex) == [("sex", "Male")]
    assert client.post(at("application-equality-withdraw", application)).status_code == 302
    assert stored(essex) == []


def test_portal_app_cannot_reach_them_at_all(essex, hsmc, alice):
    answer(essex, alice, sex=1)
    tables = ("selection_equalityanswer", "selection_equalitysecret")
    for person in (alice.person, None):
        for table in tables:
            for sql in (
                f"SELECT * FROM {table}",
                f"SELECT count(*) FROM {table} JOIN selection_application a USING (tenant_id)",
                f"DELETE FROM {table}",
                f"UPDATE {table} SET public_id = 'x'",
                f"INSERT INTO {table} (tenant_id) VALUES ({essex.pk})",
                f"LOCK TABLE {table}",
            ):
                refused = pytest.raises(DatabaseError, match="permission denied")
                with tenant_context(essex, person), connection.cursor() as cursor, refused, transaction.atomic():
                    cursor.execute(sql)
    with tenant_context(essex), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT selection_forget_equality()")
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'selection_equalityanswer'"
        )
        assert cursor.fetchall() == []  # not even its columns
    # portal_sys, one tenant at a time
    assert len(stored(essex)) == 1
    with tenant_context(hsmc, using="sys"):
        assert not EqualityAnswer.unscoped("sys").exists() and not EqualitySecret.unscoped("sys").exists()


def test_a_row_says_nothing_of_whose_or_when(essex, alice):
    answer(essex, alice, sex=1, age=2)
    columns = {f.column: f.get_internal_type() for f in EqualityAnswer._meta.concrete_fields}
    assert columns == {
        "tenant_id": "ForeignKey", "public_id": "CharField", "id": "UUIDField", "token": "BinaryField",
        "option_id": "ForeignKey",
    }  # fmt: skip
    with tenant_context(essex), tenant_context(essex, using="sys"):
        secret = EqualitySecret.unscoped("sys").get()
        tokens = {bytes(t) for t in EqualityAnswer.unscoped("sys").values_list("token", flat=True)}
        key = bytes(b ^ 0x36 for b in bytes(secret.inner_key))
        questions = EqualityQuestion.objects.filter(key__in=["sex", "age"]).values_list("pk", flat=True)
        messages = [f"{alice.application.pk}:{pk}".encode() for pk in questions]
    assert tokens == {hmac.new(key, m, hashlib.sha256).digest() for m in messages} and len(tokens) == 2
    # and the audit, the history and the outbox know nothing of it
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_change WHERE tenant_id = %s AND name LIKE '%%equal%%'", [essex.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE '%%equality%%event'")
        assert cursor.fetchall() == []


def answer(tenant, member, **positions: int) -> None:
    """Send, then answer by the position of the option."""
    with tenant_context(tenant, member.person):
        Application.objects.filter(pk=member.application.pk).update(submitted_at=timezone.now(), state=S.SUBMITTED)
        chosen = {
            key: EqualityOption.objects.get(question__key=key, position=p).public_id for key, p in positions.items()
        }
        application = Application.objects.select_related("round").get(pk=member.application.pk)
        save_equality_answers(application=application, chosen=chosen, by=member.actor)


def test_they_go_with_the_application_however_it_is_deleted(essex, round_, alice):
    with tenant_context(essex):
        others = [make_application(round_, name) for name in ("Bob Brown", "Cara Clark")]
    answer(essex, alice, sex=1, age=2)
    bob, cara = (member_of(essex, a) for a in others)
    answer(essex, bob, sex=2)
    answer(essex, cara, caring=1)
    with tenant_context(essex), connection.cursor() as cursor:  # as portal_app, in SQL
        cursor.execute("DELETE FROM selection_application WHERE id = %s", [bob.application.pk])
    assert stored(essex) == [("age", "25 to 34"), ("caring", "No"), ("sex", "Female")]
    with connections["owner"].cursor() as cursor:  # and by the cascade from the person
        cursor.execute("DELETE FROM tenancy_person WHERE id = %s", [cara.person.pk])
    assert stored(essex) == [("age", "25 to 34"), ("sex", "Female")]


def test_the_applicants_own_copy_has_them_and_nobody_elses(essex, alice, staff):
    answer(essex, alice, sex=1)
    label = "Your answers to equality questions"
    with tenant_context(essex, alice.person):
        rows = export_person(alice.person)[label]
        assert [(r["question"], r["answer"]) for r in rows] == [("What is your sex?", "Female")]
    with tenant_context(essex, staff.person):
        assert export_person(alice.person)[label] == []
    copy = alice.client.get(reverse("tenancy:your-data-download", kwargs={"tenant": "essex"})).content.decode()
    assert "What is your sex?" in copy
    for name in ("application-detail", "application-list"):
        about = alice.application if name == "application-detail" else alice.application.round
        assert "Female" not in staff.client.get(at(name, about)).content.decode()


# sex by furthest stage: 1 is female, 2 male, 0 said nothing. Each stage loses at least five of each shown group.
FUNNEL = {
    "applied": {1: 6, 2: 5, 0: 5},
    "eligible": {1: 6, 2: 5, 0: 7},
    "accepted": {1: 8, 2: 6, 0: 0},
}


def make_funnel(tenant, round_) -> list[Application]:
    with tenant_context(tenant):
        employer = make_organisation("Essex County Council")
        made = []
        for stage, groups in FUNNEL.items():
            for sex, people in groups.items():
                made += [(one_application(round_, employer, len(made) + n), stage, sex) for n in range(people)]
        female, male = (EqualityOption.objects.get(question__key="sex", position=n).public_id for n in (1, 2))
    for application, _stage, sex in made:
        if sex:
            with tenant_context(tenant, application.applicant):
                chosen = {"sex": female if sex == 1 else male}
                save_equality_answers(application=application, chosen=chosen, by=actor_of(application.applicant))
    with tenant_context(tenant):
        assessor = Person.objects.create(name="Ada Assessor")
        for application, stage, _sex in made:
            if stage != "applied":
                AssessorAllocation.objects.create(
                    application=application, assessor=assessor, allocated_at=timezone.now()
                )
            state = {"applied": S.NOT_SELECTED, "eligible": S.NOT_SELECTED, "accepted": S.ACCEPTED}[stage]
            Application.objects.filter(pk=application.pk).update(state=state)
            if stage == "accepted":
                Offer.objects.create(application=application, offered_at=timezone.now(), deadline=timezone.now())
    return [application for application, _stage, _sex in made]


def one_application(round_, employer, n: int) -> Application:
    person = Person.objects.create(name=f"Person {n}", organisation=employer)
    return Application.objects.create(
        round=round_, cohort=round_.cohort, applicant=person, organisation=employer, route="own",
        reference=f"EQ-{n:04}", state=S.SUBMITTED, submitted_at=timezone.now(),
    )  # fmt: skip


def figures(client, round_) -> dict[str, list[str]]:
    """The table of sex as the page shows it."""
    html = client.get(at("equality-figures", round_)).content.decode()
    if "What is your sex?" not in html:
        return {}
    table = html.split("What is your sex?")[1].split("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", table, re.S)
    return {head: re.findall(r"baton-number\">(?:<span[^>]*>)?([\d–]+)", cells) for head, cells in rows}


def test_staff_read_the_funnel_stage_by_stage(essex, round_, staff):
    applications = make_funnel(essex, round_)
    assert len(applications) == 48
    close(essex, round_)
    assert make_due_equality_figures() == 0 and figures(staff.client, round_) == {}
    close(essex, round_, RoundState.ASSESSING)
    assert make_due_equality_figures() == 1 and make_due_equality_figures() == 0
    silent = "Prefer not to say, or not answered"
    assert figures(staff.client, round_) == {"Female": ["20"], "Male": ["16"], silent: ["12"], "Everybody": ["48"]}
    close(essex, round_, RoundState.MODERATING)
    assert make_due_equality_figures() == 1
    assert figures(staff.client, round_) == {
        "Female": ["20", "14"], "Male": ["16", "11"], silent: ["12", "7"], "Everybody": ["48", "32"]
    }  # fmt: skip
    close(essex, round_, RoundState.DECIDED)
    with tenant_context(essex):
        waiting = applications[-1]
        Application.objects.filter(pk=waiting.pk).update(state=S.OFFERED)
    assert make_due_equality_figures() == 0  # an offer is open: who comes next would be told by the difference
    with tenant_context(essex):
        Application.objects.filter(pk=waiting.pk).update(state=S.ACCEPTED)
    assert make_due_equality_figures() == 2
    shown = figures(staff.client, round_)
    # nobody who said nothing was offered a place, and that is a small number like any other
    assert shown[silent] == ["12", "7", "–", "–"] and shown["Everybody"] == ["48", "32", "14", "14"]
    assert shown["Female"][2:] == ["8", "8"] and shown["Male"][2:] == ["–", "–"]
    # taken away, it says the same
    sheet = staff.client.get(at("equality-figures", round_) + "?download=csv").content.decode("utf-8-sig")
    lines = {tuple(row[:2]): row[2:] for row in csv.reader(StringIO(sheet))}
    assert lines["Sex", "Female"] == ["20", "14", "8", "8"]
    assert lines["Sex", "Male"] == ["16", "11", "Withheld", "Withheld"]
    # erased afterwards: the figures stay as they were counted
    with tenant_context(essex):
        Application.objects.filter(pk=applications[0].pk).delete()
    assert figures(staff.client, round_) == shown


def test_a_change_between_two_stages_is_not_told_by_their_difference(essex, round_, staff):
    applications = make_funnel(essex, round_)
    close(essex, round_, RoundState.ASSESSING)
    make_due_equality_figures()
    first = Application.objects
    with tenant_context(essex):
        first.filter(pk=applications[0].pk).delete()
    close(essex, round_, RoundState.MODERATING)
    assert make_due_equality_figures() == 1
    assert [row[:1] for row in figures(staff.client, round_).values()] == [["20"], ["16"], ["12"], ["48"]]
    assert "Withheld: Assessed. A stage is shown" in staff.client.get(at("equality-figures", round_)).content.decode()


def test_only_staff_of_the_cohort_read_figures_and_few_people_have_none(essex, round_, staff, stranger, alice):
    answer(essex, alice, sex=1)
    close(essex, round_, RoundState.ASSESSING)
    page = at("equality-figures", round_)
    with tenant_context(essex, alice.person), pytest.raises(NotAllowed):
        make_equality_figures(round=round_, by=alice.actor)
    with tenant_context(essex, staff.person):
        assert make_equality_figures(round=round_, by=staff.actor) == [EqualityStage.Stage.APPLIED]
    assert "Withheld: Applied" in staff.client.get(page).content.decode()
    assert alice.client.get(page).status_code == 403 and stranger.client.get(page).status_code == 404


def test_another_round_of_the_same_people_has_answers_of_its_own(essex, round_, alice):
    answer(essex, alice, sex=1)
    with tenant_context(essex):
        second = make_round(make_cohort_for_round("Cohort 9"))
        again = one_application(second, alice.person.organisation, 1)
        question = EqualityQuestion.objects.get(key="sex").pk
        found = options_of([alice.application.pk, again.pk], [question])
    assert len(found[alice.application.pk]) == 1 and found[again.pk] == {}


# Who may know that the tables are there: the two services and the page's own form, selector and view.
KNOWS = {
    "selection/models/__init__.py", "selection/models/equality.py", "selection/services/equality.py",
    "selection/services/equality_figures.py", "selection/services/default_equality.py", "selection/selectors/equality.py",
    "selection/forms/equality.py", "selection/views/equality.py", "selection/views/applications.py", "selection/urls.py",
    "selection/face_applications.py", "selection/services/rounds.py", "selection/tasks.py", "portal/settings.py",
    "selection/services/equality_questions.py", "selection/steps.py",
}  # fmt: skip
TOUCHES = {"selection/models/__init__.py", "selection/models/equality.py", "selection/services/equality.py"}


def test_nothing_that_scores_ranks_or_composes_knows_of_them():
    root = Path(__file__).parents[2]
    floors = ("portal", "outcomes", "mentoring", "projects", "selection", "cohorts", "reminders", "engine", "tenancy")
    sources = [p for floor in floors for p in (root / floor).rglob("*.py") if "migrations" not in p.parts]
    assert len(sources) > 200
    texts = {str(p.relative_to(root)): p.read_text() for p in sources}
    demo = {name for name in texts if name.startswith("portal/demo/")}
    assert {n for n, text in texts.items() if "equality" in text.lower()} - demo == KNOWS
    assert {
        n for n, text in texts.items() if re.search(r"EqualityAnswer|EqualitySecret|equalityanswer", text)
    } == TOUCHES


def test_no_page_or_table_of_a_decided_round_holds_a_canary(essex, round_, alice, staff):
    with tenant_context(essex):
        EqualityOption.objects.filter(question__key="religion", position=2).update(text="Canary of Religion")
    answer(essex, alice, religion=2)
    public_id = option(essex, "religion", 2)
    close(essex, round_, RoundState.ASSESSING)
    for name in ("application-list", "assess-round", "endorsement-list", "round-detail", "equality-figures"):
        assert "Canary of Religion" not in staff.client.get(at(name, round_)).content.decode()
    # every column that portal_app can read: no option is pointed at or written out, save in the list of options itself
    with tenant_context(essex), connection.cursor() as cursor:
        pk = EqualityOption.objects.get(public_id=public_id).pk
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [t for (t,) in cursor.fetchall() if t != "selection_equalityoption"]
        assert len(tables) > 60
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%Canary of Religion%"])
            assert cursor.fetchone() == (0,), table
        cursor.execute(
            "SELECT count(*) FROM selection_equalityfigure WHERE option_id = %s AND people IS NOT NULL", [pk]
        )
        assert cursor.fetchone() == (0,)
