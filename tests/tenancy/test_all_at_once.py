"""First migrations: each table once, all from one rendering of the schema."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models
from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tenancy.all_at_once import AllAtOnce

OURS = ("tenancy", "engine", "reminders", "cohorts", "selection", "projects", "mentoring", "outcomes")


def test_first_migrations_make_tables_and_do_nothing_else() -> None:
    found = MigrationLoader(None).disk_migrations
    for label in OURS:
        first = found[(label, "0001_initial")]
        assert isinstance(first, AllAtOnce), label
        assert first.operations and all(isinstance(operation, CreateModel) for operation in first.operations), label
        assert len(first.operations) <= len(list(apps.get_app_config(label).get_models()))


@pytest.mark.django_db(databases=["owner"])
def test_tables_may_point_at_each_other() -> None:
    def key() -> Any:
        return models.BigAutoField(primary_key=True)

    class Circle(AllAtOnce):
        operations = [
            CreateModel("Hen", [("id", key()), ("egg", models.ForeignKey("farm.Egg", models.CASCADE))]),
            CreateModel(
                "Egg",
                [("id", key()), ("hen", models.ForeignKey("farm.Hen", models.CASCADE)), ("n", models.IntegerField())],
                options={"constraints": [models.CheckConstraint(condition=models.Q(n__gt=0), name="egg_n")]},
            ),
        ]

    state = ProjectState()
    before = state.apps  # worked out before, as the executor leaves it
    with connections["owner"].schema_editor() as editor:
        after = Circle("0001_initial", "farm").apply(state, editor)
    assert after.apps is not before and {model.__name__ for model in after.apps.get_models()} == {"Hen", "Egg"}
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, contype, confrelid::regclass::text FROM pg_constraint"
            " WHERE conrelid IN ('farm_hen'::regclass, 'farm_egg'::regclass) AND contype IN ('f', 'c') ORDER BY 1, 2"
        )
        assert cursor.fetchall() == [
            ("farm_egg", "c", "-"),
            ("farm_egg", "f", "farm_hen"),
            ("farm_hen", "f", "farm_egg"),
        ]
