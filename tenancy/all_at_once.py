"""First migrations that make many tables without working out the whole schema again after each."""

from __future__ import annotations

from typing import Any

from django.db.migrations import Migration
from django.db.migrations.state import ProjectState


class AllAtOnce(Migration):
    """A migration of nothing but CreateModel, each model as it is in the end, so that the order doesn't matter.

    Django renders every related model anew after each operation, and here every model is related to the tenant: 200 tables cost 50,000
    renderings, nearly all the time of a first start. This renders the schema once and then makes the tables from it. A foreign key to a
    table that comes later is no trouble, since Postgres gets all of them at the end."""

    def apply(self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False) -> ProjectState:
        before = project_state.clone()
        if "apps" in project_state.__dict__:
            del project_state.apps
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state
