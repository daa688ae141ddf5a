from __future__ import annotations

from django.db import models
from django.db.models import Q

from outcomes.models.survey import Indicator, SurveyWave
from tenancy.models import Person, TenantModel, Wall

LOWEST, HIGHEST = 1, 5


class SurveyResponse(TenantModel):
    """One person's answers to one wave. Readable by that person alone; portal_sys reads the ratings to compute figures of many
    people (outcomes.services.aggregates), and nobody reads the note."""

    wave = models.ForeignKey(SurveyWave, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    note = models.TextField(blank=True)
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(readable="person_id = {me}", writable="person_id = {me}", sys=("SELECT",))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "wave", "person"], name="response_once"),
            # What an answer's composite key points at, so that nobody can add an answer to somebody else's response.
            models.UniqueConstraint(fields=["tenant", "id", "person"], name="response_of_person"),
        ]


class ResponseAnswer(TenantModel):
    """One rating. `person` repeats the response's, for the policy of this table."""

    response = models.ForeignKey(SurveyResponse, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="+")
    value = models.PositiveSmallIntegerField()

    wall = Wall(
        readable="person_id = {me}",
        writable="person_id = {me}",
        sys=("SELECT",),
        extra=(
            "ALTER TABLE outcomes_responseanswer DROP CONSTRAINT IF EXISTS responseanswer_of_person",
            "ALTER TABLE outcomes_responseanswer ADD CONSTRAINT responseanswer_of_person"
            " FOREIGN KEY (tenant_id, response_id, person_id)"
            " REFERENCES outcomes_surveyresponse (tenant_id, id, person_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "response", "indicator"], name="answer_per_indicator_once"),
            models.CheckConstraint(condition=Q(value__gte=LOWEST, value__lte=HIGHEST), name="answer_on_scale"),
        ]
