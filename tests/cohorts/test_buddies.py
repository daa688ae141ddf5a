"""Alumni buddies: offered, asked for or suggested, agreed to by both; the last place goes to one; staff see pairs and not a word."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from cohorts.face_buddies import export_buddies
from cohorts.face_report import figures
from cohorts.models import BuddyOffer, BuddyPair, BuddyPlace, BuddyWords, ChangeContext, Cohort, ReturnPlanText
from cohorts.selectors.buddies import buddies_for, choosable
from cohorts.services.alumni import add_past_alumnus, change_standing
from cohorts.services.buddies import (
    answer_buddy,
    ask_buddy,
    end_buddies,
    offer_to_be_buddy,
    show_plan,
    suggest_buddy,
)
from cohorts.services.participation import join_cohort
from cohorts.services.returning import save_change_context, save_return_plan
from engine.reports import check_figure
from reminders.models import Message
from reminders.selectors import read_and_count, read_obligations
from reminders.services.reminding import queue_due_reminders
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.conflicts import declare_conflict
from tenancy.services.retention import delete_due
from tests.clock import travel
from tests.factories.cohorts import SYSTEM, make_cohort, make_many, make_person, sign_in_as
from tests.queries import page_queries

SECRET = "Mauersegler"


def at(name, row=None):
    kwargs = {"tenant": "essex"} | ({"public_id": row.public_id} if row else {})
    return reverse(f"cohorts:{name}", kwargs=kwargs)


def in_days(n):
    return timezone.localdate() + timedelta(days=n)


def make_alumnus(tenant, name, *, capacity=1, about="Went back to housing"):
    """Of an earlier cohort of the programme, who has offered."""
    with tenant_context(tenant):
        finished = Cohort.objects.filter(name="Cohort 0").first() or make_cohort(
            "Cohort 0", stage="finished", starts_on=in_days(-400), ends_on=in_days(-100)
        )
        email = f"{name.lower().replace(' ', '.')}@example.org"
        person = add_past_alumnus(cohort=finished, name=name, email=email, by=SYSTEM).person
    if capacity:
        with tenant_context(tenant, person):
            offer_to_be_buddy(version=0, capacity=capacity, about=about, by=actor_of(person))
    return person


@pytest.fixture
def alumna(essex, cohort):
    person = make_alumnus(essex, "Aila Alumna")
    return sign_in_as(essex, person, Role.ALUMNUS)


def asked(tenant, cohort, person, buddy, body=SECRET):
    with tenant_context(tenant, person):
        return ask_buddy(cohort=cohort, buddy=buddy, body=body, by=actor_of(person))


def answered(tenant, pair, person, yes=True):
    with tenant_context(tenant, person):
        return answer_buddy(pair=pair, yes=yes, by=actor_of(person))


@pytest.fixture
def pair(essex, cohort, participant, alumna):
    """Begun."""
    return answered(essex, asked(essex, cohort, participant.person, alumna.person), alumna.person)


def test_from_the_offer_to_the_end_on_pages(essex, cohort, participant, alumna, staff):
    offer = {"capacity": "2", "about": "Rang my buddy from the car park", "version": 1}
    assert at("buddy-offer") in alumna.client.get(at("alumni-home")).content.decode()
    assert alumna.client.post(at("buddy-offer"), offer).status_code == 302
    assert alumna.client.post(at("buddy-offer"), {**offer, "capacity": "3"}).status_code == 409
    assert alumna.client.post(at("buddy-offer"), {**offer, "version": 2, "capacity": "9"}).status_code == 422
    assert at("buddy-ask") in participant.client.get(at("return-home")).content.decode()
    page = participant.client.get(at("buddy-ask")).content.decode()
    assert "Aila Alumna" in page and "from the car park" in page
    form = {"buddy": alumna.person.public_id, "body": SECRET}
    assert participant.client.post(at("buddy-ask"), {**form, "body": " "}).status_code == 422
    assert participant.client.post(at("buddy-ask"), form).status_code == 302
    assert participant.client.post(at("buddy-ask"), form).status_code in (302, 422)  # twice is once
    with tenant_context(essex, participant.person):
        row = BuddyPair.objects.get()
        mail = Message.objects.get(kind="cohorts.buddy_asked")
        assert mail.recipient == alumna.person and SECRET not in mail.body_text + mail.subject
    with tenant_context(essex, alumna.person):
        (owed,) = read_obligations(kind="cohorts.buddy", private=True)
        assert (owed.person_id, owed.about) == (alumna.person.pk, "Pat Participant")
    shown = alumna.client.get(at("buddy-pair", row)).content.decode()
    assert SECRET in shown and participant.person.email not in shown
    assert alumna.client.post(at("buddy-pair", row), {}).status_code == 422
    assert alumna.client.post(at("buddy-pair", row), {"answer": "yes"}).status_code == 302
    assert alumna.client.post(at("buddy-pair", row), {"answer": "yes"}).status_code == 302
    shown = participant.client.get(at("buddy-pair", row)).content.decode()
    assert alumna.person.email in shown
    with tenant_context(essex, alumna.person):
        row.refresh_from_db()
        assert row.is_on and row.ends_on == in_days(183)
        assert not read_obligations(kind="cohorts.buddy", private=True)
        assert Message.objects.filter(kind="cohorts.buddy_begun").count() == 2
    listed = staff.client.get(at("return-staff", cohort)).content.decode()
    assert "Aila Alumna" in listed and "Pat Participant" in listed and "1 place left" in listed and SECRET not in listed
    assert participant.client.post(at("buddy-end", row)).status_code == 302
    assert participant.client.post(at("buddy-end", row)).status_code == 302
    with tenant_context(essex, alumna.person):
        row.refresh_from_db()
        assert not row.is_on and not BuddyPlace.objects.exists()
    assert "Pat Participant" not in staff.client.get(at("return-staff", cohort)).content.decode()


def test_staff_suggest_and_whoever_returns_is_asked_first(essex, cohort, participant, alumna, staff):
    form = {"person": participant.person.public_id, "buddy": alumna.person.public_id}
    page = at("buddy-suggest", cohort)
    assert participant.client.get(page).status_code == 403
    assert staff.client.post(page, {"person": form["person"]}).status_code == 422
    assert staff.client.post(page, form).status_code == 302
    with tenant_context(essex, participant.person):
        row = BuddyPair.objects.get()
        assert [o.person_id for o in read_obligations(kind="cohorts.buddy", private=True)] == [participant.person.pk]
        assert Message.objects.get(kind="cohorts.buddy_suggested").recipient == participant.person
    with pytest.raises(NotAllowed):
        answered(essex, row, alumna.person)
    assert participant.client.post(at("buddy-pair", row), {"answer": "yes"}).status_code == 302
    with tenant_context(essex, alumna.person):
        assert [o.person_id for o in read_obligations(kind="cohorts.buddy", private=True)] == [alumna.person.pk]
        assert Message.objects.get(kind="cohorts.buddy_asked").recipient == alumna.person
    assert alumna.client.post(at("buddy-pair", row), {"answer": "no"}).status_code == 302
    with tenant_context(essex, participant.person):
        row.refresh_from_db()
        assert row.standing == "Didn’t come about" and not BuddyPlace.objects.exists()
        # nobody learns who said no, and the two aren't brought together again
        assert not Change.objects.filter(subject_id=row.public_id).exists()
        assert buddies_for(participant.person, cohort) == []


def suggested(tenant, cohort, person, buddy, staff):
    with tenant_context(tenant, staff.person):
        return suggest_buddy(cohort=cohort, person=person, buddy=buddy, by=staff.actor)


@pytest.mark.parametrize("ends", [False, True])
def test_the_alumnus_knows_of_nothing_before_the_other_says_yes(essex, cohort, participant, alumna, staff, ends):
    """Else they'd learn of a no that came before they were asked."""
    row = suggested(essex, cohort, participant.person, alumna.person, staff)
    if ends:
        answered(essex, row, participant.person, yes=False)
    assert "Pat Participant" not in alumna.client.get(at("buddy-offer")).content.decode()
    assert alumna.client.get(at("buddy-pair", row)).status_code == 404
    assert alumna.client.post(at("buddy-end", row)).status_code == 404
    with tenant_context(essex, alumna.person):
        for service, fields in ((answer_buddy, {"yes": False}), (end_buddies, {})):
            with pytest.raises(NotAllowed):
                service(pair=row, by=alumna.actor, **fields)
        with connection.cursor() as cursor:  # nor in the database
            cursor.execute("SELECT count(*) FROM cohorts_buddypair")
            assert cursor.fetchone() == (0,)
            cursor.execute("UPDATE cohorts_buddypair SET ended_at = now()")
            assert cursor.rowcount == 0
        assert "Pat Participant" not in str(export_person(alumna.person))
    with tenant_context(essex, staff.person):  # who sees the pair and makes a copy for the alumna
        assert "Pat Participant" not in str(export_buddies(alumna.person))
        # what they suggested is in their own copy, what became of it isn't
        assert export_buddies(staff.person) == [
            {"suggested to": "Pat Participant", "alumnus": "Aila Alumna", "at": row.asked_at}
        ]
    if not ends:
        answered(essex, row, participant.person)
        assert "Pat Participant" in alumna.client.get(at("buddy-offer")).content.decode()
        assert alumna.client.get(at("buddy-pair", row)).status_code == 200
        with tenant_context(essex, alumna.person):
            assert "Pat Participant" in str(export_person(alumna.person))


