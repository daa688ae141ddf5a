"""Alumni asked to help shape what comes next: for a view, or to a session."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models.programme import Programme
from tenancy.models import Person, TenantModel, Wall

# Nobody is asked more often in twelve months.
MOST_A_YEAR = 4


class CoDesignAsk(TenantModel):
    """What staff of a programme ask alumni for: a view, or to come to a session on a day. Afterwards, what came of it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="co_design")
    title = models.CharField(max_length=120)
    body = models.TextField()
    # Of a session; a view has none of them.
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    join_url = models.URLField(max_length=500, blank=True)
    answer_by = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    came_of_it = models.TextField(blank=True)

    # Its answers go some time after its last day for them.
    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="co_design_ends_later",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether answers are still taken."""
        return self.closed_at is None and self.answer_by > timezone.now()


class CoDesignInvitation(TenantModel):
    """That one alumnus was asked, and what they said."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Not answered yet")
        YES = "yes", _("Yes")
        NO = "no", _("No")

    ask = models.ForeignKey(CoDesignAsk, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.WAITING)
    words = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT", "DELETE"))

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "ask", "person"], name="co_design_invitation_once")]

    @property
    def programme_id(self) -> int:
        return self.ask.programme_id
