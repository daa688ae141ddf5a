import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from reminders.models import Message
from tenancy.models import Role
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tests.conftest import cast_member, make_member
from tests.factories.reminders import finish, make_cohort, make_person, owe
from tests.queries import page_queries

BOARD = "/essex/who-owes-what/"
pytestmark = pytest.mark.usefixtures("only_sources")


@pytest.fixture
def scene(essex):
    """Ann (with an account) owes two things in two cohorts, one late; Bob (by link) owes one that is late."""
    ann = make_member(essex, "Ann Able", Role.PARTICIPANT)
    now = timezone.now()
    with tenant_context(essex):
        one, two = make_cohort("Cohort 1"), make_cohort("Cohort 2")
        bob = make_person("Bob Baker")
        return {
            "ann": ann,
            "bob": bob,
            "one": one,
            "two": two,
            "late": owe(ann.person, one, now - timedelta(days=2)),
            "soon": owe(ann.person, two, now + timedelta(days=2)),
            "by_link": owe(bob, one, now - timedelta(days=1), state="graduated"),
        }


def text_of(response):
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def items(page):
    return re.findall(r'name="item" value="([^"]+)"', page)


def cohort_staff(essex, cohort):
    member = make_member(essex, "Cora Cohort")
    with tenant_context(essex):
        give_role(person=member.person, role=Role.STAFF, by=member.actor, cohort_id=cohort.pk)
    return cast_member(essex, member.person, member.account)


def test_late_first_and_counts_are_links_to_their_rows(scene, staff):
    page = text_of(staff.client.get(BOARD))
    assert [i.split("/")[1] for i in items(page)] == [scene[n].public_id for n in ("late", "by_link", "soon")]
    late = text_of(staff.client.get(f"{BOARD}?late=1"))
    assert len(items(late)) == 2
    for href, number in re.findall(
        r'href="(/essex/who-owes-what/\?[^"]*)"[^>]*>(?:<span class="baton-figures__number">)?(\d+)<', page
    ):
        assert len(items(text_of(staff.client.get(href)))) == int(number), href


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("cohort=cohort-2", ["soon"]),
        ("kind=test.sign", ["by_link"]),
        ("kind=test.greet&late=1", ["late"]),
        ("cohort=cohort-1&kind=test.greet", ["late"]),
        ("cohort=cohort-2&late=1", []),
        ("kind=nonsense", ["late", "by_link", "soon"]),
        ("per_page=1&page=2", ["by_link"]),
        ("per_page=x", ["late", "by_link", "soon"]),
    ],
)
def test_filters_stand_in_the_address(scene, staff, query, names):
    page = text_of(staff.client.get(f"{BOARD}?{query}"))
    assert [i.split("/")[1] for i in items(page)] == [scene[n].public_id for n in names]


def test_a_person_s_rows(scene, staff):
    page = text_of(staff.client.get(f"{BOARD}?person={scene['bob'].public_id}"))
    assert len(items(page)) == 1 and "Show everybody" in page
    assert items(text_of(staff.client.get(f"{BOARD}?person=nobody"))) == []


def test_the_board_and_the_homes_agree(scene, staff):
    home = text_of(scene["ann"].client.get("/essex/"))
    assert home.count("/essex/greet/") == 2
    page = text_of(staff.client.get(f"{BOARD}?person={scene['ann'].person.public_id}"))
    assert len(items(page)) == 2
    finish_and_look(scene, staff)


def finish_and_look(scene, staff):
    with tenant_context(scene["ann"].tenant):
        finish(scene["late"])
    assert text_of(scene["ann"].client.get("/essex/")).count("/essex/greet/") == 1
    assert len(items(text_of(staff.client.get(BOARD)))) == 2


def test_staff_of_one_cohort_see_and_chase_that_cohort_only(essex, scene):
    cora = cohort_staff(essex, scene["two"])
    page = text_of(cora.client.get(BOARD))
    assert [i.split("/")[1] for i in items(page)] == [scene["soon"].public_id]
    assert "Cohort 1" not in page and "Bob Baker" not in page
    assert items(text_of(cora.client.get(f"{BOARD}?cohort=cohort-1"))) == [items(page)[0]]
    forged = f"test.sign/{scene['by_link'].public_id}/{scene['bob'].public_id}"
    reply = cora.client.post(BOARD, {"item": forged, "confirm": "1"})
    assert reply.status_code == 422 and "Select at least one row" in reply.content.decode()
    with tenant_context(essex):
        assert not Message.objects.exists()