@pytest.mark.parametrize("begun", [True, False])
def test_one_buddy_at_a_time_whichever_cohort_suggests(
    essex, cohort, other_cohort, participant, alumna, other_staff, begun
):
    """Staff of the second cohort don't see the pair of the first; whoever returns does."""
    with tenant_context(essex):
        join_cohort(
            cohort=other_cohort, person=participant.person, organisation=participant.person.organisation, by=SYSTEM
        )
    first = asked(essex, cohort, participant.person, alumna.person)
    if begun:
        answered(essex, first, alumna.person)
    second = suggested(essex, other_cohort, participant.person, make_alumnus(essex, "Bea Both"), other_staff)
    page = participant.client.post(at("buddy-pair", second), {"answer": "yes"})
    assert page.status_code == 422
    told = "You and Aila Alumna are buddies" if begun else "Aila Alumna is being asked"
    assert told in page.content.decode()
    with tenant_context(essex, participant.person):
        second.refresh_from_db()
        assert second.person_yes_at is None and second.is_asked
        assert not Message.objects.filter(kind="cohorts.buddy_asked", recipient=second.buddy).exists()
    home = participant.client.get(at("return-home")).content.decode()
    assert "Aila Alumna" in home and "Bea Both" in home
    assert participant.client.post(at("buddy-end", first)).status_code == 302
    assert participant.client.post(at("buddy-pair", second), {"answer": "yes"}).status_code == 302
    with tenant_context(essex, second.buddy):
        assert BuddyPair.objects.get().person_yes_at


