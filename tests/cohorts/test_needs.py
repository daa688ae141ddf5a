"""Food and access: said once, walled, read while somebody arranges it, deleted afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cohorts.models import Cohort, Event, EventNeeds
from cohorts.selectors.needs import needs_at
from cohorts.services.events import send_apologies, take_back_apologies
from cohorts.services.needs import remove_needs, save_needs
from cohorts.services.participation import join_cohort, withdraw_participant
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import Access, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.cohorts.test_events import url_of
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_event, make_sets, sign_in_as, ten_in_the_morning

WORDS = {"allergy": "Sesame: an ambulance", "access": "Lip-reading, so at the front"}
MINE = "/essex/events/what-you-need/"


def say(member, version=0, **changes):
    with tenant_context(member.tenant, member.person):
        fields = {"diet": "vegan", "without": ["nuts", "gluten"], **WORDS, **changes}
        return save_needs(version=version, by=member.actor, **fields)


def seen_by(member) -> list[str]:
    """What SQL shows them, whatever the code asks for."""
    with tenant_context(member.tenant, member.person), connection.cursor() as cursor:
        cursor.execute("SELECT allergy FROM cohorts_eventneeds ORDER BY allergy")
        return [row[0] for row in cursor.fetchall()]


def test_a_participant_says_it_once_changes_it_and_takes_it_back(essex, cohort, participant, other_participant, staff):
    page = participant.client.get(MINE).content.decode()
    assert MINE in participant.client.get("/essex/events/").content.decode() and "Delete what I said" not in page
    empty = participant.client.post(MINE, {"version": "0"})
    assert empty.status_code == 422 and "Choose what you eat" in empty.content.decode()
    assert (
        participant.client.post(MINE, {"version": "0", "diet": "halal", "without": ["fish"], **WORDS}).status_code
        == 302
    )
    shown = participant.client.get(MINE).content.decode()
    assert WORDS["allergy"] in shown and "Delete what I said" in shown and "Nobody yet." in shown
    with tenant_context(essex, participant.person):
        row = EventNeeds.objects.get()
        assert (row.diet, row.without, row.version) == ("halal", ["fish"], 1)
        with pytest.raises(StaleEdit):
            save_needs(version=0, diet="vegan", without=[], allergy="", access="", by=participant.actor)
        with pytest.raises(Refused):
            save_needs(version=1, diet="vegan", without=["air"], allergy="", access="", by=participant.actor)
        assert WORDS["access"] in str(export_person(participant.person))
    for other in (staff, make_member(essex, "Sam Supplier", Role.SUPPLIER)):
        assert other.client.get(MINE).status_code == 403
        with tenant_context(essex, other.person), pytest.raises(NotAllowed):
            save_needs(version=0, diet="any", without=[], allergy="", access="", by=other.actor)
    # theirs stays when somebody else deletes their own
    say(other_participant)
    for _click in range(2):
        assert other_participant.client.post(f"{MINE}delete/").status_code == 302
    assert seen_by(participant) == [WORDS["allergy"]] and seen_by(other_participant) == []
    with tenant_context(essex, participant.person):
        assert (remove_needs(by=participant.actor), remove_needs(by=participant.actor)) == (1, 0)


def test_the_database_shows_it_only_to_those_who_arrange_an_event_and_only_then(
    essex, cohort, other_cohort, participant, other_participant, facilitator, staff, other_staff, stranger
):
    """Every way in which somebody might see it, and what has to hold at the same time."""
    say(participant)
    cohort_staff = sign_in_as(essex, facilitator.person, Role.FACILITATOR, cohort=cohort)
    others = (other_participant, cohort_staff, other_staff, stranger)

    def readers():
        assert [seen_by(member) for member in others] == [[], [], [], []]
        assert seen_by(participant) == [WORDS["allergy"]]
        return bool(seen_by(staff))

    assert not readers()
    with tenant_context(essex):
        event = make_event(cohort, starts_at=ten_in_the_morning(20), owner=facilitator.person)
        make_event(other_cohort, starts_at=ten_in_the_morning(20))
    assert readers()

    def with_(**fields):
        before = {name: getattr(event, name) for name in fields}
        with tenant_context(essex):
            Event.objects.filter(pk=event.pk).update(**fields)
            found = readers()
            Event.objects.filter(pk=event.pk).update(**before)
        return found

    now = timezone.now()
    assert not with_(starts_at=now + timedelta(days=29), ends_at=now + timedelta(days=30))
    assert with_(starts_at=now - timedelta(days=1), ends_at=now + timedelta(hours=1))
    assert not with_(starts_at=now - timedelta(days=1), ends_at=now - timedelta(minutes=1))
    assert not with_(place="", join_url="https://meet.example.org")
    with tenant_context(essex):
        plan = make_sets(cohort, [[other_participant.person], [participant.person]])
        ours = plan.sets.get(memberships__person=participant.person)
        theirs = plan.sets.exclude(pk=ours.pk).get()
    assert with_(learning_set=ours) and not with_(learning_set=theirs)
    with tenant_context(essex, participant.person):
        send_apologies(event=event, by=participant.actor)
    assert not readers()
    with tenant_context(essex, participant.person):
        take_back_apologies(event=event, by=participant.actor)
    assert readers()
    only_here = sign_in_as(essex, other_staff.person, Role.STAFF, cohort=cohort)
    assert seen_by(only_here) == [WORDS["allergy"]]
    with tenant_context(essex, staff.person), connection.cursor() as cursor:
        cursor.execute("UPDATE cohorts_eventneeds SET allergy = ''")
        assert cursor.rowcount == 0
    assert not with_(state="cancelled")
    with tenant_context(essex):
        withdraw_participant(
            participation=cohort.participations.get(person=participant.person), by=SYSTEM, reason="Moved"
        )
    assert seen_by(staff) == []


def test_staff_read_counts_for_the_kitchen_and_names_where_they_are_needed(
    essex, cohort, participant, other_participant, staff, other_staff, stranger
):
    third = sign_in_as(essex, make_member(essex, "Thea Third").person)
    with tenant_context(essex):
        join_cohort(cohort=cohort, person=third.person, organisation=None, by=SYSTEM)
        event = make_event(cohort, starts_at=ten_in_the_morning(7))
        far = make_event(cohort, "Far away", starts_at=ten_in_the_morning(50))
    say(participant)
    say(other_participant, diet="vegetarian", without=["gluten"], allergy="", access="")
    page = url_of("event-needs", event)
    assert page in staff.client.get(url_of("event-detail", event)).content.decode()
    for member, status in ((participant, 403), (other_staff, 403), (stranger, 404)):
        assert member.client.get(page).status_code == status
    with tenant_context(essex, staff.person):
        needs = needs_at(event)
        assert (needs.coming, needs.said, [p.name for p in needs.silent]) == (3, 2, ["Thea Third"])
        assert needs.diets == [("Vegetarian", 1), ("Vegan", 1)]
        assert needs.without == [("Gluten", 2), ("Nuts and peanuts", 1)]
        assert [n.person.name for n in needs.allergies] == [n.person.name for n in needs.access] == ["Pat Participant"]
    shown = staff.client.get(page).content.decode()
    assert "2 of the 3" in shown and f"Pat Participant: {WORDS['allergy']}" in shown and WORDS["access"] in shown
    # a diet alone is nobody's name
    assert "Olu Other" not in shown
    assert "Nothing to read now" in staff.client.get(url_of("event-needs", far)).content.decode()
    with tenant_context(essex):
        read = Access.objects.get(what="Food and access")
        assert (read.subject_id, read.by_person) == (event.public_id, staff.person)
    told = participant.client.get(MINE).content.decode()
    assert "Programme staff" in told and staff.person.name not in told
    with tenant_context(essex, participant.person):
        send_apologies(event=event, by=participant.actor)
    shown = staff.client.get(page).content.decode()
    assert "1 of the 2" in shown and "Pat Participant" not in shown


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_it_goes_a_month_after_the_last_cohort(essex, cohort, other_cohort, participant, other_participant):
    say(participant)
    say(other_participant)
    with tenant_context(essex):
        join_cohort(cohort=other_cohort, person=other_participant.person, organisation=None, by=SYSTEM)
        long_ago = timezone.now() - timedelta(days=100)
        Cohort.objects.filter(pk=cohort.pk).update(ends_on=timezone.localdate() - timedelta(days=29))
    for member in (participant, other_participant):
        with tenant_context(essex, member.person):
            EventNeeds.objects.update(saved_at=long_ago)
    assert "cohorts.needs" not in delete_due(tenant=essex)
    assert delete_due(tenant=essex, now=timezone.now() + timedelta(days=3))["cohorts.needs"] == 1
    assert (seen_by(participant), seen_by(other_participant)) == ([], [WORDS["allergy"]])
