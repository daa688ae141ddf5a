"""Statements of one's surveys, for entries to be about: the author's own count of what they put into practice."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from cohorts.attaching import Attachable, Choices, attachables
from cohorts.models import Participation, Reflection
from cohorts.states import ParticipationState
from outcomes.models import Indicator, ReflectionIndicator


def own_statements(person_id: int) -> Choices:
    """Of surveys that were opened in the cohorts the person is or was on."""
    mine = Participation.objects.filter(person_id=person_id).exclude(state=ParticipationState.WITHDRAWN)
    rows = Indicator.objects.filter(survey__cohort__in=mine.values("cohort"), survey__waves__isnull=False)
    return [(row.public_id, row.text) for row in rows.distinct()]


def attach_statement(reflection: Reflection, public_id: str) -> None:
    rows = ReflectionIndicator.objects.filter(reflection=reflection)
    rows.delete()
    if public_id:
        indicator = Indicator.objects.get(public_id=public_id)
        ReflectionIndicator.objects.create(reflection=reflection, author_id=reflection.author_id, indicator=indicator)


def attached_statements(reflections: Collection[Reflection]) -> dict[int, tuple[str, str]]:
    rows = ReflectionIndicator.objects.filter(reflection__in=[r.pk for r in reflections])
    found = rows.values_list("reflection_id", "indicator__public_id", "indicator__text")
    return {pk: (key, words) for pk, key, words in found}


attachables.register(
    "statement",
    Attachable(_("Statement of your survey"), own_statements, attach_statement, attached_statements),
)
