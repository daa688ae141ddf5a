"""Equality monitoring, held apart (docs/decisions/0011-equality-answers.md).

Nothing here points at an application: an answer stands under a token, the HMAC of its application and question, and the key
of that is the tenant's secret, which portal_sys alone can read. portal_app has no right to either table.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.models.round import SelectionRound
from tenancy.models import TenantModel, Wall

# Nothing that an open round asks is written, whoever asks: its answers are counted together.
QUESTION_OPEN = (
    "{t}.round_id IS NULL OR EXISTS (SELECT 1 FROM selection_selectionround preparing"
    " WHERE preparing.id = {t}.round_id AND preparing.state = 'draft')"
)
OPTION_OPEN = (
    "EXISTS (SELECT 1 FROM selection_equalityquestion asked"
    " LEFT JOIN selection_selectionround preparing ON preparing.id = asked.round_id"
    " WHERE asked.id = {t}.question_id AND (asked.round_id IS NULL OR preparing.state = 'draft'))"
)


class EqualityQuestion(TenantModel):
    """The tenant's standard, which rounds share so that they can be compared, or of one round that asks its own."""

    round = models.ForeignKey(
        SelectionRound, on_delete=models.CASCADE, null=True, blank=True, related_name="equality_questions"
    )
    # Stays when the words change, and is the same in every round's copy.
    key = models.SlugField(max_length=40)
    text = models.CharField(max_length=200)
    # What the figures call it.
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()

    wall = Wall(writable=QUESTION_OPEN)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "round", "key"], nulls_distinct=False, name="equality_question_once"
            )
        ]


class EqualityOption(TenantModel):
    """An answer one may choose. `says_nothing` marks 'prefer not to say', which the figures count with those who didn't answer."""

    question = models.ForeignKey(EqualityQuestion, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()
    says_nothing = models.BooleanField(default=False)

    wall = Wall(writable=OPTION_OPEN)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "question", "position"], name="equality_option_position")
        ]


class EqualitySecret(TenantModel):
    """The tenant's key, as the two blocks that HMAC-SHA256 hashes first: the database can then make a token by itself."""

    inner_key = models.BinaryField()
    outer_key = models.BinaryField()

    wall = Wall(closed=True, sys=("SELECT", "INSERT"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="equality_secret_once")]


# An application takes its answers with it, whoever deletes it and however: nothing else could find them.
FORGET = """
CREATE OR REPLACE FUNCTION selection_forget_equality() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM public.selection_equalityanswer answer
    USING public.selection_equalitysecret secret, public.selection_equalityquestion question
    WHERE secret.tenant_id = OLD.tenant_id AND question.tenant_id = OLD.tenant_id AND answer.tenant_id = OLD.tenant_id
      AND (question.round_id IS NULL OR question.round_id = OLD.round_id)
      AND answer.token = sha256(secret.outer_key || sha256(
          secret.inner_key || convert_to(OLD.id || ':' || question.id, 'UTF8')));
    RETURN NULL;
END $$
"""


class EqualityAnswer(TenantModel):
    """One answer. No time, no number in order, no key to whose it is; each question's token is another, so not even the answers
    of one person stand together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.BinaryField()
    option = models.ForeignKey(EqualityOption, on_delete=models.CASCADE, related_name="+")

    wall = Wall(
        closed=True,
        sys=("SELECT", "INSERT", "UPDATE", "DELETE"),
        extra=(
            FORGET,
            "REVOKE ALL ON FUNCTION selection_forget_equality() FROM PUBLIC",
            "DROP TRIGGER IF EXISTS forget_equality ON selection_application",
            "CREATE TRIGGER forget_equality AFTER DELETE ON selection_application"
            " FOR EACH ROW EXECUTE FUNCTION selection_forget_equality()",
        ),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "token"], name="equality_answer_once")]


class EqualityStage(TenantModel):
    """One stage of a round's funnel, counted once when it was settled and never again: two counts would tell who came between."""

    class Stage(models.TextChoices):
        APPLIED = "applied", _("Applied")
        ELIGIBLE = "eligible", _("Assessed")
        SELECTED = "selected", _("Offered a place")
        ACCEPTED = "accepted", _("Accepted")

    round = models.ForeignKey(SelectionRound, on_delete=models.CASCADE, related_name="equality_stages")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    people = models.PositiveIntegerField()
    # Not shown at all: too few people, or too few between this stage and the one before.
    shown = models.BooleanField()
    made_at = models.DateTimeField()

    wall = Wall(sys=("SELECT",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "stage"], name="equality_stage_once")]


class EqualityFigure(TenantModel):
    """How many at a stage gave an answer, as it may be shown; None is withheld. Without an option: preferred not to say, or nothing."""

    stage = models.ForeignKey(EqualityStage, on_delete=models.CASCADE, related_name="figures")
    question = models.ForeignKey(EqualityQuestion, on_delete=models.CASCADE, related_name="+")
    option = models.ForeignKey(EqualityOption, on_delete=models.CASCADE, null=True, related_name="+")
    people = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "stage", "question", "option"], nulls_distinct=False, name="equality_figure_once"
            )
        ]
