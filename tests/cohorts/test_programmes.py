"""What frames a programme: its partner organisations and the tenant's ambitions."""

from __future__ import annotations

import pytest

from cohorts.models import ProgrammePartner, StrategicAmbition
from cohorts.services.programmes import add_ambition, add_partner
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Change
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_programme
from tests.factories.tenancy import make_organisation


def test_an_organisation_has_each_part_once(essex, staff, other_staff):
    with tenant_context(essex, staff.person):
        programme, university = make_programme(), make_organisation("University of Essex", "higher education")
        for part in ("designer", "lead"):
            add_partner(programme=programme, organisation=university, part=part, by=staff.actor)
        assert set(ProgrammePartner.objects.values_list("part", flat=True)) == {"designer", "lead"}
        told = Change.objects.filter(subject_id=programme.public_id, name="add partner")
        assert {change.reason for change in told} == {
            "University of Essex: Designer",
            "University of Essex: Lead deliverer",
        }
        with pytest.raises(Refused, match="already has this part"):
            add_partner(programme=programme, organisation=university, part="lead", by=staff.actor)
        with pytest.raises(Refused, match="Choose"):
            add_partner(programme=programme, organisation=university, part="friend", by=staff.actor)
    with tenant_context(essex, other_staff.person), pytest.raises(NotAllowed):
        add_partner(programme=programme, organisation=university, part="delivery", by=other_staff.actor)


def test_staff_of_the_tenant_add_ambitions_in_order(essex, staff, other_staff):
    address = "/essex/projects/ambitions/new/"
    for name in ("Provide an equal start", "  Share   prosperity "):
        assert staff.client.post(address, {"name": name}).status_code == 302
    again = staff.client.post(address, {"name": "share prosperity"})
    assert again.status_code == 422 and "already an ambition" in again.content.decode()
    assert other_staff.client.post(address, {"name": "Another"}).status_code == 403
    with tenant_context(essex):
        kept = list(StrategicAmbition.objects.values_list("name", "position"))
    assert kept == [("Provide an equal start", 1), ("Share prosperity", 2)]
    with tenant_context(essex, other_staff.person), pytest.raises(NotAllowed):
        add_ambition(name="Another", by=other_staff.actor)
