"""The room of a learning set: what may be counted, and beside it the words, which exist only for those in the set."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cohorts.models.event import Event
from cohorts.models.learning_set import LearningSet
from cohorts.states import SET_ACTION, MeetingStep, SetActionState
from tenancy.models import Person, TenantModel, Wall

COUNTED = ("SELECT", "DELETE")


def leads(learning_set: str, since: str = "") -> str:
    """SQL: the person of the request facilitates the set, and did at the moment `since`."""
    facilitator = f" AND (s.facilitator_since IS NULL OR s.facilitator_since <= {since})" if since else ""
    beside = f" AND co.added_at <= {since}" if since else ""
    return (
        f"(EXISTS (SELECT 1 FROM cohorts_learningset s WHERE s.id = {learning_set} AND s.facilitator_id = {{me}}"  # noqa: S608 -- pieces of this module
        f"{facilitator}) OR EXISTS (SELECT 1 FROM cohorts_setcofacilitator co"
        f" WHERE co.learning_set_id = {learning_set} AND co.person_id = {{me}}{beside}))"
    )


def belongs(learning_set: str, person: str, since: str = "") -> str:
    """SQL: the person is a member of the set, hasn't left its cohort, and was one at the moment `since`."""
    joined = f" AND sm.joined_at <= {since}" if since else ""
    return (
        "EXISTS (SELECT 1 FROM cohorts_setmembership sm JOIN cohorts_learningset s ON s.id = sm.learning_set_id"  # noqa: S608 -- pieces of this module
        " JOIN cohorts_participation pa ON pa.cohort_id = s.cohort_id AND pa.person_id = sm.person_id"
        f" WHERE sm.learning_set_id = {learning_set} AND sm.person_id = {person} AND pa.state <> 'withdrawn'{joined})"
    )


def in_room(learning_set: str, since: str = "") -> str:
    return f"({leads(learning_set, since)} OR {belongs(learning_set, '{me}', since)})"


def through(table: str, key: str, condition: str) -> str:
    """SQL: the condition holds of the row that this one hangs on."""
    return f"EXISTS (SELECT 1 FROM {table} p WHERE p.id = {{t}}.{key} AND {condition})"  # noqa: S608 -- pieces of this module, no input


class SetCoFacilitator(TenantModel):
    """Somebody who facilitates a set beside its facilitator, with the same rights from then on."""

    learning_set = models.ForeignKey(LearningSet, on_delete=models.CASCADE, related_name="co_facilitators")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    added_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["person__sort_key", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "learning_set", "person"], name="co_facilitator_once")]


class GroundRules(TenantModel):
    """That a set agreed a version of its ground rules. The newest is in force."""

    learning_set = models.ForeignKey(LearningSet, on_delete=models.CASCADE, related_name="rules")
    number = models.PositiveIntegerField()
    written_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()

    wall = Wall(writable=leads("{t}.learning_set_id"), sys=COUNTED)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["tenant", "learning_set", "number"], name="rules_number_once")]


class GroundRulesText(TenantModel):
    rules = models.OneToOneField(GroundRules, on_delete=models.CASCADE, related_name="words")
    written_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField()

    wall = Wall(
        readable="written_by_id = {me} OR " + through("cohorts_groundrules", "rules_id", in_room("p.learning_set_id")),
        writable=through("cohorts_groundrules", "rules_id", leads("p.learning_set_id")),
    )


class RulesAcceptance(TenantModel):
    """A member accepted one version."""

    rules = models.ForeignKey(GroundRules, on_delete=models.CASCADE, related_name="acceptances")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    accepted_at = models.DateTimeField()

    wall = Wall(writable="person_id = {me}")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "rules", "person"], name="rules_accepted_once")]


class SetMeeting(TenantModel):
    """A meeting of a set that was begun: how far it has come, and that it was held."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="set_meeting")
    learning_set = models.ForeignKey(LearningSet, on_delete=models.CASCADE, related_name="meetings")
    step = models.CharField(max_length=12, choices=MeetingStep.choices, default=MeetingStep.CHECK_IN)
    begun_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(writable=leads("{t}.learning_set_id"), sys=COUNTED)

    class Meta:
        ordering = ["event__starts_at", "id"]


class AirTime(TenantModel):
    """Minutes a member asked for and had at one meeting; None: didn't ask, or didn't present. What for is kept nowhere."""

    meeting = models.ForeignKey(SetMeeting, on_delete=models.CASCADE, related_name="air_time")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    wanted = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    wall = Wall(
        readable="person_id = {me} OR "
        + through("cohorts_setmeeting", "meeting_id", in_room("p.learning_set_id", "p.begun_at")),
        # a facilitator anybody's, a member their own
        writable=through(
            "cohorts_setmeeting",
            "meeting_id",
            f"({leads('p.learning_set_id')} OR {{t}}.person_id = {{me}}"
            f" AND {belongs('p.learning_set_id', '{me}', 'p.begun_at')})",
        ),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "meeting", "person"], name="air_time_once")]


class ProcessNote(TenantModel):
    """What the set said of how it works, at the end of a meeting. Never what it worked on."""

    meeting = models.OneToOneField(SetMeeting, on_delete=models.CASCADE, related_name="note")
    written_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable="written_by_id = {me} OR "
        + through("cohorts_setmeeting", "meeting_id", in_room("p.learning_set_id", "p.begun_at")),
        writable=through("cohorts_setmeeting", "meeting_id", leads("p.learning_set_id")),
    )


class SetAction(TenantModel):
    """That a member of a set means to do something by a day. Open until they say what came of it."""

    learning_set = models.ForeignKey(LearningSet, on_delete=models.CASCADE, related_name="actions")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    meeting = models.ForeignKey(SetMeeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions")
    state = models.CharField(max_length=8, choices=SetActionState.choices, default=SetActionState.OPEN)
    due_on = models.DateField()
    carried = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    machine = SET_ACTION
    wall = Wall(writable=f"owner_id = {{me}} OR {leads('{t}.learning_set_id')}", sys=COUNTED)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["tenant", "learning_set"], name="set_action_by_set"),
            models.Index(fields=["tenant", "due_on"], condition=Q(state="open"), name="set_action_open"),
        ]


class SetActionText(TenantModel):
    action = models.OneToOneField(SetAction, on_delete=models.CASCADE, related_name="words")
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()

    wall = Wall(
        readable="owner_id = {me} OR "
        + through(
            "cohorts_setaction",
            "action_id",
            f"{in_room('p.learning_set_id', 'p.made_at')} AND {belongs('p.learning_set_id', 'p.owner_id')}",
        ),
        writable=through(
            "cohorts_setaction",
            "action_id",
            f"p.owner_id = {{t}}.owner_id AND (p.owner_id = {{me}} OR {leads('p.learning_set_id')})",
        ),
    )
