"""Subject access covers all of it: every model that points at a person is named by somebody's Holding."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from tenancy.models import Person
from tenancy.privacy import holdings

# Rows that hold no fact about a person of their own: none at the moment.
EXEMPT: dict[str, str] = {}


def about_people() -> set[str]:
    return {
        model._meta.label
        for model in apps.get_models()
        if any(isinstance(f, models.ForeignKey) and f.related_model is Person for f in model._meta.get_fields())
        # tracked copies of rows are erased and exported with what they are copies of
        and not hasattr(model, "pgh_tracked_model")
    }


def test_every_model_about_people_is_named() -> None:
    named = {label for holding in holdings for label in holding.models}
    wanted = about_people()
    assert len(wanted) > 20  # the walk finds the models at all
    assert wanted - named - set(EXEMPT) == set()


def test_no_holding_names_a_model_that_is_gone() -> None:
    known = {model._meta.label for model in apps.get_models()}
    assert {label for holding in holdings for label in holding.models} - known == set()


def test_every_holding_answers(in_essex, staff) -> None:
    for holding in holdings:
        rows = holding.export(staff.person)
        assert isinstance(rows, list) and all(isinstance(row, dict) for row in rows), holding.label