def test_nobody_else_reads_a_word(essex, cohort, participant, other_participant, staff, stranger, pair):
    for somebody in (other_participant, staff):
        assert somebody.client.get(at("buddy-pair", pair)).status_code == 404
        with tenant_context(essex, somebody.person):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM cohorts_buddywords")
                assert cursor.fetchone() == (0,)
            assert BuddyPair.objects.exists() is (somebody is staff)
            assert SECRET not in str(export_person(participant.person))
            for service, fields in ((answer_buddy, {"yes": True}), (end_buddies, {}), (show_plan, {"shown": True})):
                with pytest.raises(NotAllowed):
                    service(pair=pair, by=somebody.actor, **fields)
    assert stranger.client.get(at("buddy-pair", pair)).status_code == 404
    with tenant_context(essex):
        assert not BuddyWords.objects.exists()
    for person in (participant.person, pair.buddy):
        with tenant_context(essex, person):
            assert SECRET in str(export_person(person))
    with tenant_context(essex, staff.person):  # nor the board
        assert not [c for c in read_and_count(limit=50).counts if c.kind == "cohorts.buddy"]


def test_a_plan_is_shown_to_the_buddy_and_no_longer(essex, cohort, participant, alumna, staff, pair):
    with tenant_context(essex, participant.person):
        plan = {"need_time": "", "need_sponsor": "", "need_place": "", "review_on": in_days(9), "review_again_on": None}
        by = participant.actor
        save_return_plan(cohort=cohort, version=0, keep=f"{SECRET} rounds", by=by, **plan)
        save_change_context(cohort=cohort, version=0, kinds=["chief"], body=f"{SECRET} new", by=by)

    def reads(somebody):
        with tenant_context(essex, somebody.person):
            return ReturnPlanText.objects.count(), ChangeContext.objects.count()

    page = at("buddy-pair", pair)
    assert reads(alumna) == (0, 0) and f"{SECRET} rounds" not in alumna.client.get(page).content.decode()
    assert alumna.client.post(at("buddy-show-plan", pair), {"shown": "yes"}).status_code == 403
    assert participant.client.post(at("buddy-show-plan", pair), {"shown": "yes"}).status_code == 302
    shown = alumna.client.get(page).content.decode()
    assert reads(alumna) == (1, 1) and reads(staff) == (0, 0)
    assert f"{SECRET} rounds" in shown and "A new chief executive" in shown
    with tenant_context(essex, alumna.person):
        assert ReturnPlanText.objects.update(keep="x") == 0
    assert participant.client.post(at("buddy-show-plan", pair), {"shown": "no"}).status_code == 302
    assert reads(alumna) == (0, 0)
    participant.client.post(at("buddy-show-plan", pair), {"shown": "yes"})
    with tenant_context(essex, participant.person):
        BuddyPair.objects.update(ends_on=in_days(-1))
    assert reads(alumna) == (0, 0)
    with tenant_context(essex, participant.person), pytest.raises(WrongState):
        show_plan(pair=pair, shown=True, by=participant.actor)