def test_staff_of_a_programme_reach_its_cohorts(essex, scene):
    member = make_member(essex, "Petra Programme")
    with tenant_context(essex):
        give_role(person=member.person, role=Role.STAFF, by=member.actor, programme_id=scene["one"].programme_id)
    petra = cast_member(essex, member.person, member.account)
    assert len(items(text_of(petra.client.get(BOARD)))) == 3


def test_who_may_look(essex, scene, stranger):
    for address in (BOARD, f"{BOARD}?late=1"):
        assert scene["ann"].client.get(address).status_code == 403
        assert stranger.client.get(address).status_code == 404
    assert scene["ann"].client.post(BOARD, {"item": "x"}).status_code == 403
    assert stranger.client.post(BOARD, {"item": "x"}).status_code == 404
    assert "Ann Able" not in text_of(stranger.client.get("/hsmc/who-owes-what/"))


def test_chase_shows_who_and_what_before_it_sends(essex, scene, staff):
    chosen = items(text_of(staff.client.get(BOARD)))
    preview = text_of(staff.client.post(BOARD, {"item": chosen}))
    assert "Ann Able" in preview and "Bob Baker" in preview and "by signed link" in preview
    assert "Reminder: 2 things are waiting for you, 1 of them late" in preview
    with tenant_context(essex):
        assert not Message.objects.exists(), "a preview sends nothing"
    done = text_of(staff.client.post(BOARD, {"item": items(preview) or chosen, "confirm": "1"}, follow=True))
    assert "2 reminders are on their way." in done
    again = text_of(staff.client.post(BOARD, {"item": chosen, "confirm": "1"}, follow=True))
    assert "No reminder was sent" in again
    with tenant_context(essex):
        assert Message.objects.filter(queued_by="Sita Staff").count() == 2
    assert "They have had a reminder today." in text_of(staff.client.post(BOARD, {"item": chosen}))


def test_nothing_chosen_is_said_on_top_and_at_the_rows_and_the_filter_stays(scene, staff):
    answer = staff.client.post(f"{BOARD}?late=1")
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422 and "<title>Error: Who owes what" in page
    assert '<a href="#id_item">Select at least one row that is still owed</a>' in " ".join(page.split())
    assert re.search(r'<p class="govuk-error-message" id="id_item">.*Select at least one row', page)
    assert [i.split("/")[1] for i in items(page)] == [scene["late"].public_id, scene["by_link"].public_id]
    # what is no longer owed is nothing
    with tenant_context(scene["ann"].tenant):
        finish(scene["late"])
    assert staff.client.post(f"{BOARD}?late=1", {"item": items(page)[0]}).status_code == 422
    sent = staff.client.post(f"{BOARD}?late=1", {"item": items(page)[1], "confirm": "1"})
    assert (sent.status_code, sent["Location"]) == (302, f"{BOARD}?late=1")


def test_nobody_owes_anything(essex, staff):
    assert "Nobody owes anything" in text_of(staff.client.get(BOARD))


@pytest.mark.parametrize("people", [1, 3, 40])
def test_the_board_asks_as_much_for_many_as_for_one(essex, staff, people):
    with tenant_context(essex):
        cohort = make_cohort()
        for n in range(people):
            owe(make_person(f"Person {n}"), cohort, timezone.now() - timedelta(days=n))
    assert page_queries(staff.client, BOARD) == 8


def test_a_page_beyond_the_end_is_the_last(scene, staff):
    page = text_of(staff.client.get(f"{BOARD}?per_page=2&page=9"))
    assert [i.split("/")[1] for i in items(page)] == [scene["soon"].public_id]


def test_staff_of_one_cohort_still_see_all_they_owe_themselves(essex, scene):
    cora = cohort_staff(essex, scene["two"])
    with tenant_context(essex):
        owe(cora.person, scene["one"], timezone.now())
    home = text_of(cora.client.get("/essex/"))
    assert home.count("/essex/greet/") == 1, "her own, though her board doesn't reach that cohort"
