"""Rounds: set up, change, open, close; the public page; who may."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from selection.models import SelectionRound
from selection.services.rounds import change_round, open_round, set_up_round
from selection.states import RoundState
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Role, Tenant
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.selection import SYSTEM, make_application, make_cohort_for_round, make_round


def at(name: str, obj: object, key: str = "public_id") -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", key: obj.public_id})


def days(**offsets: int) -> dict[str, object]:
    today = timezone.localdate()
    base = {"opens_on": 0, "closes_on": 20, "endorse_by": 27, "score_by": 40} | offsets
    return {name: today + timedelta(days=offset) for name, offset in base.items()}


def typed(dates: dict) -> dict[str, str]:
    """As the three boxes of each date send them."""
    return {
        f"{name}-{part}": str(getattr(day, part)) for name, day in dates.items() for part in ("day", "month", "year")
    }


def test_staff_set_up_a_round_from_the_cohort(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        cohort = make_cohort_for_round()
    url = at("round-create", cohort, "cohort_id")
    assert "Applications close on" in staff.client.get(url).content.decode()
    form = typed(days()) | {"assessors_per_application": "2", "blind": "on", "offer_days": "10", "reserve_length": "10"}
    response = staff.client.post(url, form)
    with tenant_context(essex):
        round_ = SelectionRound.objects.get(cohort=cohort)
        assert response["Location"] == at("round-detail", round_)
        assert timezone.localtime(round_.closes_at).strftime("%H:%M") == "23:59"
        assert [c.name for c in round_.criteria.all()] == [
            "Leadership potential", "Understanding of working across the system", "Personal commitment to development"
        ]  # fmt: skip
        assert [c.descriptors.count() for c in round_.criteria.all()] == [7, 7, 7]
        assert round_.questions.count() == 4
    assert staff.client.get(url)["Location"] == at("round-detail", round_)
    assert "Leadership potential" in staff.client.get(at("round-detail", round_)).content.decode()


def test_dates_out_of_order_are_named(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        cohort = make_cohort_for_round()
    form = typed(days(endorse_by=10)) | {"assessors_per_application": "2", "offer_days": "10", "reserve_length": "10"}
    response = staff.client.post(at("round-create", cohort, "cohort_id"), form)
    assert response.status_code == 422
    assert "Endorsers need at least until applications close." in response.content.decode()
    assert 'href="#id_endorse_by-day"' in response.content.decode()


def test_a_cohort_has_one_round(in_essex: Tenant) -> None:
    cohort = make_cohort_for_round()
    set_up_round(cohort=cohort, by=SYSTEM, **days())
    with pytest.raises(WrongState):
        set_up_round(cohort=cohort, by=SYSTEM, **days())


def test_behaviours_weigh_at_least_half_or_it_doesnt_open(in_essex: Tenant) -> None:
    round_ = make_round(opened=False)
    round_.criteria.filter(position__gt=1).update(kind="technical")
    with pytest.raises(Refused, match="Behaviours weigh 1 of 3"):
        open_round(round=round_, by=SYSTEM)
    assert SelectionRound.objects.get().state == RoundState.DRAFT
    round_.criteria.filter(position=1).update(weight=2)
    open_round(round=round_, by=SYSTEM)
    round_.cohort.refresh_from_db()
    assert round_.cohort.stage == "selecting"


def test_an_open_rounds_dates_move_later_only_and_questions_are_frozen(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        round_ = make_round()
        now = {
            name: timezone.localdate(at_)
            for name, at_ in (
                ("opens_on", round_.opens_at),
                ("closes_on", round_.closes_at),
                ("endorse_by", round_.endorse_by),
                ("score_by", round_.score_by),
            )
        }
        with pytest.raises(Refused, match="only move later"):
            change_round(
                round=round_, version=1, by=staff.actor, **now | {"closes_on": now["closes_on"] - timedelta(days=1)}
            )
        change_round(round=round_, version=1, by=staff.actor, **now | {"score_by": now["score_by"] + timedelta(days=1)})
        with pytest.raises(StaleEdit):
            change_round(
                round=round_, version=1, by=staff.actor, **now | {"score_by": now["score_by"] + timedelta(days=2)}
            )
        question = round_.questions.first()
    seen = seen_at(staff, at("question-edit", question))
    response = staff.client.post(at("question-edit", question), {"text": "Why?", "word_limit": "100", "seen": seen})
    assert response.status_code == 422
    assert "what it’s judged by can’t change" in response.content.decode()


def seen_at(staff: SimpleNamespace, page: str) -> str:
    """The mark of what the page shows."""
    return staff.client.get(page).context["form"]["seen"].value()


def test_a_question_changes_while_the_round_is_prepared(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        round_ = make_round(opened=False)
        question = round_.questions.first()
    page = at("question-edit", question)
    told = {"text": "Why you?", "hint": "", "word_limit": "120", "seen": seen_at(staff, page)}
    assert staff.client.post(page, told).status_code == 302
    with tenant_context(essex):
        question.refresh_from_db()
        assert (question.text, question.word_limit) == ("Why you?", 120)


def test_open_and_close_by_button_with_the_reason_when_not(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        round_ = make_round(opened=False)
        round_.criteria.update(kind="technical")
    page = staff.client.post(at("round-open", round_), follow=True).content.decode()
    assert "They must weigh at least half" in page
    with tenant_context(essex):
        round_.criteria.update(kind="behaviour")
    assert "The round is open" in staff.client.post(at("round-open", round_), follow=True).content.decode()
    assert "closed to applications" in staff.client.post(at("round-close", round_), follow=True).content.decode()


def test_the_public_page_says_what_anybody_needs(essex: Tenant) -> None:
    with tenant_context(essex):
        round_ = make_round()
    page = Client().get(at("round-about", round_)).content.decode()
    for words in (
        "There are 50 places.",
        "Leadership potential",
        "Led beyond their authority",
        "They don’t see your name",
        "Tell us about a time you led people",
    ):
        assert words in page


def test_a_round_being_prepared_is_no_public_page(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        round_ = make_round(opened=False)
    assert Client().get(at("round-about", round_)).status_code == 404
    assert staff.client.get(at("round-about", round_)).status_code == 200


def test_a_member_starts_an_own_application_once(essex: Tenant) -> None:
    with tenant_context(essex):
        round_ = make_round()
    member = make_member(essex, "Mo Member")
    assert "Start now" in member.client.get(at("round-about", round_)).content.decode()
    first = member.client.post(at("application-start", round_))
    again = member.client.post(at("application-start", round_))
    assert first["Location"] == again["Location"]
    assert member.client.get(first["Location"]).status_code == 200
    with tenant_context(essex):
        application = round_.applications.get()
        assert (application.route, application.state) == ("own", "draft")


def test_counts_are_right_and_lead_to_their_rows(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        round_ = make_round()
        for name, state in (
            ("Ann One", "invited"),
            ("Bea Two", "draft"),
            ("Cy Three", "submitted"),
            ("Di Four", "endorsed"),
        ):
            make_application(round_, name, state=state)
    context = staff.client.get(at("round-detail", round_)).context
    assert {item["key"]: item["count"] for item in context["funnel"]} == {
        "nominated": 4,
        "invited": 1,
        "draft": 1,
        "waiting": 1,
        "endorsed": 1,
        "withdrawn": 0,
    }
    rows = staff.client.get(at("application-list", round_), {"state": "submitted"}).content.decode()
    assert "Cy Three" in rows and "Di Four" not in rows


@pytest.mark.parametrize(
    "name", ["round-detail", "round-edit", "import-create", "application-list", "endorsement-list"]
)
def test_staff_pages_are_the_cohorts_staffs(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, name: str
) -> None:
    with tenant_context(essex):
        round_ = make_round()
    assessor = make_member(essex, "Asa Assessor", Role.ASSESSOR)
    assert staff.client.get(at(name, round_)).status_code == 200
    assert assessor.client.get(at(name, round_)).status_code == 403
    assert stranger.client.get(at(name, round_)).status_code == 404
    assert Client().get(at(name, round_)).status_code == 302


def test_staff_of_one_cohort_list_its_round_only(essex: Tenant, staff: SimpleNamespace) -> None:
    from tenancy.services.people import give_role

    with tenant_context(essex):
        one, other = make_round(), make_round(make_cohort_for_round("Cohort 3"))
    member = make_member(essex, "Cora Cohort")
    with tenant_context(essex):
        give_role(person=member.person, role=Role.STAFF, cohort_id=other.cohort_id, by=SYSTEM)
    url = reverse("selection:round-list", kwargs={"tenant": "essex"})
    page = member.client.get(url).content.decode()
    assert at("round-detail", other) in page and at("round-detail", one) not in page
    both = staff.client.get(url).content.decode()
    assert at("round-detail", other) in both and at("round-detail", one) in both


def test_the_service_asks_too(essex: Tenant) -> None:
    member = make_member(essex, "Mo Member", Role.ASSESSOR)
    with tenant_context(essex), pytest.raises(NotAllowed):
        set_up_round(cohort=make_cohort_for_round(), by=member.actor, **days())