def test_who_may_be_chosen(essex, cohort, participant, other_participant, staff):
    def offered():
        with tenant_context(essex, participant.person):
            return [row.offer.person.name for row in choosable(buddies_for(participant.person, cohort))]

    manager, vetoed = make_alumnus(essex, "Mona Manager"), make_alumnus(essex, "Vera Veto")
    full, away = make_alumnus(essex, "Frida Full"), make_alumnus(essex, "Ada Away")
    make_alumnus(essex, "Nina Nobody", capacity=0)
    fine = make_alumnus(essex, "Fiona Fine")
    assert offered() == ["Ada Away", "Fiona Fine", "Frida Full", "Mona Manager", "Vera Veto"]
    with tenant_context(essex):
        participant.person.line_manager = manager
        participant.person.save(update_fields=["line_manager"])
    with tenant_context(essex, vetoed):
        declare_conflict(person=vetoed, other=participant.person, kind="veto", by=actor_of(vetoed))
    with tenant_context(essex, away):
        membership = away.alumni_memberships.select_related("programme", "person").get()
        change_standing(membership=membership, state="away", by=actor_of(away))
    asked(essex, cohort, other_participant.person, full)
    assert offered() == ["Fiona Fine"]
    for barred, why in ((manager, "Choose from"), (vetoed, "Choose from"), (full, "just been taken")):
        with pytest.raises(Refused, match=why):
            asked(essex, cohort, participant.person, barred)
    with tenant_context(essex, staff.person):
        with pytest.raises(Refused, match="line of management"):
            suggest_buddy(cohort=cohort, person=participant.person, buddy=manager, by=staff.actor)
        with pytest.raises(Refused, match="one is being asked"):
            suggest_buddy(cohort=cohort, person=other_participant.person, buddy=fine, by=staff.actor)
        with pytest.raises(NotAllowed):
            suggest_buddy(cohort=cohort, person=fine, buddy=fine, by=participant.actor)
    # a place asked for and not answered in time is free again
    with tenant_context(essex, other_participant.person):
        BuddyPair.objects.update(until=timezone.now() - timedelta(hours=1))
        BuddyPlace.objects.update(held_until=timezone.now() - timedelta(hours=1))
    assert offered() == ["Fiona Fine", "Frida Full"]
    with pytest.raises(WrongState, match="time to answer"):
        answered(essex, pair_of(essex, full), full)
    asked(essex, cohort, participant.person, fine)
    with pytest.raises(WrongState, match="You have a buddy"):
        asked(essex, cohort, participant.person, full)
    with tenant_context(essex, participant.person), pytest.raises(NotAllowed):
        offer_to_be_buddy(version=0, capacity=1, about="", by=participant.actor)


