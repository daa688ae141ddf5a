"""Whoever holds a role for a cohort, its programme or the whole tenant is told what concerns the cohort, and judges in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenancy.models import Role, RoleAssignment
from tenancy.selectors import people_with_role
from tenancy.services.people import ensure_person, give_role
from tests.factories.cohorts import make_cohort, make_programme
from tests.factories.selection import SYSTEM

pytestmark = pytest.mark.django_db


def test_of_a_cohort_its_programme_and_everywhere(in_essex):
    cohort, elsewhere = make_cohort(), make_cohort(programme=make_programme("Another programme"))
    assert cohort.programme_id != elsewhere.programme_id
    scopes = {
        "Cohort": {"cohort_id": cohort.pk},
        "Programme": {"programme_id": cohort.programme_id},
        "Tenant": {},
        "Other cohort": {"cohort_id": elsewhere.pk},
        "Other programme": {"programme_id": elsewhere.programme_id},
        "Former": {"programme_id": cohort.programme_id},
    }
    for name, scope in scopes.items():
        person, _new = ensure_person(name=name, email=f"{name.replace(' ', '.').lower()}@roles.example", by=SYSTEM)
        give_role(person=person, role=Role.ASSESSOR, by=SYSTEM, **scope)
    RoleAssignment.objects.filter(person__name="Former").update(valid_to=timezone.now() - timedelta(minutes=1))
    assert {p.name for p in people_with_role(Role.ASSESSOR, cohort_id=cohort.pk)} == {"Cohort", "Programme", "Tenant"}
    assert {p.name for p in people_with_role(Role.ASSESSOR)} == set(scopes) - {"Former"}
    assert not people_with_role(Role.STAFF, cohort_id=cohort.pk)
