"""What a round judges by: changed while it's prepared, copied from round to round, frozen for good when the round opens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from selection.models import Criterion, Question, RatingDescriptor, SelectionFramework, SelectionRound
from selection.selectors.frameworks import differences, framework_parts, frameworks_to_copy, unready
from selection.selectors.rounds import rounds_with_cohort
from selection.services.frameworks import (
    add_criterion,
    add_question,
    change_criterion,
    change_question,
    move_up,
    remove_criterion,
    remove_question,
)
from selection.services.rounds import close_round, open_round, set_up_round
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Role, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import give_role
from tests.conftest import make_member
from tests.factories.selection import SYSTEM, make_cohort_for_round, make_round
from tests.selection.test_round_pages import at, days, typed

SEVEN = [(f"Word {n}", f"For instance {n}") for n in range(1, 8)]
TRUST = {
    "name": "Builds trust",
    "description": "How they treat people who owe them nothing.",
    "kind": "behaviour",
    "weight": 2,
    "max_points": 7,
}


@pytest.fixture
def preparing(in_essex: Tenant) -> SelectionRound:
    return make_round(opened=False)


def names(framework: SelectionFramework) -> list[str]:
    return list(framework.criteria.values_list("name", flat=True))


def test_the_first_framework_of_a_programme_is_the_default_ready_to_publish(preparing: SelectionRound) -> None:
    framework = preparing.framework
    assert (framework.number, framework.copied_from, framework.frozen_at) == (1, None, None)
    assert unready(*framework_parts(framework), blind=True) == []
    open_round(round=preparing, by=SYSTEM)
    framework.refresh_from_db()
    assert framework.frozen_at is not None


def test_criteria_are_added_changed_moved_and_taken_out(preparing: SelectionRound) -> None:
    framework = preparing.framework
    trust = add_criterion(framework=framework, descriptors=SEVEN, by=SYSTEM, **TRUST)
    assert names(framework)[-1] == "Builds trust" and trust.position == 4
    assert trust.descriptors.get(points=7).example == "For instance 7"
    move_up(part=trust, position=4, by=SYSTEM)
    move_up(part=trust, position=4, by=SYSTEM)  # a double click is one place
    assert names(framework)[2] == "Builds trust"
    assert list(framework.criteria.values_list("position", flat=True)) == [1, 2, 3, 4]
    trust.refresh_from_db()
    change_criterion(criterion=trust, descriptors=SEVEN[:5], by=SYSTEM, **TRUST | {"max_points": 5, "weight": 1})
    assert (trust.max_points, trust.descriptors.count()) == (5, 5)
    remove_criterion(criterion=framework.criteria.first(), by=SYSTEM)
    assert list(framework.criteria.values_list("position", flat=True)) == [1, 2, 3]
    # its question is still asked, as evidence for nothing
    assert framework.questions.first().criterion is None


def test_the_first_moves_no_further_up(preparing: SelectionRound) -> None:
    before = names(preparing.framework)
    move_up(part=preparing.criteria.first(), position=1, by=SYSTEM)
    assert names(preparing.framework) == before


def test_questions_are_added_changed_moved_and_taken_out(preparing: SelectionRound) -> None:
    framework = preparing.framework
    criterion = framework.criteria.last()
    question = add_question(
        framework=framework, text="What did you give up?", hint="", word_limit=200, criterion=criterion, by=SYSTEM
    )
    with pytest.raises(Refused, match="asked already"):
        add_question(
            framework=framework, text="What did you give up?", hint="", word_limit=90, criterion=None, by=SYSTEM
        )
    move_up(part=question, position=5, by=SYSTEM)
    question.refresh_from_db()
    assert question.position == 4
    change_question(
        question=question,
        text="What did you give up, and why?",
        hint="Be frank.",
        word_limit=150,
        criterion=None,
        by=SYSTEM,
    )
    remove_question(question=framework.questions.first(), by=SYSTEM)
    assert list(framework.questions.values_list("position", flat=True)) == [1, 2, 3, 4]
    assert framework.questions.filter(text="What did you give up, and why?", word_limit=150).exists()


def break_weights(framework: SelectionFramework) -> None:
    framework.criteria.filter(position__gt=1).update(kind="technical")


def break_scale(framework: SelectionFramework) -> None:
    framework.criteria.filter(position=1).update(max_points=5)


def break_descriptor(framework: SelectionFramework) -> None:
    RatingDescriptor.objects.filter(criterion__framework=framework, criterion__position=2, points__in=(3, 4)).update(
        example=""
    )


def break_evidence(framework: SelectionFramework) -> None:
    framework.questions.filter(criterion__position=1).update(criterion=None)


def break_questions(framework: SelectionFramework) -> None:
    framework.questions.all().delete()


def break_criteria(framework: SelectionFramework) -> None:
    framework.questions.update(criterion=None)
    framework.criteria.all().delete()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (break_weights, "Behaviours weigh 1 of 3. They must weigh at least half"),
        (break_scale, "All criteria must be marked on the same scale"),
        (break_descriptor, "needs a word and an example for 3, 4 points"),
        (break_evidence, "No question gives evidence for: Leadership potential"),
        (break_questions, "no questions yet"),
        (break_criteria, "no criteria yet"),
    ],
)
def test_what_isnt_ready_isnt_published_and_the_reason_is_said(
    preparing: SelectionRound, spoil: Any, reason: str
) -> None:
    spoil(preparing.framework)
    with pytest.raises(Refused, match=reason):
        open_round(round=preparing, by=SYSTEM)
    preparing.refresh_from_db()
    assert preparing.state == "draft"
    assert SelectionFramework.objects.get().frozen_at is None


def test_half_is_enough(preparing: SelectionRound) -> None:
    preparing.criteria.filter(position=1).update(weight=2)
    break_weights(preparing.framework)
    open_round(round=preparing, by=SYSTEM)


def test_frozen_means_frozen_for_every_service(in_essex: Tenant) -> None:
    framework = make_round().framework
    criterion, question = framework.criteria.first(), framework.questions.first()
    attempts = [
        lambda: add_criterion(framework=framework, descriptors=SEVEN, by=SYSTEM, **TRUST),
        lambda: change_criterion(criterion=criterion, descriptors=SEVEN, by=SYSTEM, **TRUST),
        lambda: remove_criterion(criterion=criterion, by=SYSTEM),
        lambda: add_question(framework=framework, text="?", hint="", word_limit=90, criterion=None, by=SYSTEM),
        lambda: change_question(question=question, text="?", hint="", word_limit=90, criterion=None, by=SYSTEM),
        lambda: remove_question(question=question, by=SYSTEM),
        lambda: move_up(part=framework.criteria.last(), position=3, by=SYSTEM),
    ]
    for attempt in attempts:
        with pytest.raises(WrongState, match="can’t change"), transaction.atomic():
            attempt()


@pytest.mark.parametrize("model", [Criterion, Question, RatingDescriptor])
def test_frozen_means_frozen_for_sql_too(in_essex: Tenant, model: Any) -> None:
    """A forgotten check in a service changes nothing: the rows can't be updated, deleted or added to."""
    framework = make_round().framework
    rows = model.objects.all()
    assert rows.count() > 2
    text = {Criterion: "name", Question: "text", RatingDescriptor: "label"}[model]
    before = list(rows.values_list(text, flat=True))
    assert rows.update(**{text: "Changed"}) == 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
        assert cursor.rowcount == 0
    assert list(rows.values_list(text, flat=True)) == before
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        if model is RatingDescriptor:
            RatingDescriptor.objects.create(criterion=framework.criteria.first(), points=9, label="More")
        else:
            model.objects.create(framework=framework, position=99, **{text: "One more"})


