"""The notebook that what somebody keeps for themselves stands in."""

from __future__ import annotations

from django.utils import timezone

from cohorts.models import Cohort, Notebook
from tenancy.models import Person


def notebook_of(*, owner: Person, cohort: Cohort) -> Notebook:
    """Theirs in this cohort, opened now if it wasn't; it remembers that it was written in."""
    now = timezone.now()
    notebook, opened = Notebook.objects.get_or_create(
        owner=owner, cohort=cohort, defaults={"opened_at": now, "used_at": now}
    )
    if not opened:
        Notebook.objects.filter(pk=notebook.pk).update(used_at=now)
    return notebook
