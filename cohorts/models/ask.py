"""Asks and offers: that there is one may be counted, its words exist for those it is meant for, as long as it is open."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.audience import ShownTo, reaches
from cohorts.models.cohort import Cohort
from cohorts.models.notebook import Notebook, of_owner
from cohorts.models.set_room import COUNTED, through
from cohorts.states import ASK, AskState
from tenancy.models import Person, TenantModel, Wall


class AskKind(models.TextChoices):
    ASK = "ask", _("Ask for help")
    OFFER = "offer", _("Offer help")


MEANT_FOR = (ShownTo.SET, ShownTo.COHORT, ShownTo.LATER, ShownTo.PROGRAMME)


class Ask(TenantModel):
    """That somebody with a place on a cohort asks for help, or offers it: to whom, since when, until when."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=AskKind.choices)
    audience = models.CharField(max_length=10, choices=[(a.value, a.label) for a in MEANT_FOR])
    state = models.CharField(max_length=8, choices=AskState.choices, default=AskState.OPEN)
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    machine = ASK
    wall = Wall(writable="owner_id = {me}", sys=COUNTED, extra=of_owner("cohorts_ask"))

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "id", "owner"], name="ask_of_owner")]
        indexes = [models.Index(fields=["tenant", "ends_at"], condition=Q(state="open"), name="ask_open")]

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()


def of_ask(table: str, column: str) -> tuple[str, ...]:
    """SQL beside a wall: the person in `column` is the owner of the ask."""
    name = f"{table.removeprefix('cohorts_')}_of_asks_owner"
    return (
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, ask_id, {column})"
        " REFERENCES cohorts_ask (tenant_id, id, owner_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
    )


class AskText(TenantModel):
    """Its words. Closed or over, they are their owner's alone."""

    ask = models.OneToOneField(Ask, on_delete=models.CASCADE, related_name="words")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)

    wall = Wall(
        readable="owner_id = {me} OR "
        + through(
            "cohorts_ask",
            "ask_id",
            f"p.state = 'open' AND p.ends_at > clock_timestamp() AND {reaches('p', 'p.owner_id')}",
        ),
        writable="owner_id = {me}",
        extra=of_ask("cohorts_asktext", "owner_id"),
    )


class AskAnswer(TenantModel):
    """Somebody it was meant for answers: can help, or takes the offer up. Between the two of them. `about` is what it said when it
    was answered, since its words close with it."""

    ask = models.ForeignKey(Ask, on_delete=models.CASCADE, related_name="answers")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by_person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=120)
    body = models.TextField()
    contact = models.CharField(max_length=200)
    answered_at = models.DateTimeField()

    wall = Wall(
        readable="owner_id = {me} OR by_person_id = {me}",
        # of an ask they can read: the wall of its words says which
        writable="{t}.by_person_id = {me} AND EXISTS (SELECT 1 FROM cohorts_asktext w WHERE w.ask_id = {t}.ask_id)",
        extra=of_ask("cohorts_askanswer", "owner_id"),
    )

    class Meta:
        ordering = ["answered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "ask", "by_person"], name="ask_answered_once"),
            models.CheckConstraint(condition=~Q(owner=models.F("by_person")), name="ask_answered_by_another"),
        ]


class Thanks(TenantModel):
    """‘This contact helped me with…’: between the two of them."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    helper = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ask = models.ForeignKey(Ask, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    body = models.TextField()
    thanked_at = models.DateTimeField()

    wall = Wall(
        readable="owner_id = {me} OR helper_id = {me}",
        writable="owner_id = {me}",
        extra=of_owner("cohorts_thanks"),
    )

    class Meta:
        ordering = ["-thanked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "id", "owner"], name="thanks_of_owner"),
            models.CheckConstraint(condition=~Q(owner=models.F("helper")), name="thanks_to_another"),
        ]


class ThanksCount(TenantModel):
    """That somebody of a cohort was helped by a contact, where they let it count. It names neither of the two."""

    thanks = models.OneToOneField(Thanks, on_delete=models.CASCADE, related_name="count")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    # Whether the helper came from elsewhere, as it was when the thanks were said.
    other_organisation = models.BooleanField(default=False)
    other_cohort = models.BooleanField(default=False)
    said_at = models.DateTimeField()

    wall = Wall(writable=through("cohorts_thanks", "thanks_id", "p.owner_id = {me}"))

    class Meta:
        indexes = [models.Index(fields=["tenant", "cohort"], name="thanks_count_cohort")]
