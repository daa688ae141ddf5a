from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohort import Cohort
from cohorts.models.development import WorkObjective
from cohorts.models.event import Event
from cohorts.models.learning_set import LearningSet
from cohorts.models.notebook import Notebook, of_owner
from cohorts.models.set_room import SetAction, belongs, in_room
from tenancy.models import Person, TenantModel, Wall
from tenancy.vocabulary import in_own_words


class ReflectionKind(models.TextChoices):
    TRIED = "tried", _("Something I tried at work")
    LEARNED = "learned", _("Something I learned")
    QUESTION = "question", _("A question I’m carrying")
    FREE = "free", _("Something else")


class ShareGround(models.TextChoices):
    """Why somebody may read what they were shown: gone with it, the entry is closed to them, whatever was shared."""

    HELPER = "helper", _("a mentor, coach or sponsor of the cohort")
    MENTOR = "mentor", _("your mentor")
    MEMBER = "member", in_own_words(_("of your %(set)s"))
    SET = "set", in_own_words(_("your whole %(set)s"))


class Reflection(TenantModel):
    """A participant's own entry. Readable by its author and by those the author shares it with: the database holds to that, so
    staff, administrators and reports can't read it whatever the code asks for."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="reflections")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reflections")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ReflectionKind.choices)
    title = models.CharField(max_length=120)
    body = models.TextField()
    # What it is about, if the author said so; more from higher apps (cohorts.attaching).
    event = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    set_action = models.ForeignKey(SetAction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    objective = models.ForeignKey(WorkObjective, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        # the shares that a reader is shown are those that hold for them: their own wall says so
        readable=(
            "author_id = {me} OR EXISTS (SELECT 1 FROM cohorts_reflectionshare share"
            " WHERE share.tenant_id = {t}.tenant_id AND share.reflection_id = {t}.id)"
        ),
        writable="author_id = {me}",
        extra=of_owner("cohorts_reflection", "author_id"),
    )

    class Meta:
        ordering = ["-written_at", "-id"]
        constraints = [
            # What a share's composite key points at, so that nobody can share what isn't theirs.
            models.UniqueConstraint(fields=["tenant", "id", "author"], name="reflection_of_author")
        ]


SET_STANDS = (
    "EXISTS (SELECT 1 FROM cohorts_learningset ls JOIN cohorts_setplan sp ON sp.id = ls.plan_id"  # noqa: S608 -- pieces of set_room
    " WHERE ls.id = {t}.learning_set_id AND sp.state = 'published')"
    " AND " + belongs("{t}.learning_set_id", "{t}.author_id")
)
STILL_HELPS = (
    "EXISTS (SELECT 1 FROM tenancy_roleassignment held WHERE held.person_id = {me} AND held.role IN ('mentor', 'sponsor')"
    " AND held.valid_to IS NULL)"
)


class ReflectionShare(TenantModel):
    """The author shows one entry to one person, or to their set. Who joins the set later isn't shown it; who leaves it, or is the
    author's mentor no longer, can't read it any more. `author` repeats the entry's, so that the policies needn't look at each other."""

    reflection = models.ForeignKey(Reflection, on_delete=models.CASCADE, related_name="shares")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ground = models.CharField(max_length=8, choices=ShareGround.choices)
    with_person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    learning_set = models.ForeignKey(LearningSet, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    shared_at = models.DateTimeField()

    wall = Wall(
        readable=(
            "author_id = {me}"
            f" OR ({{t}}.ground = 'set' AND {SET_STANDS} AND {in_room('{t}.learning_set_id', '{t}.shared_at')})"
            " OR (with_person_id = {me} AND ("
            f"({{t}}.ground = 'member' AND {SET_STANDS} AND {in_room('{t}.learning_set_id')})"
            " OR ({t}.ground = 'mentor' AND {mentor:{t}.author_id})"
            f" OR ({{t}}.ground = 'helper' AND {STILL_HELPS})))"
        ),
        writable="author_id = {me}",
        extra=(
            "ALTER TABLE cohorts_reflectionshare DROP CONSTRAINT IF EXISTS reflectionshare_of_author",
            "ALTER TABLE cohorts_reflectionshare ADD CONSTRAINT reflectionshare_of_author"
            " FOREIGN KEY (tenant_id, reflection_id, author_id)"
            " REFERENCES cohorts_reflection (tenant_id, id, author_id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
    )

    class Meta:
        ordering = ["-shared_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reflection", "with_person"], name="reflection_share_once"),
            models.UniqueConstraint(
                fields=["tenant", "reflection"], condition=Q(ground="set"), name="reflection_share_set_once"
            ),
            models.CheckConstraint(
                condition=Q(ground="set", with_person__isnull=True) | (~Q(ground="set") & Q(with_person__isnull=False)),
                name="reflection_share_with",
            ),
        ]


class ReflectionFact(TenantModel):
    """That an entry was written: who, when, of what kind. All that staff counts and signals may use."""

    reflection = models.OneToOneField(Reflection, on_delete=models.CASCADE, related_name="fact")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ReflectionKind.choices)
    # It is about an objective of the author's work: that it is, not which.
    on_objective = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "cohort"], name="reflection_fact_cohort")]


class ReflectionDraft(TenantModel):
    """What somebody is writing and hasn't saved yet, one a person, as the page keeps it while they type. Read by nobody else."""

    notebook = models.ForeignKey(Notebook, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ReflectionKind.choices)
    title = models.CharField(max_length=120, blank=True)
    body = models.TextField(blank=True)
    kept_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        readable="author_id = {me}",
        writable="author_id = {me}",
        extra=of_owner("cohorts_reflectiondraft", "author_id"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "author"], name="reflection_draft_once")]


class ReflectionPrompts(TenantModel):
    """The questions that staff of a cohort put beside one kind of entry, one a line, instead of the portal's own."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ReflectionKind.choices)
    questions = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "cohort", "kind"], name="reflection_prompts_once")]