def test_the_next_round_begins_from_a_copy_and_says_what_changed(in_essex: Tenant) -> None:
    first = make_round()
    second = make_round(make_cohort_for_round("Cohort 3"), opened=False, source=first.framework)
    framework = SelectionFramework.objects.select_related("copied_from").get(round=second)
    assert (framework.number, framework.copied_from) == (2, first.framework)
    assert names(framework) == names(first.framework)
    assert RatingDescriptor.objects.filter(criterion__framework=framework).count() == 21
    assert [q.criterion.framework_id for q in framework.questions.select_related("criterion")] == [framework.pk] * 4
    assert differences(framework, *framework_parts(framework)) == []
    criterion = framework.criteria.first()
    described = [(d.label, d.example) for d in criterion.descriptors.all()]
    described[6] = ("Outstanding", "Led beyond their authority, and others lead there now.")
    own = {name: getattr(criterion, name) for name in TRUST} | {"weight": 3}
    change_criterion(criterion=criterion, descriptors=described, by=SYSTEM, **own)
    add_criterion(framework=framework, descriptors=SEVEN, by=SYSTEM, **TRUST)
    remove_question(question=framework.questions.last(), by=SYSTEM)
    told = [(d.what, d.before, d.after) for d in differences(framework, *framework_parts(framework))]
    assert ("Leadership potential: weight", "1", "3") in told
    assert [what for what, before, after in told if not before and not after] == [
        "Added: Builds trust",
        f"Taken out: {first.questions.last().text}",
    ]
    assert any(
        what == "Leadership potential: 7 points" and "others lead there now" in after for what, _b, after in told
    )
    assert len(told) == 4
    # what was copied is as it was
    assert first.criteria.first().weight == 1 and first.questions.count() == 4


