"""What a round asks about equality: changed by staff until it opens, then by nobody; answers and figures follow it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from selection.models import Application, EqualityAnswer, EqualityOption, EqualityQuestion
from selection.services.equality import save_equality_answers
from selection.services.equality_questions import add_equality_question, ask_standard_questions
from selection.services.rounds import open_round
from selection.states import ApplicationState, RoundState
from selection.tasks import make_due_equality_figures
from tenancy.errors import NotAllowed, WrongState
from tenancy.models import Change
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tests.factories.selection import SYSTEM, make_cohort_for_round, make_round
from tests.factories.tenancy import make_organisation
from tests.queries import page_queries
from tests.selection.test_equality import at, close, member_of, one_application, stored

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
WORDS = {
    "name": "Region",
    "text": "Where did you grow up?",
    "hint": "",
    "answers": "Here\n\n Elsewhere  in Britain\nAbroad",
}


@pytest.fixture
def preparing(essex):
    with tenant_context(essex):
        return make_round(opened=False)


def asked(tenant, round_) -> dict[str, list[str]]:
    from selection.selectors.equality import equality_questions

    with tenant_context(tenant):
        return {q.name: [o.text for o in q.options.all()] for q in equality_questions(round_)}


def test_staff_change_what_a_round_asks(essex, preparing, staff, stranger):
    with tenant_context(essex):
        other = make_round(make_cohort_for_round("Cohort 9"), opened=False)
    client, page = staff.client, at("equality-question-list", preparing)
    html = client.get(page).content.decode()
    assert "the same in every round" in html and html.count("Prefer not to say") == 7
    assert at("equality-question-list", preparing) in client.get(at("round-detail", preparing)).content.decode()
    edit = at("equality-question-edit", preparing, key="sex")
    shown = client.get(edit)
    seen = shown.context["form"].initial["seen"]
    data = {"name": "Sex", "text": "What is your sex?", "hint": "", "answers": "Female\nMale\nIntersex", "seen": seen}
    assert client.post(edit, data)["Location"] == page
    assert asked(essex, preparing)["Sex"] == ["Female", "Male", "Intersex", "Prefer not to say"]
    assert asked(essex, other)["Sex"] == ["Female", "Male", "Prefer not to say"]  # the standard stays
    assert "asks questions of its own" in client.get(page).content.decode()
    # whoever has the page from before is told; the same again is no error
    again = client.post(edit, data | {"text": "Your sex?"}).content.decode()
    assert "Someone else saved this" in again and "Intersex" in again
    assert client.post(edit, data).status_code == 302
    # a question more, and what is refused at which field
    create = at("equality-question-create", preparing)
    assert client.post(create, WORDS)["Location"] == page
    assert asked(essex, preparing)["Region"] == ["Here", "Elsewhere in Britain", "Abroad", "Prefer not to say"]
    for changed, field, words in (
        ({}, "name", "There is a question of this name already"),
        ({"name": "Other", "answers": "One"}, "answers", "Write 2 to 12 answers"),
        ({"name": "Other", "answers": "One\nOne "}, "answers", "Write each answer once"),
        ({"name": "Other", "answers": "Yes\nNo\nprefer not to say"}, "answers", "always the last answer"),
        ({"name": "Other", "answers": "Yes\n" + "x" * 121}, "answers", "at most 120 characters"),
        ({"name": "Other", "answers": " \n "}, "answers", "Write the answers to choose from"),
        ({"name": "Other", "text": ""}, "text", "required"),
    ):
        answer = client.post(create, WORDS | changed)
        assert answer.status_code == 422 and words in str(answer.context["form"].errors[field]), changed
    with tenant_context(essex, staff.person):
        for n in range(4):
            add_equality_question(
                round=preparing, name=f"More {n}", text="?", hint="", answers=["Yes", "No"], by=staff.actor
            )
    assert "asks at most 12" in client.post(create, WORDS | {"name": "One more"}).content.decode()
    # taken out, down to one
    for key in [k for k in keys(essex, preparing) if k != "region"]:
        assert client.post(at("equality-question-remove", preparing, key=key), {})["Location"] == page
    last = at("equality-question-remove", preparing, key="region")
    assert "asks at least one" in client.post(last, {}).content.decode()
    assert list(asked(essex, preparing)) == ["Region"]
    assert client.get(at("equality-question-edit", preparing, key="sex")).status_code == 404
    assert client.post(edit, data).status_code == 404
    assert stranger.client.get(page).status_code == stranger.client.post(create, WORDS).status_code == 404
    history = client.get(at("round-history", preparing)).content.decode()
    assert "Equality question added" in history and "Equality question taken out" in history
    assert client.post(at("equality-standard", preparing), {})["Location"] == page
    assert asked(essex, preparing) == asked(essex, other) and not own(essex, preparing)
    with tenant_context(essex):
        assert Change.objects.filter(name="standard_equality_questions").count() == 1


def keys(tenant, round_) -> list[str]:
    with tenant_context(tenant):
        return list(EqualityQuestion.objects.filter(round=round_).values_list("key", flat=True))


def own(tenant, round_) -> bool:
    return bool(keys(tenant, round_))


def test_once_the_round_is_open_nobody_changes_them(essex, preparing, staff):
    client = staff.client
    assert client.post(at("equality-question-create", preparing), WORDS).status_code == 302
    with tenant_context(essex):
        open_round(round=preparing, by=SYSTEM)
        question = EqualityQuestion.objects.get(round=preparing, key="region")
    page = client.get(at("equality-question-list", preparing)).content.decode()
    assert "The round has opened, so they can’t change" in page and "Add a question" not in page
    for name, more in (
        ("equality-question-create", {}),
        ("equality-question-edit", {"key": "region"}),
        ("equality-question-remove", {"key": "region"}),
        ("equality-standard", {}),
    ):
        refused = client.post(at(name, preparing, **more), WORDS | {"name": "Another", "seen": "x"})
        assert refused.status_code == 422 and "The round is open" in refused.content.decode(), name
    with tenant_context(essex, staff.person), pytest.raises(WrongState, match="counted together"):
        ask_standard_questions(round=preparing, by=staff.actor)
    member = member_of(essex, sent(essex, preparing, 1))
    with tenant_context(essex, member.person), pytest.raises(NotAllowed):
        ask_standard_questions(round=preparing, by=member.actor)
    # nor by SQL of the portal's own role
    with tenant_context(essex, staff.person), connection.cursor() as cursor:
        for sql in (
            f"UPDATE selection_equalityquestion SET text = 'x' WHERE id = {question.pk}",
            f"DELETE FROM selection_equalityquestion WHERE id = {question.pk}",
            f"DELETE FROM selection_equalityoption WHERE question_id = {question.pk}",
        ):
            cursor.execute(sql)
            assert cursor.rowcount == 0, sql
        insert = "INSERT INTO selection_equalityoption (tenant_id, public_id, question_id, text, position, says_nothing) VALUES"
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(f"{insert} ({essex.pk}, 'x', {question.pk}, 'Mars', 9, false)")
    assert asked(essex, preparing)["Region"] == ["Here", "Elsewhere in Britain", "Abroad", "Prefer not to say"]
    counts = [page_queries(client, at("equality-question-list", r)) for r in (preparing, standard_round(essex))]
    assert counts[0] == counts[1] <= 12


def standard_round(tenant):
    with tenant_context(tenant):
        return make_round(make_cohort_for_round("Cohort 9"))


def sent(tenant, round_, n: int) -> Application:
    from tests.factories.selection import make_application

    with tenant_context(tenant):
        application = make_application(round_, f"Person {n}")
        Application.objects.filter(pk=application.pk).update(
            submitted_at=timezone.now(), state=ApplicationState.SUBMITTED
        )
        return Application.objects.select_related("round", "applicant").get(pk=application.pk)


def test_answers_and_figures_are_of_what_the_round_asked(essex, preparing, staff):
    """Eleven people of a round with a question of its own, and one who answers the standard questions of another round."""
    client = staff.client
    assert client.post(at("equality-question-create", preparing), WORDS).status_code == 302
    with tenant_context(essex):
        open_round(round=preparing, by=SYSTEM)
        employer = make_organisation("Essex County Council")
        applications = [one_application(preparing, employer, n) for n in range(11)]
        here, abroad = (
            EqualityOption.objects.get(question__round=preparing, question__key="region", position=n).public_id
            for n in (1, 3)
        )
        standard = EqualityOption.objects.get(question__round=None, question__key="sex", position=1).public_id
    member = member_of(essex, sent(essex, preparing, 1))
    page = at("application-equality", member.application)
    html = member.client.get(page).content.decode()
    assert "Where did you grow up?" in html and html.count('type="radio"') == 7 + 33 + 4
    assert member.client.post(page, {"region": abroad}).status_code == 302
    # the standard question's own answer isn't one of this round's copy
    assert member.client.post(page, {"sex": standard}).status_code == 422
    for n, application in enumerate(applications):
        with tenant_context(essex, application.applicant):
            by = actor_of(application.applicant)
            save_equality_answers(application=application, chosen={"region": here if n < 6 else abroad}, by=by)
    assert len(stored(essex)) == 12
    other = member_of(essex, sent(essex, standard_round(essex), 2))
    assert other.client.post(at("application-equality", other.application), {"sex": standard}).status_code == 302
    assert (
        "Where did you grow up?" not in other.client.get(at("application-equality", other.application)).content.decode()
    )
    close(essex, preparing, RoundState.ASSESSING)
    close(essex, other.application.round, RoundState.ASSESSING)
    assert make_due_equality_figures() == 2
    text = client.get(at("equality-figures", preparing)).content.decode()
    table = text.split("Where did you grow up?")[1].split("</table>")[0]
    assert ">6<" in table and "Withheld" in table  # 6 here, 6 abroad and nobody elsewhere: a group that is too small
    assert "Where did you grow up?" not in client.get(at("equality-figures", other.application.round)).content.decode()
    # answers go with the application, whichever questions they are of; the copy of one's own data has them
    with tenant_context(essex, member.person):
        from tenancy.privacy import export_person

        rows = export_person(member.person)["Your answers to equality questions"]
        assert [(r["question"], r["answer"]) for r in rows] == [("Where did you grow up?", "Abroad")]
    with tenant_context(essex), connection.cursor() as cursor:
        cursor.execute("DELETE FROM selection_application WHERE round_id = %s", [preparing.pk])
    assert stored(essex) == [("sex", "Female")]
    with tenant_context(essex), tenant_context(essex, using="sys"):
        assert EqualityAnswer.unscoped("sys").count() == 1
