"""Leadership history: what made somebody the leader they are, told by themselves to whom they choose."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.notebook import Notebook, of_owner
from cohorts.models.set_room import belongs, in_room
from tenancy.models import Person, TenantModel, Wall
from tenancy.vocabulary import in_own_words

FIRST_YEAR = 1930


class Tone(models.TextChoices):
    """Which way the river bends: the owner's own word, counted by nobody."""

    HIGH = "high", _("A high point")
    TURN = "turn", _("A turning point")
    HARD = "hard", _("A hard time")


class Audience(models.TextChoices):
    NOBODY = "nobody", _("Nobody but you")
    SET = "peers", in_own_words(_("Your %(set)s and its facilitator"))
    COHORT = "cohort", _("The participants of your cohort")
    MENTOR = "mentor", _("Your mentor")


# Whoever judged, backed, sponsors or manages the owner reads none of it, in whatever other part they come.
NEVER = "{assessor:{t}.owner_id} OR {backer:{t}.owner_id} OR {sponsor:{t}.owner_id} OR {manager:{t}.owner_id}"
COHORT_OF_BOOK = "(SELECT book.cohort_id FROM cohorts_notebook book WHERE book.id = {t}.notebook_id)"
OF_SET = (
    "EXISTS (SELECT 1 FROM cohorts_learningset own JOIN cohorts_setplan plan ON plan.id = own.plan_id"  # noqa: S608 -- pieces of set_room
    f" WHERE own.cohort_id = {COHORT_OF_BOOK} AND plan.state = 'published'"
    f" AND {belongs('own.id', '{t}.owner_id')} AND {in_room('own.id')})"
)


def takes_part(person: str) -> str:
    """SQL: the person has a place on the notebook's cohort and hasn't withdrawn."""
    return (
        f"EXISTS (SELECT 1 FROM cohorts_participation place WHERE place.cohort_id = {COHORT_OF_BOOK}"  # noqa: S608 -- no input
        f" AND place.person_id = {person} AND place.state <> 'withdrawn')"
    )


class LeadershipHistoryEntry(TenantModel):
    """One thing that happened, with the year. Who sees it follows from the audience its owner picked and from who is that at the
    time: the set as it is, the mentor one has."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(FIRST_YEAR)])
    tone = models.CharField(max_length=4, choices=Tone.choices)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    audience = models.CharField(max_length=6, choices=Audience.choices)
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable=(
            f"owner_id = {{me}} OR ({{t}}.audience <> 'nobody' AND NOT ({NEVER}) AND ("
            f"({{t}}.audience = 'peers' AND {OF_SET})"
            f" OR ({{t}}.audience = 'cohort' AND {takes_part('{me}')} AND {takes_part('{t}.owner_id')})"
            " OR ({t}.audience = 'mentor' AND {mentor:{t}.owner_id})))"
        ),
        writable="owner_id = {me}",
        extra=of_owner("cohorts_leadershiphistoryentry"),
    )

    class Meta:
        ordering = ["year", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "id", "owner"], name="history_entry_of_owner")]
        indexes = [models.Index(fields=["tenant", "owner"], name="history_entry_by_owner")]


class LeadershipHistoryNod(TenantModel):
    """Somebody who may read an entry thanks its owner for it, or has been there too. There are no other words, and no counting of
    them: only the two of them see it."""

    class Kind(models.TextChoices):
        THANKS = "thanks", _("Thank you for sharing this")
        CONNECTION = "connection", _("I’ve been there too")

    entry = models.ForeignKey(LeadershipHistoryEntry, on_delete=models.CASCADE, related_name="nods")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by_person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    given_at = models.DateTimeField()

    wall = Wall(
        readable="owner_id = {me} OR by_person_id = {me}",
        # of an entry they're shown: the entry's own wall says which
        writable=(
            "by_person_id = {me} AND EXISTS (SELECT 1 FROM cohorts_leadershiphistoryentry told"
            " WHERE told.tenant_id = {t}.tenant_id AND told.id = {t}.entry_id)"
        ),
        extra=(
            "ALTER TABLE cohorts_leadershiphistorynod DROP CONSTRAINT IF EXISTS history_nod_of_owner",
            "ALTER TABLE cohorts_leadershiphistorynod ADD CONSTRAINT history_nod_of_owner"
            " FOREIGN KEY (tenant_id, entry_id, owner_id) REFERENCES cohorts_leadershiphistoryentry (tenant_id, id, owner_id)"
            " ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
    )

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "entry", "by_person", "kind"], name="history_nod_once")
        ]