def test_only_published_versions_are_begun_from(in_essex: Tenant) -> None:
    draft = make_round(opened=False)
    assert list(frameworks_to_copy(draft.cohort.programme)) == []
    with pytest.raises(Refused, match="has been published"):
        set_up_round(cohort=make_cohort_for_round("Cohort 3"), by=SYSTEM, source=draft.framework, **days())
    open_round(round=draft, by=SYSTEM)
    assert [f.number for f in frameworks_to_copy(draft.cohort.programme)] == [1]


def test_opening_again_keeps_the_day_it_was_frozen(in_essex: Tenant) -> None:
    round_ = make_round()
    SelectionFramework.objects.update(frozen_at=timezone.now() - timedelta(days=5))
    frozen = SelectionFramework.objects.get().frozen_at
    open_round(round=close_round(round=round_, by=SYSTEM), by=SYSTEM)
    assert SelectionFramework.objects.get().frozen_at == frozen


def test_two_people_on_one_criterion(preparing: SelectionRound, essex: Tenant, staff: Any) -> None:
    criterion = preparing.criteria.first()
    page = at("criterion-edit", criterion)
    shown = staff.client.get(page).context["form"].initial
    data = {k: str(v) for k, v in shown.items()}
    assert staff.client.post(page, data | {"label_4": "Well enough"}).status_code == 302
    second = staff.client.post(page, data | {"example_1": "Nothing to go by."})
    assert second.status_code == 409
    body = second.content.decode()
    assert "Well enough" in body and "Nothing to go by." in body
    with tenant_context(essex), pytest.raises(StaleEdit):
        change_criterion(
            criterion=criterion, descriptors=SEVEN, by=staff.actor, seen="0" * 24, **TRUST | {"name": "Other"}
        )


