"""When and where people can meet, and how much a facilitator takes: rules of the composer, said where they can't be kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import FacilitatorCapacity, HalfDay, SetPlan, SetTerms, TermsAsk, TermsSaid
from cohorts.selectors.mixing import how_mixed, suggested_moves
from cohorts.selectors.set_terms import shown_capacities
from cohorts.selectors.sets import set_board
from cohorts.services.set_terms import ask_for_set_terms, save_capacities, save_set_terms
from cohorts.services.sets import compose_sets, name_set
from cohorts.services.venues import add_venue
from engine import jobs
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.seen import digest_of
from tenancy.services.people import give_role
from tenancy.services.retention import delete_due
from tests.factories.cohorts import SYSTEM, actor_for, make_many, make_person, make_sets, sign_in_as

BUT_FRIDAY = [value for value in HalfDay.values if value != "fri-pm"]
MONDAY = ["mon-am", "mon-pm"]


def says(essex, person, never=(), needs=()):
    give_role(person=person, role=Role.PARTICIPANT, by=SYSTEM)
    with tenant_context(essex, person):
        row = SetTerms.objects.filter(person=person).first()
        return save_set_terms(
            version=row.version if row else 0, never=list(never), needs=list(needs), by=actor_for(person)
        )


def capacities(cohort, takes, by):
    seen = digest_of(shown_capacities(takes, dict(FacilitatorCapacity.objects.values_list("person_id", "sets"))))
    save_capacities(cohort=cohort, takes=takes, seen=seen, by=by)


def compose(essex, cohort, staff, **fields):
    with tenant_context(essex, staff.person):
        job = compose_sets(cohort=cohort, by=staff.actor, **fields)
    jobs.run(essex.pk, job.pk)
    with tenant_context(essex):
        job.refresh_from_db()
        assert job.state == "done", job.error
        return SetPlan.objects.get(state="proposed")


def board(essex, staff, plan):
    with tenant_context(essex, staff.person):
        return set_board(plan)[0]


@pytest.fixture
def people(essex, cohort):
    with tenant_context(essex):
        return [place.person for place in make_many(cohort, 12)]


@pytest.fixture
def leaders(essex, cohort):
    with tenant_context(essex):
        pair = [make_person("Lena Leads", "Set Work Ltd"), make_person("Lou Leads", "Sets and Sons")]
        for person in pair:
            give_role(person=person, role=Role.FACILITATOR, cohort_id=cohort.pk, by=SYSTEM)
        return pair


def test_everybody_can_at_the_time_of_their_set(essex, cohort, staff, people):
    with tenant_context(essex):
        for person in people[:5]:
            says(essex, person, never=BUT_FRIDAY)
        for person in people[5:10]:
            says(essex, person, never=["fri-am", "fri-pm"])
    plan = compose(essex, cohort, staff)
    cards = board(essex, staff, plan)
    assert len(cards) == 2 and {card.row.half_day == "fri-pm" for card in cards} == {True, False}
    friday = next(card for card in cards if card.row.half_day == "fri-pm")
    assert {p.pk for p in people[:5]} <= {p.pk for p in friday.people}
    assert [card.broken for card in cards] == [[], []]
    with tenant_context(essex, staff.person):
        why = how_mixed(plan, cards).why[friday.row.pk]
    assert "Friday afternoon: 5 of the 5 who said when can" in why
    page = staff.client.get(reverse("cohorts:set-plan", kwargs={"tenant": "essex", "public_id": plan.public_id}))
    assert "Friday afternoon" in page.content.decode() and "said when and where" in page.content.decode()
    # composed again the times stay, or are chosen anew
    with tenant_context(essex):
        says(essex, people[0], never=MONDAY)
        friday.row.half_day = "mon-am"
        friday.row.save()
    again = compose(essex, cohort, staff)
    assert "mon-am" in [card.row.half_day for card in board(essex, staff, again)]
    anew = compose(essex, cohort, staff, anew=True)
    assert "mon-am" not in [card.row.half_day for card in board(essex, staff, anew)]
    assert not [text for card in board(essex, staff, anew) for text in card.broken]


def test_what_a_place_lacks_and_a_time_that_suits_nobody_are_said_and_mended(essex, cohort, staff, people):
    with tenant_context(essex):
        plan = make_sets(cohort, [people[:6], people[6:]], publish=False)
        hall = add_venue(name="Anglia Hall", address="Duke Street", step_free="no", by=SYSTEM)
        farm = add_venue(name="The Farm", address="Mill Lane", step_free="yes", by=SYSTEM)
        says(essex, people[0], needs=["step_free"])
        says(essex, people[7], never=["tue-am"])
        first, second = plan.sets.all()
    url = reverse("cohorts:set-name", kwargs={"tenant": "essex", "public_id": first.public_id})
    form = {"name": "Set 1", "facilitator": "", "half_day": "", "venue": hall.pk, "version": plan.version}
    assert staff.client.post(url, form).status_code == 302
    with tenant_context(essex):
        plan.refresh_from_db()
        name_set(
            plan=plan,
            version=plan.version,
            learning_set=second,
            name="Set 2",
            facilitator=None,
            meets=("tue-am", farm),
            by=staff.actor,
        )
        plan.refresh_from_db()
    cards = board(essex, staff, plan)
    assert cards[0].broken == ["Anglia Hall isn’t known to have what Person 00 needs: step-free throughout."]
    assert cards[1].broken == ["Person 07 can’t on a Tuesday morning."]
    page = staff.client.get(reverse("cohorts:set-plan", kwargs={"tenant": "essex", "public_id": plan.public_id}))
    assert "2 rules aren’t kept" in page.content.decode() and "Anglia Hall isn’t known" in page.content.decode()
    with tenant_context(essex, staff.person):
        why = how_mixed(plan, cards).why[cards[0].row.pk]
        assert "Anglia Hall: has what 0 of 1 need there" in why
        moves = suggested_moves(plan, cards, [])
    assert {(move.person.pk, move.target.position) for move in moves} == {(people[0].pk, 2), (people[7].pk, 1)}
    assert {move.because for move in moves} == {cards[0].broken[0], cards[1].broken[0]}
    # what staff settled holds when the sets are composed again
    again = compose(essex, cohort, staff, sets=2)
    cards = board(essex, staff, again)
    assert [card.row.venue for card in cards] == [hall, farm] and cards[1].row.half_day == "tue-am"
    assert not [text for card in cards for text in card.broken]


def test_facilitators_take_what_they_said(essex, cohort, staff, people, leaders):
    lena, lou = leaders
    url = reverse("cohorts:set-capacity", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    page = staff.client.get(url).content.decode()
    assert "Lena Leads takes how many sets?" in page
    with tenant_context(essex):
        seen = digest_of(shown_capacities(leaders, {}))
    form = {lena.public_id: "1", lou.public_id: "1", "seen": seen}
    assert staff.client.post(url, form).status_code == 302
    # whoever has an older page sees both
    assert staff.client.post(url, {**form, lena.public_id: "3"}).status_code == 409
    plan = compose(essex, cohort, staff)
    cards = board(essex, staff, plan)
    assert {card.row.facilitator_id for card in cards} == {lena.pk, lou.pk}
    with tenant_context(essex, staff.person):
        assert "Lena Leads facilitates 1 of the 1 sets they take" in [
            text for why in how_mixed(plan, cards).why.values() for text in why
        ]
    # beyond it: said, and put right when composed again
    with tenant_context(essex):
        plan.sets.update(facilitator=lena)
    cards = board(essex, staff, plan)
    assert [card.broken for card in cards] == [
        [],
        ["Lena Leads (facilitator) takes 1 sets here; this is number 2."],
    ]
    again = board(essex, staff, compose(essex, cohort, staff))
    assert {card.row.facilitator_id for card in again} == {lena.pk, lou.pk}
    # taking none, and too few in all
    with tenant_context(essex):
        capacities(cohort, {lena: 1, lou: 0}, staff.actor)
    plan = compose(essex, cohort, staff)
    assert [card.row.facilitator_id for card in board(essex, staff, plan)].count(None) == 1
    page = staff.client.get(reverse("cohorts:set-plan", kwargs={"tenant": "essex", "public_id": plan.public_id}))
    assert "Facilitators take 1 sets of this cohort in all, and there are 2." in page.content.decode()
    with tenant_context(essex):
        capacities(cohort, {lena: None, lou: None}, staff.actor)
        assert not FacilitatorCapacity.objects.exists()


def test_a_facilitator_who_cant_then_is_said_and_not_chosen(essex, cohort, staff, people, leaders):
    lena, lou = leaders
    with tenant_context(essex):
        capacities(cohort, {lena: 2, lou: 2}, staff.actor)
        for person in people:
            says(essex, person, never=BUT_FRIDAY)
        with tenant_context(essex, lena):
            save_set_terms(version=0, never=["fri-pm"], needs=[], by=actor_for(lena))
    plan = compose(essex, cohort, staff)
    cards = board(essex, staff, plan)
    assert [(card.row.half_day, card.row.facilitator_id) for card in cards] == [("fri-pm", lou.pk)] * 2
    with tenant_context(essex):
        plan.sets.filter(position=1).update(facilitator=lena)
    assert board(essex, staff, plan)[0].broken == ["Lena Leads can’t on a Friday afternoon."]


def test_who_reads_it_and_for_how_long(essex, cohort, staff, people, leaders, other_staff):
    lena, _lou = leaders
    member = sign_in_as(essex, people[0], Role.PARTICIPANT, cohort=cohort)
    url = reverse("cohorts:set-terms", kwargs={"tenant": "essex"})
    assert staff.client.get(url).status_code == 403
    assert member.client.post(url, {"never": BUT_FRIDAY, "needs": ["quiet_room"], "version": "0"}).status_code == 302
    page = member.client.get(url).content.decode()
    assert 'value="quiet_room"' in page and page.count("checked") == 10
    wrong = member.client.post(url, {"never": HalfDay.values, "version": "1"})
    assert wrong.status_code == 422 and "Leave at least one half-day" in wrong.content.decode()
    for reader, n in ((people[0], 1), (staff.person, 1), (people[1], 0), (lena, 0), (other_staff.person, 0)):
        with tenant_context(essex, reader):
            assert SetTerms.objects.count() == n, reader
    listed = reverse("cohorts:set-list", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    assert "1 of 12 have said when" in staff.client.get(listed).content.decode()
    with tenant_context(essex, people[0]):
        assert "quiet_room" in str(export_person(people[0]))
        with pytest.raises(StaleEdit):
            save_set_terms(version=7, never=["mon-am"], needs=[], by=actor_for(people[0]))
        with pytest.raises(Refused):
            save_set_terms(version=1, never=["sunday"], needs=[], by=actor_for(people[0]))
    with tenant_context(essex), pytest.raises(NotAllowed):
        save_set_terms(version=0, never=[], needs=[], by=staff.actor)
    with tenant_context(essex), pytest.raises(NotAllowed):
        capacities(cohort, {lena: 1}, other_staff.actor)
    with tenant_context(essex), pytest.raises(Refused, match="isn’t a facilitator"):
        capacities(cohort, {people[3]: 1}, staff.actor)


def test_staff_ask_who_hasnt_said_and_whoever_says_owes_nothing(essex, cohort, staff, people, leaders, other_staff):
    lena, lou = leaders
    with tenant_context(essex):
        says(essex, people[0], never=MONDAY)
        capacities(cohort, {lena: 2, lou: 0}, staff.actor)
    url = reverse("cohorts:terms-ask", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    page = staff.client.get(url).content.decode()
    assert "1 person who takes part has said it" in page and "12 people haven’t said" in page
    assert "Lena Leads, Set Work Ltd" in page and "Lou Leads" not in page and "Person 00" not in page
    listed = reverse("cohorts:set-list", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    assert url in staff.client.get(listed).content.decode()

    day = timezone.localdate() + timedelta(days=10)
    form = {"until-day": day.day, "until-month": day.month, "until-year": day.year}
    late = day + timedelta(days=60)
    wrong = staff.client.post(url, {"until-day": late.day, "until-month": late.month, "until-year": late.year})
    assert wrong.status_code == 422 and "within the next two months" in wrong.content.decode()
    assert staff.client.post(url, form).status_code == 302
    page = staff.client.get(url).content.decode()
    assert "The others are asked until" in page and "Ask those who haven" not in page
    with tenant_context(essex):
        asked = Message.objects.filter(kind="cohorts.terms_asked")
        assert {m.recipient_id for m in asked.all()} == {lena.pk, *(p.pk for p in people[1:])}
        # twice is once
        assert staff.client.post(url, form).status_code == 302 and asked.count() == 12
        owed = {m.recipient_id: m.owed for m in asked.all()}
        row = TermsAsk.objects.get()
        assert owed[lena.pk] == [["cohorts.set_terms_lead", row.public_id]]
        assert owed[people[1].pk] == [["cohorts.set_terms", row.public_id]]
    # what is owed is right for the person, for staff and for the worker
    member = sign_in_as(essex, people[1], Role.PARTICIPANT, cohort=cohort)
    home = reverse("portal:home", kwargs={"tenant": "essex"})
    assert "Say when you can meet your set" in member.client.get(home).content.decode()
    for reader in (None, staff.person):
        with tenant_context(essex, reader):
            assert len(read_obligations(kind="cohorts.set_terms")) == 11
            assert [row.person_id for row in read_obligations(kind="cohorts.set_terms_lead")] == [lena.pk]
    mine = reverse("cohorts:set-terms", kwargs={"tenant": "essex"})
    assert member.client.post(mine, {"version": "0"}).status_code == 302
    assert "Say when you can meet your set" not in member.client.get(home).content.decode()
    with tenant_context(essex, staff.person):
        assert len(read_obligations(kind="cohorts.set_terms")) == 10

    # the day past, whoever is still silent is asked again and nobody else
    with tenant_context(essex):
        TermsAsk.objects.update(until=timezone.now() - timedelta(minutes=1))
        assert not read_obligations(kind="cohorts.set_terms")
        ask_for_set_terms(cohort=cohort, until=timezone.now() + timedelta(days=5), by=staff.actor)
        assert asked.count() == 23 and not asked.filter(recipient=people[0]).exists()
        assert asked.filter(recipient=people[1]).count() == 1 and asked.filter(recipient=people[2]).count() == 2
    with tenant_context(essex), pytest.raises(NotAllowed):
        ask_for_set_terms(cohort=cohort, until=timezone.now() + timedelta(days=5), by=other_staff.actor)


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_it_goes_after_the_cohort(essex, cohort, people):
    with tenant_context(essex):
        says(essex, people[0], never=MONDAY)
        last = timezone.make_aware(timezone.datetime.combine(cohort.ends_on, timezone.datetime.max.time()))
    assert "cohorts.set_terms" not in delete_due(tenant=essex, now=last + timedelta(days=29))
    assert delete_due(tenant=essex, now=last + timedelta(days=31))["cohorts.set_terms"] == 1
    with tenant_context(essex):
        assert not TermsSaid.objects.exists()
