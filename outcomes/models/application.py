"""What somebody's own entry puts into practice: the tie of a reflection to a statement of their survey."""

from __future__ import annotations

from django.db import models

from cohorts.models import Reflection
from outcomes.models.survey import Indicator
from tenancy.models import Person, TenantModel, Wall


class ReflectionIndicator(TenantModel):
    """An entry is about one statement. Read by whoever may read the entry."""

    reflection = models.OneToOneField(Reflection, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+")

    wall = Wall(
        readable="author_id = {me} OR EXISTS (SELECT 1 FROM cohorts_reflection entry WHERE entry.id = {t}.reflection_id)",
        writable="author_id = {me}",
        extra=(
            "ALTER TABLE outcomes_reflectionindicator DROP CONSTRAINT IF EXISTS reflectionindicator_of_author",
            "ALTER TABLE outcomes_reflectionindicator ADD CONSTRAINT reflectionindicator_of_author"
            " FOREIGN KEY (tenant_id, reflection_id, author_id)"
            " REFERENCES cohorts_reflection (tenant_id, id, author_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
    )