def test_staff_change_a_criterion_in_the_browser(essex: Tenant, staff: Any) -> None:
    with tenant_context(essex):
        round_ = make_round(opened=False)
        criterion = round_.criteria.first()
    overview = at("framework-detail", round_.framework)
    assert "Behaviours carry 100% of the weight." in staff.client.get(overview).content.decode()
    page = at("criterion-edit", criterion)
    form = {k: str(v) for k, v in staff.client.get(page).context["form"].initial.items()}
    answer = staff.client.post(page, form | {"kind": "technical", "weight": "3", "label_2": ""})
    assert answer.status_code == 422 and "Say in a word or two what 2 points mean" in answer.content.decode()
    assert staff.client.post(page, form | {"kind": "technical", "weight": "3"}).url == overview
    body = staff.client.get(overview).content.decode()
    assert "Behaviours carry 40% of the weight." in body and "Behaviours weigh 2 of 5." in body
    assert "Criterion changed" in body
    refused = staff.client.post(at("round-open", round_), follow=True).content.decode()
    assert "Behaviours weigh 2 of 5." in refused and "Being prepared" in refused


def test_a_longer_scale_is_described_on_the_second_visit(essex: Tenant, staff: Any) -> None:
    with tenant_context(essex):
        criterion = make_round(opened=False).criteria.first()
    page = at("criterion-edit", criterion)
    form = {k: str(v) for k, v in staff.client.get(page).context["form"].initial.items()}
    assert "label_8" not in form
    staff.client.post(page, form | {"max_points": "9"})
    again = staff.client.get(page).context["form"]
    assert "label_9" in again.fields and again.initial["label_7"] == "Outstanding"
    with tenant_context(essex):
        assert "needs a word and an example for 8, 9 points" in " ".join(
            unready(*framework_parts(SelectionFramework.objects.get()), blind=True)
        )


def test_set_up_offers_the_last_version_and_other_programmes_ones(essex: Tenant, staff: Any) -> None:
    with tenant_context(essex):
        cohort = make_cohort_for_round("Cohort 3")
    url = at("round-create", cohort, "cohort_id")
    assert "source" not in staff.client.get(url).context["form"].fields
    with tenant_context(essex):
        first = make_round().framework
    offered = staff.client.get(url).context["form"]
    assert [value for value, _text in offered.fields["source"].choices] == [first.public_id, "standard"]
    assert offered["source"].value() == first.public_id
    form = typed(days()) | {"assessors_per_application": "2", "offer_days": "10", "reserve_length": "10"}
    assert staff.client.post(url, form | {"source": "zzzzzzzzzz"}).status_code == 422
    assert staff.client.post(url, form | {"source": first.public_id}).status_code == 302
    with tenant_context(essex):
        assert SelectionFramework.objects.get(round__cohort=cohort).copied_from == first
    page = staff.client.get(at("framework-detail", first)).content.decode()
    assert "Version 2" in page and "Cohort 3, being prepared" in page


def test_staff_of_one_cohort_change_no_others(essex: Tenant) -> None:
    with tenant_context(essex):
        mine, other = make_cohort_for_round("Cohort 2"), make_cohort_for_round("Cohort 3")
        rounds = [make_round(cohort, opened=False) for cohort in (mine, other)]
        rounds = [rounds_with_cohort().get(pk=round_.pk) for round_ in rounds]
    member = make_member(essex, "Cleo Cohort")
    with tenant_context(essex):
        give_role(person=member.person, role=Role.STAFF, cohort_id=mine.pk, by=SYSTEM)
        member.actor = actor_of(member.person)
    assert member.client.get(at("framework-detail", rounds[0].framework)).status_code == 200
    assert member.client.get(at("framework-detail", rounds[1].framework)).status_code == 403
    with tenant_context(essex), pytest.raises(NotAllowed):
        add_criterion(framework=rounds[1].framework, descriptors=SEVEN, by=member.actor, **TRUST)


def test_applicants_read_the_frozen_framework(essex: Tenant) -> None:
    with tenant_context(essex):
        round_ = make_round()
    page = Client().get(reverse("selection:round-about", kwargs={"tenant": "essex", "public_id": round_.public_id}))
    for words in (
        "Leadership potential",
        "Led beyond their authority with lasting results",
        "<strong>Outstanding</strong>",
    ):
        assert words in page.content.decode()
