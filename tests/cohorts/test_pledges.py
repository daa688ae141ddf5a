"""Pledges: read by whom their owner picks, said “me too” to, reminded of, answered, hidden by staff with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Pledge, PledgeWords
from cohorts.models.pledge import Outcome
from cohorts.services.movement import leave_movement
from cohorts.services.pledges import edit_pledge, hide_pledge, join_pledge, make_pledge, say_outcome
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.links import mint_link
from tenancy.models import Change
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.access.filling import Filled
from tests.access.interleaving import first_places, interleave, statements
from tests.access.small_world import undone
from tests.cohorts.test_movement import SYS, Joining, at, by_link, joined, link_of, movement  # noqa: F401 -- a fixture
from tests.factories.cohorts import make_participant, sign_in_as
from tests.queries import page_queries


def pledge_at(name, words=None, **more):
    public = {"public_id": words.pledge.public_id} if words is not None else {}
    return reverse(f"cohorts:pledge-{name}", kwargs={"tenant": "essex", **public, **more})


def in_days(n):
    return timezone.localdate() + timedelta(days=n)


def day(n):
    on = in_days(n)
    return {"by_on-day": on.day, "by_on-month": on.month, "by_on-year": on.year}


def pledged(essex, movement, who, audience="movement", what="Ring before I write", days=9, **more):
    actor = by_link(who) if not hasattr(who, "actor") else who.actor
    with tenant_context(essex, actor.person):
        return make_pledge(movement=movement, what=what, by_on=in_days(days), audience=audience, by=actor, **more)


@pytest.fixture
def mia(essex, movement):
    """A member without a sign-in: her person and her link."""
    with tenant_context(essex):
        row = joined(movement, organisation_name="Voices")
        row.token = link_of(row)
    return row


def reads(essex, person):
    with tenant_context(essex, person), connection.cursor() as cursor:
        cursor.execute("SELECT what FROM cohorts_pledgewords ORDER BY what")
        return [what for (what,) in cursor.fetchall()]


def test_a_pledge_from_its_making_to_what_came_of_it(essex, movement, participant, mia, staff):
    programme = movement.programme
    add = pledge_at("add", public_id=programme.public_id)
    assert add in participant.client.get(at("home", programme)).content.decode()
    form = {"what": " Ask the  ward first ", "audience": "movement", "signs": "name", "version": "0", **day(6)}
    assert "Choose today" in participant.client.post(add, {**form, **day(-2)}).content.decode()
    for _click in range(2):
        assert participant.client.post(add, form).status_code == 302
    with tenant_context(essex, participant.person):
        words = PledgeWords.objects.select_related("pledge").get()
        assert (words.what, words.signed) == ("Ask the ward first", "Pat Participant, Mid Essex Trust")
        assert words.pledge.outcome == Outcome.OPEN
        # its day is within the week, so it's owed: by them, and told to nobody else
        (owed,) = read_obligations(kind="cohorts.pledge", private=True)
        assert owed.person_id == participant.person.pk and "Ask the ward" not in owed.label()
        assert not read_obligations(kind="cohorts.pledge")
    detail = pledge_at("detail", words)
    assert "Say what came of your pledge" in participant.client.get("/essex/").content.decode()
    assert pledge_at("result", words) in participant.client.get(detail).content.decode()
    # Mia reads it by her link, and can't change it
    by_her = {"token": mia.token}
    home = Client().get(at("link", **by_her)).content.decode()
    assert "Ask the ward first" in home and "Pat Participant, Mid Essex Trust" in home
    assert Client().get(pledge_at("link-edit", words, **by_her)).status_code == 404
    assert Client().get(pledge_at("link-delete", words, **by_her)).status_code == 404
    result = {"outcome": "partly", "came_of_it": "Twice of five times.", "version": "1"}
    assert participant.client.post(pledge_at("result", words), result).status_code == 302
    assert "Twice of five times." in Client().get(pledge_at("link-detail", words, **by_her)).content.decode()
    with tenant_context(essex, participant.person):
        assert not read_obligations(kind="cohorts.pledge", private=True)
        with pytest.raises(StaleEdit):
            say_outcome(words=words, version=1, outcome="done", came_of_it="x", by=participant.actor)
        # no history says whose it was or what
        changes = Change.objects.filter(subject_id=words.pledge.public_id)
        assert {c.by_label for c in changes} == {"pledges"} and not any(c.reason for c in changes)
    assert participant.client.post(pledge_at("delete", words)).status_code == 302
    assert participant.client.get(detail).status_code == 404


def test_each_is_read_by_whom_its_owner_picks(
    essex, cohort, movement, participant, other_participant, mia, staff, other_staff
):
    with tenant_context(essex):
        from tests.factories.cohorts import make_cohort

        elsewhere = make_participant(make_cohort("Cohort 9"), "Elsie Elsewhere").person
    for audience in ("me", "cohort", "movement", "public"):
        pledged(essex, movement, participant, audience, what=audience)
    everything = ["cohort", "me", "movement", "public"]
    assert reads(essex, participant.person) == everything
    assert reads(essex, other_participant.person) == ["cohort", "movement", "public"]
    assert reads(essex, elsewhere) == ["movement", "public"]
    assert reads(essex, mia.person) == ["movement", "public"]
    assert reads(essex, staff.person) == reads(essex, other_staff.person) == reads(essex, None) == ["public"]
    page = Client().get(at("public", movement.programme)).content.decode()
    assert "public" in page and "Pat Participant, Mid Essex Trust" in page
    # who leaves reads no more of it; nobody writes another's
    with tenant_context(essex, mia.person):
        leave_movement(member=mia, erase=False, by=by_link(mia.person))
    assert reads(essex, mia.person) == ["public"]
    for who in (other_participant.person, staff.person):
        with tenant_context(essex, who), connection.cursor() as cursor:
            cursor.execute("UPDATE cohorts_pledgewords SET what = 'x' WHERE audience <> 'public'")
            assert cursor.rowcount == 0
    with tenant_context(essex, participant.person):
        held = export_person(participant.person)["Your pledges"]
        assert {row["pledge"] for row in held} == set(everything)
    with tenant_context(essex, staff.person):
        assert all(
            "pledge" not in row or row["shown to"] == "public"
            for row in export_person(participant.person)["Your pledges"]
        )


def test_only_where_one_works_may_stand_under_it(essex, movement, mia, participant):
    words = pledged(essex, movement, mia.person, "public", signs="work")
    page = Client().get(at("public", movement.programme)).content.decode()
    assert "Ring before I write" in page and "Voices" in page and "Mia Member" not in page
    with tenant_context(essex):
        nobodys = joined(movement, "Nell Nowhere", "nell@x.example")
    with pytest.raises(Refused):
        pledged(essex, movement, nobodys.person, "public", signs="work")
    # a member has no cohort to show it to
    with pytest.raises(Refused):
        pledged(essex, movement, mia.person, "cohort", what="Another")
    assert words.signed == "Voices"


def test_me_too_makes_one_of_their_own(essex, movement, participant, other_participant, mia):
    words = pledged(essex, movement, participant)
    detail = pledge_at("link-detail", words, token=mia.token)
    assert "Me too" in Client().get(detail).content.decode()
    for _click in range(2):
        assert Client().post(detail).status_code == 302
    with tenant_context(essex, mia.person):
        own = PledgeWords.objects.select_related("pledge__joined").get(owner=mia.person)
        assert (own.what, own.audience, own.pledge.joined) == (words.what, "me", words.pledge)
        assert own.pledge.due_at == words.pledge.due_at
    assert "1 other says “me too”" in participant.client.get(at("home", movement.programme)).content.decode()
    # a me-too of a me-too counts for the first; nobody joins their own, by either way round
    pledge = {"what": own.what, "audience": "movement", "signs": "name", "version": "1", **day(9)}
    assert Client().post(pledge_at("link-edit", own, token=mia.token), pledge).status_code == 302
    with tenant_context(essex, other_participant.person):
        third = join_pledge(
            words=PledgeWords.objects.select_related("pledge__joined", "pledge__movement__programme").get(pk=own.pk),
            by=other_participant.actor,
        )
        assert third.pledge.joined_id == words.pledge_id
    with tenant_context(essex, participant.person):
        hers = PledgeWords.objects.select_related("pledge__joined", "pledge__movement__programme").get(pk=own.pk)
        for mine in (words, hers):
            with pytest.raises(Refused):
                join_pledge(words=mine, by=participant.actor)
    # hers goes, those of the others stay
    assert participant.client.post(pledge_at("delete", words)).status_code == 302
    with tenant_context(essex, mia.person):
        own.pledge.refresh_from_db()
        assert own.pledge.joined_id is None
    late = pledged(essex, movement, participant, what="Late one", days=1)
    with tenant_context(essex, mia.person):
        Pledge.objects.filter(pk=late.pledge_id).update(due_at=timezone.now() - timedelta(hours=1))
        late.pledge.refresh_from_db()
        with pytest.raises(WrongState):
            join_pledge(words=late, by=by_link(mia.person))


def test_a_reminders_link_opens_the_one_question(essex, movement, mia, participant):
    words = pledged(essex, movement, mia.person, "me", days=3)
    with tenant_context(essex):
        (owed,) = read_obligations(kind="cohorts.pledge", private=True)
        assert (owed.key, owed.source.link_purpose) == (words.pledge.public_id, "pledge")
        token = mint_link(person=mia.person, purpose="pledge", about=words.pledge.public_id)
        others = mint_link(person=participant.person, purpose="pledge", about=words.pledge.public_id)
    due = pledge_at("due", token=token)
    assert "Ring before I write" in Client().get(due).content.decode()
    # a link of the right kind in the wrong hands opens nothing
    assert Client().get(pledge_at("due", token=others)).status_code == 404
    assert Client().post(due, {"outcome": "not", "came_of_it": "", "version": "1"}).status_code == 302
    with tenant_context(essex, mia.person):
        assert Pledge.objects.get().outcome == Outcome.NOT


def test_staff_hide_what_anybody_reads_with_a_reason(
    essex, movement, participant, other_participant, staff, other_staff, mia
):
    words = pledged(essex, movement, participant, "public", what="Name a family")
    private = pledged(essex, movement, participant, "movement", what="Ask first")
    hide, listed = pledge_at("hide", words), pledge_at("moderate", public_id=movement.programme.public_id)
    page = staff.client.get(listed).content.decode()
    assert hide in page and "Ask first" not in page
    assert other_participant.client.post(hide, {"reason": "x"}).status_code == 403
    assert other_staff.client.post(hide, {"reason": "x"}).status_code == 403
    assert staff.client.get(pledge_at("hide", private)).status_code == 404
    assert "Say why" in staff.client.post(hide, {}).content.decode()
    for _click in range(2):
        assert staff.client.post(hide, {"reason": "It names a family."}).status_code == 302
    with tenant_context(essex):
        (mail,) = Message.objects.filter(kind="cohorts.pledge_hidden")
        assert mail.recipient == participant.person and "It names a family." in mail.body_text
    for client in (Client(), other_participant.client):
        assert "Name a family" not in client.get(at("public", movement.programme)).content.decode()
    assert "Name a family" not in Client().get(at("link", token=mia.token)).content.decode()
    assert other_participant.client.get(pledge_at("detail", words)).status_code == 404
    assert "It names a family." in participant.client.get(pledge_at("detail", words)).content.decode()
    # other words don't bring it back; staff do
    with tenant_context(essex, participant.person):
        words.refresh_from_db()
        edit_pledge(
            words=words, version=1, what="Anew", by_on=in_days(9), audience="public", signs="name", by=participant.actor
        )
    assert "Anew" not in Client().get(at("public", movement.programme)).content.decode()
    assert participant.client.post(pledge_at("show", words)).status_code == 403
    assert staff.client.post(pledge_at("show", words)).status_code == 302
    assert "Anew" in Client().get(at("public", movement.programme)).content.decode()
    with tenant_context(essex, participant.person), pytest.raises(NotAllowed):
        hide_pledge(words=words, reason="x", by=participant.actor)


@SYS
def test_pledges_go_with_their_member_and_at_their_day(essex, cohort):
    with tenant_context(essex):
        from tests.cohorts.test_movement import begin

        movement = begin(cohort.programme)
        gone, stays = joined(movement), joined(movement, "Stay", "stay@x.example")
        place = make_participant(cohort, "Pat Participant").person
    participant = sign_in_as(essex, place)
    for who in (gone.person, stays.person, participant):
        pledged(essex, movement, who, what="One")
    with tenant_context(essex, gone.person):
        leave_movement(member=gone, erase=True, by=by_link(gone.person))
    with tenant_context(essex):
        assert set(Pledge.objects.values_list("owner", flat=True)) == {stays.person_id, participant.person.pk}
    now = timezone.now()
    assert delete_due(tenant=essex, now=now + timedelta(days=731))["cohorts.movement"] == 1
    with tenant_context(essex):
        assert set(Pledge.objects.values_list("owner", flat=True)) == {participant.person.pk}
    assert delete_due(tenant=essex, now=now + timedelta(days=1096 + 10))["cohorts.pledges"] == 1
    with tenant_context(essex, participant.person):
        assert not PledgeWords.objects.exists()


@SYS
def test_two_me_toos_at_once_are_one() -> None:
    scene = Joining()
    with tenant_context(scene.tenant):
        member = joined(scene.movement)
        token = link_of(member)
    for n in range(2):
        words = pledged(scene.tenant, scene.movement, scene.participant, what=f"One {n}")
        click = Filled(pledge_at("link-detail", words, token=token), Client(), {})
        with undone(), statements() as seen:
            assert click.send().status_code == 302
        for stop in first_places(seen)[:1]:
            clicks = interleave(click, click, stop_at=stop)
            assert [c.status for c in clicks] == [302, 302]
        with tenant_context(scene.tenant):
            assert Pledge.objects.filter(joined=words.pledge).count() == 1


def test_pages_ask_no_more_for_more_pledges(essex, movement, participant, other_participant, mia, staff):
    pages = {
        at("home", movement.programme): participant.client,
        at("public", movement.programme): Client(),
        at("link", token=mia.token): Client(),
        pledge_at("moderate", public_id=movement.programme.public_id): staff.client,
    }
    pledged(essex, movement, participant, "public", what="First")
    pledged(essex, movement, other_participant, "public", what="First")
    before = [page_queries(client, url) for url, client in pages.items()]
    for n in range(3):
        for who in (participant, other_participant, mia.person):
            pledged(essex, movement, who, "public", what=f"More {n}")
    assert [page_queries(client, url) for url, client in pages.items()] == before
    assert max(before) <= 12
