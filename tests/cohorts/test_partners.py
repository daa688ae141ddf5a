"""Linked programmes: places at each other's events, nobody asked twice; and groups of alumni and a cohort."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import (
    AlumniGroup,
    AlumniGroupMember,
    AlumniMembership,
    Cohort,
    EventGuest,
    EventOpening,
    LinkedProgramme,
    Participation,
    PartnerOffer,
    PartnerOfferTaken,
    PartnerPlaces,
)
from cohorts.services.alumni import change_standing
from cohorts.services.alumni_events import open_event, plan_alumni_event
from cohorts.services.alumni_groups import close_group, join_group
from cohorts.services.guests import invite_guest
from cohorts.services.participation import graduate_participant
from cohorts.services.partners import end_link, name_guest, offer_places, take_offer
from reminders.calendars import calendar_sources, read_entries
from reminders.models import Message
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.links import mint_link
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.factories.cohorts import (
    SYSTEM,
    make_cohort,
    make_event,
    make_participant,
    sign_in_as,
    ten_in_the_morning,
)
from tests.queries import page_queries

SYS = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
ASPIRE = {
    "name": "ASPIRE",
    "organisation": "Community Voices Essex",
    "contact_name": "Carla Contact",
    "contact_email": "Carla@Voices.example",
}
DAY = {"day-day": "14", "day-month": "5", "day-year": "2099", "starts": "12:30pm", "ends": "1:30pm"}


def at(name, row=None, **more):
    public = {"public_id": row.public_id} if row is not None else {}
    return reverse(f"cohorts:{name}", kwargs={"tenant": "essex", **public, **more})


def graduate(cohort, name):
    place = make_participant(cohort, name)
    place = Participation.objects.select_related("person", "cohort__programme").get(pk=place.pk)
    graduate_participant(participation=place, by=SYSTEM)
    return place.person


@pytest.fixture
def alumna(essex, cohort, other_cohort):
    """Of a cohort that has finished; the other one goes on."""
    with tenant_context(essex):
        person = graduate(cohort, "Ann Alumna")
        Cohort.objects.filter(pk=cohort.pk).update(stage="finished")
    return sign_in_as(essex, person)


def test_places_are_offered_named_and_nobody_is_asked_twice(
    essex, cohort, other_cohort, alumna, staff, other_staff, stranger
):
    listed = at("linked-list", cohort.programme)
    assert listed in staff.client.get(at("programme-detail", cohort.programme)).content.decode()
    assert "No linked programmes yet" in staff.client.get(listed).content.decode()
    for who, status in ((other_staff, 403), (alumna, 403), (stranger, 404)):
        assert who.client.get(listed).status_code == status
    assert "Enter its name" in staff.client.post(listed, {}).content.decode()
    for _click in range(2):
        assert staff.client.post(listed, ASPIRE).status_code == 302
    again = staff.client.post(listed, {**ASPIRE, "contact_email": "other@voices.example"})
    assert again.status_code == 422 and "already a link" in again.content.decode()
    with tenant_context(essex):
        linked = LinkedProgramme.objects.select_related("contact").get()
        own = make_participant(other_cohort, "Ola Own").person
        event = make_event(other_cohort, "Masterclass", starts_at=ten_in_the_morning(20), capacity=5)
        open_event(event=event, of_cohort=None, by=SYSTEM)
    page = at("linked-detail", linked)
    for who, status in ((other_staff, 403), (alumna, 403), (stranger, 404)):
        assert who.client.get(page).status_code == status
    day = timezone.localdate() + timedelta(days=10)
    until = {"name_by-day": day.day, "name_by-month": day.month, "name_by-year": day.year}
    form = {"event": event.public_id, "number": "2", **until}
    many = staff.client.post(page, {**form, "number": "5"})
    assert many.status_code == 422 and "Only 4 places are free" in many.content.decode()
    assert staff.client.post(page, form).status_code == 302
    with tenant_context(essex):
        places = PartnerPlaces.objects.select_related("linked", "event__cohort__programme").get()
        (mail,) = Message.objects.filter(kind="cohorts.partner_places")
        assert (mail.recipient, mail.link_purpose, mail.asks) == (linked.contact, "linked-programme", True)
        token = mint_link(person=linked.contact, purpose="linked-programme", about=linked.public_id)
        with pytest.raises(NotAllowed):
            offer_places(linked=linked, event=event, number=1, name_by=timezone.now(), by=other_staff.actor)
    home, carla = at("linked-link", token=token), Client()
    naming = at("linked-places", places, token=token)
    shown = carla.get(home).content.decode()
    assert "Carla Contact" in shown and naming in shown and "2 of 2 places left" in shown
    # alone, by that link: an account or another link opens nothing
    assert carla.get(at("linked-link", token="x" * 40)).status_code == 404
    guest = {"name": "Gus Guest", "email": "gus@voices.example", "employer": "Voices"}
    assert "Enter their full name" in carla.post(naming, {}).content.decode()
    for _click in range(2):
        assert carla.post(naming, guest).status_code == 302
    with tenant_context(essex):
        row = EventGuest.objects.select_related("person").get()
        assert (row.person.name, row.state, row.through_id, row.employer) == ("Gus Guest", "asked", places.pk, "Voices")
        assert Message.objects.filter(kind="cohorts.guest_asked", recipient=row.person).count() == 1
        # staff asked somebody themselves: neither side asks again
        invite_guest(event=event, name="Sam Both", email="sam@both.example", by=staff.actor)
        assert invite_guest(event=event, name="Gus", email="gus@voices.example", by=staff.actor) == row
    for email in ("SAM@both.example", own.email, alumna.person.email):
        twice = carla.post(naming, {"name": "Somebody Named", "email": email})
        assert twice.status_code == 422 and "asked to this event already" in twice.content.decode()
    with tenant_context(essex):
        assert Message.objects.filter(kind="cohorts.guest_asked").count() == 2
    assert carla.post(naming, {"name": "Hal Second", "email": "hal@voices.example"}).status_code == 302
    full = carla.post(naming, {"name": "Ida Third", "email": "ida@voices.example"})
    assert full.status_code == 422 and "All your places are taken" in full.content.decode()
    named = staff.client.get(page).content.decode()
    assert "Gus Guest" in named and "0 of 2 places left" in named and "Sam Both" not in named
    before = page_queries(staff.client, page)
    # too late, by somebody else, and after the end
    with tenant_context(essex):
        with pytest.raises(NotAllowed):
            name_guest(
                places=places, name="X", email="x@x.example", employer="", by=Actor.for_link(row.person, "guest")
            )
        PartnerPlaces.objects.update(name_by=timezone.now() - timedelta(minutes=1))
    late = carla.post(naming, {"name": "Ida Third", "email": "ida@voices.example"})
    assert late.status_code == 422 and "time to name people is over" in late.content.decode()
    assert page_queries(staff.client, page) == before
    assert staff.client.post(at("linked-end", linked), {}).status_code == 302
    assert carla.get(home).status_code == 404 and carla.get(naming).status_code == 404
    with tenant_context(essex):
        end_link(linked=linked, by=staff.actor)  # twice it is once
        with pytest.raises(WrongState):
            offer_places(linked=linked, event=event, number=1, name_by=timezone.now(), by=staff.actor)
        assert EventGuest.objects.get(pk=row.pk).state == "asked"
        assert "ASPIRE" in str(export_person(linked.contact))


@SYS
def test_their_places_are_taken_by_ours_and_the_last_goes_to_one(essex):
    with tenant_context(essex):
        cohort = make_cohort()
        people = [graduate(cohort, "Ann Alumna"), make_participant(cohort, "Pat Participant").person]

        contact = make_participant(cohort, "Carla Contact").person
        linked = LinkedProgramme.objects.create(
            programme=cohort.programme, name="ASPIRE", organisation="Voices", contact=contact, added_at=timezone.now()
        )
        token = mint_link(person=contact, purpose="linked-programme", about=linked.public_id)

    ann, pat = (sign_in_as(essex, person) for person in people)
    home = at("linked-link", token=token)
    carla = Client()
    form = {**DAY, "title": "Reading accounts", "place": "The Hub", "number": "1", "about": "Bring a question."}
    assert "give a join link" in carla.post(home, {**form, "place": ""}).content.decode()
    for _click in range(2):
        assert carla.post(home, form).status_code == 302
    with tenant_context(essex):
        offer = PartnerOffer.objects.select_related("linked").get()
    page = at("partner-offer", offer)
    assert page in ann.client.get(at("alumni-home")).content.decode()
    assert page in pat.client.get("/essex/").content.decode()
    for _click in range(2):
        assert ann.client.post(page, {}).status_code == 302
    last = pat.client.post(page, {})
    assert last.status_code == 422 and "All places are taken" in last.content.decode()
    assert "Ann Alumna" in carla.get(home).content.decode()
    with tenant_context(essex):
        (entry,) = read_entries([calendar_sources["cohorts.partners"](ann.person)])
        assert (entry.title, entry.place) == ("Reading accounts", "The Hub")
    assert ann.client.post(page, {"give_back": "yes"}).status_code == 302
    assert pat.client.post(page, {}).status_code == 302
    with tenant_context(essex):
        assert [t.person_id for t in PartnerOfferTaken.objects.all()] == [pat.person.pk]
        membership = AlumniMembership.objects.get(person=ann.person)
        change_standing(membership=membership, state="left", by=ann.actor)
        with pytest.raises(NotAllowed):
            take_offer(offer=offer, by=ann.actor)
        PartnerOffer.objects.update(
            starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1)
        )
        offer.refresh_from_db()
        with pytest.raises(WrongState):
            take_offer(offer=offer, by=pat.actor)
    assert "cohorts.partners" not in delete_due(tenant=essex, now=timezone.now() + timedelta(days=363))
    assert delete_due(tenant=essex, now=timezone.now() + timedelta(days=366))["cohorts.partners"] == 1


def test_a_group_of_alumni_and_a_cohort(essex, cohort, other_cohort, alumna, staff, other_staff, stranger):
    with tenant_context(essex):
        olu = sign_in_as(essex, make_participant(other_cohort, "Olu Other").person)
        third = sign_in_as(essex, make_participant(make_cohort("Cohort 12"), "Thea Third").person)
    listed = at("group-list", other_cohort)
    assert listed in staff.client.get(at("cohort-detail", other_cohort)).content.decode()
    for who, status in ((olu, 403), (alumna, 403), (stranger, 404)):
        assert who.client.get(listed).status_code == status
    form = {"name": "Data sharing", "purpose": "What we may share, and with whom."}
    assert "Say what it’s for" in other_staff.client.post(listed, {**form, "purpose": ""}).content.decode()
    for _click in range(2):
        assert other_staff.client.post(listed, form).status_code == 302
    assert other_staff.client.post(listed, {**form, "purpose": "Another"}).status_code == 422
    with tenant_context(essex):
        group = AlumniGroup.objects.select_related("cohort__programme").get()
    page, join = at("group-detail", group), at("group-join", group)
    assert page in alumna.client.get(at("alumni-home")).content.decode()
    assert page in olu.client.get("/essex/").content.decode()
    assert third.client.get(page).status_code == 403 and stranger.client.get(page).status_code == 404
    for _click in range(2):
        assert alumna.client.post(join, {"joins": "yes"}).status_code == 302
    # who hasn't joined doesn't see who has
    assert "Ann Alumna" not in olu.client.get(page).content.decode()
    olu.client.post(join, {"joins": "yes"})
    seen = olu.client.get(page).content.decode()
    assert "Ann Alumna" in seen and "Olu Other" in seen and "Alumni" in seen
    assert "Ann Alumna" in other_staff.client.get(page).content.decode()
    with tenant_context(essex):
        assert AlumniGroupMember.objects.count() == 2
        outsider = sign_in_as(essex, graduate(cohort, "Zoe Outside"))
        # an event for the group alone: of both, and of nobody else
        opening = plan_alumni_event(
            programme=cohort.programme,
            title="Group hour",
            starts_at=ten_in_the_morning(9),
            ends_at=ten_in_the_morning(9) + timedelta(hours=1),
            join_url="https://meet.example.org/g",
            group=group,
            by=staff.actor,
        )
        told = Message.objects.filter(kind="cohorts.alumni_event").select_related("recipient")
        assert sorted(m.recipient.name for m in told) == ["Ann Alumna", "Olu Other"]
    booking = at("alumni-event", opening.event)
    assert booking in olu.client.get(page).content.decode()
    assert olu.client.post(booking, {}).status_code == 302 and outsider.client.get(booking).status_code == 403
    olu.client.post(join, {"joins": "no"})
    with tenant_context(essex):
        assert [m.person_id for m in AlumniGroupMember.objects.all()] == [alumna.person.pk]
        assert "Data sharing" in str(export_person(alumna.person))
        with pytest.raises(NotAllowed):
            join_group(group=group, joins=True, by=third.actor)
        with pytest.raises(NotAllowed):
            close_group(group=group, by=olu.actor)
    assert other_staff.client.post(at("group-close", group), {}).status_code == 302
    assert alumna.client.get(page).status_code == 403 and "closed" in other_staff.client.get(listed).content.decode()
    with tenant_context(essex), pytest.raises(Refused, match="open group"):
        group.refresh_from_db()
        plan_alumni_event(
            programme=cohort.programme,
            title="Group hour 2",
            starts_at=ten_in_the_morning(9),
            ends_at=ten_in_the_morning(10),
            place="Y",
            group=group,
            by=staff.actor,
        )
    with tenant_context(essex):
        assert EventOpening.objects.count() == 1
