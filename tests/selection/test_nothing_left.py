"""Retention from the models' side: of a deleted application nothing is left that leads to it, in any table, unless it's named here."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections, models
from django.utils import timezone

from engine.models import StoredFile
from selection.models import Application
from selection.retention import delete_applications
from tenancy.models import Access, Change, Hold, Role
from tenancy.models.base import TenantModel
from tenancy.retention import event_model
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.factories.anything import make_any
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])

# What may still name it, and why.
KEPT = {
    "tenancy_access": "who read it: deleted a year after it was read, by a period of its own",
    "tenancy_hold": "that it was held once, by whom and why: the record of a decision, without anything it said",
    "tenancy_holdevent": "the audit of the same",
}
NOT_BOTH = {("selection.Suspension", "known")}


def hanging_on(model: type[models.Model]) -> list[type[models.Model]]:
    """Every model that goes with a row of this one by a key, the nearest first."""
    found: list[type[models.Model]] = []
    waiting = [model]
    while waiting:
        relations = waiting.pop(0)._meta.get_fields(include_hidden=True)
        for relation in (r for r in relations if isinstance(r, models.ForeignObjectRel)):
            child = relation.related_model
            if relation.on_delete is models.CASCADE and child not in found and not hasattr(child, "pgh_tracked_model"):
                found.append(child)
                waiting.append(child)
    return found


def count(sql: str, *params: object) -> int:
    """As the owner, past every wall."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.fetchone()[0])


def test_nothing_of_a_deleted_application_is_left_anywhere():
    essex = make_tenant("essex", "Essex Partners")
    person = make_member(essex, "Ann Applicant", Role.APPLICANT).person
    with tenant_context(essex, person):
        application = make_any(Application, person, applicant=person, state="draft")
        other = make_any(Application, person, applicant=make_member(essex, "Bob Other").person, state="draft")
        rows: dict[type[models.Model], TenantModel] = {Application: application}
        children = hanging_on(Application)
        for model in children:
            keys = [f for f in model._meta.local_fields if f.is_relation and f.related_model in rows]
            # one of the two that a suspension may rest on
            given = {f.name: rows[f.related_model] for f in keys if (model._meta.label, f.name) not in NOT_BOTH}
            if any(f.name == "file" and f.related_model is StoredFile for f in model._meta.local_fields):
                given["file"] = make_any(StoredFile, person)
            rows[model] = make_any(model, person, **given)
        labels = {model._meta.label for model in children}
        assert {
            "selection.AdjustmentRequest",
            "selection.AdjustmentNeed",
            "selection.ApplicationFile",
            "selection.AssessorAllocation",
            "selection.AssessorObjection",
            "selection.Deferral",
            "selection.Endorsement",
            "selection.Feedback",
            "selection.KnownConflict",
            "selection.Moderation",
            "selection.Offer",
            "selection.ProjectInterest",
            "selection.Score",
            "selection.Suspension",
        } <= labels
        # histories are written of what is audited, and of nothing else that hangs on it
        assert all(event_model(model) for model in rows if hasattr(model, "machine"))
        for row in (*(r for r in rows.values() if event_model(type(r))), other):
            about = {"subject_kind": row._meta.label, "subject_id": row.public_id}
            Change.objects.create(**about, name="step", by_label="x", by_kind="system", at=timezone.now())
        about = {"subject_kind": application._meta.label, "subject_id": application.public_id}
        Access.objects.create(**about, act="downloaded", what="x", by_label="x", by_role="x", at=timezone.now())
        Hold.objects.create(**about, reason="x", held_at=timezone.now(), lifted_at=timezone.now())
        file_id = rows[apps.get_model("selection", "ApplicationFile")].file_id
    with tenant_context(essex, using="sys"):
        delete_applications([application])
    for model, row in rows.items():
        assert count(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE id = %s', row.pk) == 0, model
        if event := event_model(model):
            assert count(f'SELECT count(*) FROM "{event._meta.db_table}" WHERE id = %s', row.pk) == 0, event
    assert count("SELECT count(*) FROM engine_storedfile WHERE id = %s", file_id) == 0
    # nor is it named by its public id or that of anything that hung on it, in any column of any table
    left = {}
    for model in apps.get_models():
        if not issubclass(model, TenantModel) and not hasattr(model, "pgh_tracked_model"):
            continue
        table = model._meta.db_table
        for row in rows.values():
            if n := count(f"SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%%' || %s || '%%'", row.public_id):
                left[table] = left.get(table, 0) + n
    assert set(left) <= set(KEPT), left
    assert left["tenancy_access"] == 1 and left["tenancy_hold"] == 1
    # somebody else's is as it was
    assert count("SELECT count(*) FROM selection_application WHERE id = %s", other.pk) == 1
    assert count("SELECT count(*) FROM tenancy_change WHERE subject_id = %s", other.public_id) == 1
