"""Messages out: one row each, claimed by compare-and-swap, sent outside any transaction."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import Person, TenantModel, Wall


class Message(TenantModel):
    """A message to one person, rendered when queued. Bodies hold `{{link}}` where a link is minted at sending; never a live one.

    `dedupe_key` is kind:object:occurrence:recipient:channel; queueing the same again adds nothing.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("May not have left")
        DROPPED = "dropped", _("No longer needed")

    dedupe_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    subject = models.CharField(max_length=200)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    asks = models.BooleanField(default=False)
    # A link to mint: its purpose and the public id of its row, or a plain path of the portal; one of the two or neither.
    link_purpose = models.CharField(max_length=40, blank=True)
    link_about = models.CharField(max_length=16, blank=True)
    link_path = models.CharField(max_length=200, blank=True)
    link_days = models.PositiveSmallIntegerField(default=28)
    # What the message asks for, as [[kind, key], …]: when none of it is owed any more, it doesn't leave.
    owed = models.JSONField(default=list, blank=True)
    calendar_text = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    available_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=32, blank=True)
    # Set and committed just before the mail is handed over: a claim that goes stale after it may or may not have left.
    began_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField()
    queued_by = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT", "INSERT", "UPDATE", "DELETE"))

    class Meta:
        ordering = ["-queued_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "dedupe_key"], name="message_once")]
        indexes = [
            models.Index(fields=["state", "available_at"], name="message_due"),
            models.Index(fields=["tenant", "queued_at"], name="message_recent"),
            models.Index(fields=["tenant", "recipient", "queued_at"], name="message_to_person"),
        ]


# Staff decide about these.
STUCK = (Message.State.FAILED, Message.State.UNCERTAIN)


class ReminderRound(TenantModel):
    """When a tenant's reminders were last worked out: each tick takes those that waited longest, so its work is bounded."""

    considered_at = models.DateTimeField()

    wall = Wall(sys=("SELECT",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="reminder_round_once")]


class DemoMail(models.Model):
    """A mail that would have left, kept for the demo's inbox page. Global, and written in demo mode only."""

    to = models.EmailField()
    sender = models.CharField(max_length=200)
    subject = models.CharField(max_length=300)
    body_text = models.TextField()
    body_html = models.TextField(blank=True)
    message_id = models.CharField(max_length=200)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at", "-id"]