def pair_of(tenant, person):
    with tenant_context(tenant, person):
        return BuddyPair.objects.get(buddy=person)


def test_whoever_is_asked_is_reminded(essex, cohort, participant, alumna):
    asked(essex, cohort, participant.person, alumna.person)
    monday = timezone.now().replace(hour=11) + timedelta(days=14 - timezone.now().weekday())
    with tenant_context(essex, alumna.person):
        BuddyPair.objects.update(until=monday + timedelta(days=1))
    with tenant_context(essex), travel(monday):
        queue_due_reminders(tenant=essex)
        sent = Message.objects.filter(recipient=alumna.person, body_text__contains="buddies")
        assert sent.count() == 1
        assert SECRET not in sent.get().body_text


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_the_last_place_goes_to_one_of_two(essex, cohort, participant, other_participant):
    buddy = make_alumnus(essex, "Lone Last")
    came, together = [], threading.Barrier(2)

    def ask(somebody):
        try:
            together.wait(10)
            asked(essex, cohort, somebody.person, buddy)
            came.append("asked")
        except Refused as refusal:
            came.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(who,)) for who in (participant, other_participant)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(came) == ["Their last place has just been taken. Choose somebody else.", "asked"]
    with tenant_context(essex, buddy):
        assert BuddyPair.objects.count() == BuddyPlace.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
@pytest.mark.parametrize(("paired", "told"), [(4, False), (5, True)])
def test_the_report_counts_pairs_and_no_few(essex, cohort, paired, told):
    with tenant_context(essex):
        people = [p.person for p in make_many(cohort, 6)]
    buddies = [make_alumnus(essex, "Big Heart", capacity=5)]
    plan = {"need_time": "", "need_sponsor": "", "need_place": "", "review_on": in_days(9), "review_again_on": None}
    for n, person in enumerate(people):
        with tenant_context(essex, person):
            save_return_plan(cohort=cohort, version=0, keep="x", by=actor_of(person), **plan)
        if n < paired:
            answered(essex, asked(essex, cohort, person, buddies[0]), buddies[0])
    with tenant_context(essex):
        found = {f["key"]: f for f in figures(cohort.pk)}
        assert ("return-buddies" in found) is told
        if told:
            check_figure(json.loads(json.dumps(found["return-buddies"])))
            assert found["return-buddies"]["data"] == {"value": 5}


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_a_pair_goes_a_year_after_its_end(essex, cohort, participant, pair):
    over = timezone.now() + timedelta(days=183)
    assert "cohorts.buddies" not in delete_due(tenant=essex, now=over + timedelta(days=365))
    assert delete_due(tenant=essex, now=over + timedelta(days=368))["cohorts.buddies"] == 1
    with tenant_context(essex, participant.person):
        assert not BuddyPair.objects.exists() and not BuddyWords.objects.exists()
        assert BuddyOffer.objects.exists()


def test_pages_ask_the_same_with_many_as_with_one(essex, cohort, participant, staff):
    make_alumnus(essex, "Anna One")
    pages = ((participant.client, at("buddy-ask")), (staff.client, at("return-staff", cohort)))
    few = [page_queries(*page) for page in pages]
    for name in ("Beth Two", "Cleo Three", "Dora Four"):
        make_alumnus(essex, name)
    with tenant_context(essex):
        make_person("Nobody In Particular")
    assert [page_queries(*page) for page in pages] == few
    assert max(few) <= 12
