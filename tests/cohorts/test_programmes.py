"""What frames a programme: its partner organisations and the tenant's ambitions."""

from __future__ import annotations

import pytest

from cohorts.models import ProgrammePartner, StrategicAmbition
from cohorts.services.programmes import add_ambition, add_partner, remove_partner
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Change, Role
from tenancy.scope import tenant_context
from tests.factories.cohorts import make_person, make_programme, sign_in_as
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


def test_staff_see_and_change_who_plays_which_part(essex, staff, other_staff, stranger):
    with tenant_context(essex, staff.person):
        programme = make_programme()
        university = make_organisation("University of Essex", "higher education")
        make_organisation("Essex Police", "police and fire")
        # staff of two organisations that have a part in it
        edge, second = (
            sign_in_as(essex, make_person(name, employer, sector), Role.STAFF, programme=programme)
            for name, employer, sector in (
                ("Prue Programmestaff", "University of Essex", "higher education"),
                ("Phil Partner", "Public Health England", "health"),
            )
        )
    base = f"/essex/programmes/{programme.public_id}/"
    assert base in staff.client.get("/essex/cohorts/").content.decode()
    assert base in edge.client.get("/essex/cohorts/").content.decode()
    assert base not in other_staff.client.get("/essex/cohorts/").content.decode()
    assert "No partner organisations yet" in staff.client.get(base).content.decode()
    for who, part in ((edge, "lead"), (second, "designer")):
        saved = who.client.post(f"{base}partners/new/", {"organisation": university.pk, "part": part})
        assert saved.status_code == 302 and saved["Location"] == base
    again = staff.client.post(f"{base}partners/new/", {"organisation": university.pk, "part": "lead"})
    assert again.status_code == 422 and "already has this part" in again.content.decode()
    nothing = staff.client.post(f"{base}partners/new/", {})
    assert nothing.status_code == 422 and "Choose the organisation’s part" in nothing.content.decode()
    page = staff.client.get(base).content.decode()
    assert (
        page.index("Lead deliverer</td>") < page.index("Designer</td>") and page.count("University of Essex</th>") == 2
    )
    with tenant_context(essex):
        lead = ProgrammePartner.objects.get(part="lead")
    remove = f"/essex/partners/{lead.public_id}/remove/"
    for address in (base, f"{base}edit/", f"{base}partners/new/", remove):
        assert other_staff.client.get(address).status_code == 403, address
        assert stranger.client.get(address).status_code == 404, address
    assert "University of Essex stops being: Lead deliverer" in staff.client.get(remove).content.decode()
    assert staff.client.post(remove).status_code == 302
    with tenant_context(essex):
        assert [row.part for row in ProgrammePartner.objects.all()] == ["designer"]
        remove_partner(partner=lead, by=staff.actor)
        told = Change.objects.filter(subject_id=programme.public_id, name="remove partner")
        assert [change.reason for change in told] == ["University of Essex: Lead deliverer"]


def test_a_programme_gets_another_name_unless_somebody_was_first(essex, staff):
    with tenant_context(essex):
        programme, other = make_programme(), make_programme("Coastal leaders")
        slug = programme.slug
    address = f"/essex/programmes/{programme.public_id}/edit/"
    seen = staff.client.get(address).context["form"]["seen"].value()
    taken = staff.client.post(address, {"name": other.name.upper(), "summary": "", "seen": seen})
    assert taken.status_code == 422 and "already a programme of this name" in taken.content.decode()
    new = {"name": "Leading Essex", "summary": "For those who lead across organisations.", "seen": seen}
    assert staff.client.post(address, new).status_code == 302
    stale = staff.client.post(address, {**new, "name": "Leading Greater Essex"})
    assert stale.status_code == 409 and "Leading Essex" in stale.content.decode()
    with tenant_context(essex):
        programme.refresh_from_db()
    assert (programme.name, programme.slug) == ("Leading Essex", slug)
    assert "For those who lead across" in staff.client.get(f"/essex/programmes/{programme.public_id}/").content.decode()


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
