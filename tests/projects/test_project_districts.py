"""Where a project works."""

from __future__ import annotations

import pytest

from engine.reports import check_figure, report_sections
from projects.models import ProjectDistrict
from projects.services.proposals import choose_districts
from tenancy.errors import NotAllowed, WrongState
from tenancy.scope import tenant_context
from tenancy.services.districts import save_district
from tests.factories.cohorts import SYSTEM
from tests.factories.projects import make_approved, make_proposal


def test_the_lead_says_where_and_staff_at_any_time(cast, staff):
    with tenant_context(cast.tenant):
        north, south = (save_district(district=None, name=name, by=SYSTEM) for name in ("Northvale", "Southmere"))
        draft = make_proposal(cast.lead.person, cast.sponsor.person, cast.member.person)
    page, own = f"/essex/projects/{draft.public_id}/districts/", f"/essex/projects/{draft.public_id}/"
    assert page in cast.lead.client.get(own).content.decode()
    assert page not in cast.member.client.get(own).content.decode()
    assert cast.member.client.get(page).status_code == 403
    assert cast.lead.client.post(page, {"districts": [north.public_id, south.public_id]}).status_code == 302
    assert cast.lead.client.post(page, {"districts": [south.public_id]}).status_code == 302
    with tenant_context(cast.tenant):
        assert [row.district for row in ProjectDistrict.objects.select_related("district")] == [south]
        with pytest.raises(NotAllowed):
            choose_districts(project=draft, districts=[north], by=cast.member.actor)


def test_once_it_is_approved_it_is_for_staff_and_the_report_counts(cast, staff):
    with tenant_context(cast.tenant):
        north = save_district(district=None, name="Northvale", by=SYSTEM)
        project = make_approved(cast.lead.person, cast.sponsor.person, cast.member.person)
        with pytest.raises(WrongState):
            choose_districts(project=project, districts=[north], by=cast.lead.actor)
    page, own = f"/essex/projects/{project.public_id}/districts/", f"/essex/projects/{project.public_id}/"
    assert cast.lead.client.get(page).status_code == 302
    assert page in staff.client.get(own).content.decode()
    assert staff.client.post(page, {"districts": [north.public_id]}).status_code == 302
    assert "Where it works" in cast.sponsor.client.get(own).content.decode()
    assert "Northvale" in cast.sponsor.client.get(own).content.decode()
    with tenant_context(cast.tenant):
        figures = {f["key"]: f for f in report_sections["projects"].figures(project.cohort_id)}
        check_figure(figures["projects-by-district"])
        assert figures["projects-by-district"]["data"]["rows"] == [["Northvale", 1]]
