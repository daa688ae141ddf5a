"""A project's stakeholder map: opinions on people who are mostly no users. Its team alone reads them, or its sponsor where they say so."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.project import Project, ProjectMembership
from tenancy.models import Organisation, Person, TenantModel, Wall

TEAM = (
    "EXISTS (SELECT 1 FROM projects_projectmembership tm WHERE tm.project_id = {t}.project_id AND tm.person_id = {me})"
)
# A share is with one person: whoever sponsors the project later isn't shown what was shown to the one before.
SPONSOR = (
    "EXISTS (SELECT 1 FROM projects_stakeholdershare sh JOIN projects_project sp ON sp.id = sh.project_id"
    " AND sp.sponsor_id = sh.sponsor_id AND sp.state <> 'draft'"
    " WHERE sh.project_id = {t}.project_id AND sh.sponsor_id = {me})"
)
OF_TEAM = (
    f"{TEAM} AND EXISTS (SELECT 1 FROM projects_stakeholder st"  # noqa: S608 -- pieces of this module, no input
    " WHERE st.id = {t}.stakeholder_id AND st.project_id = {t}.project_id)"
)
LEAD_OF_PROJECT = "stakeholder_lead_of_project"
# Staff take somebody off a team whose map they can't write, and the database empties the place: so it keeps the moment too.
UNLED = """
CREATE OR REPLACE FUNCTION projects_stakeholder_unled() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.unled_at := CASE WHEN NEW.lead_id IS NULL THEN coalesce(OLD.unled_at, clock_timestamp()) END;
    RETURN NEW;
END $$
"""
LEAD = (
    "EXISTS (SELECT 1 FROM projects_projectmembership tm"
    " WHERE tm.project_id = {t}.project_id AND tm.person_id = {me} AND tm.is_lead)"
)
# Whoever changes the sponsor needn't be the lead, who alone shares; and a sponsor who comes back is shown nothing by that.
ANOTHER_SPONSOR = (
    "EXISTS (SELECT 1 FROM projects_project sp"
    " WHERE sp.id = {t}.project_id AND sp.sponsor_id IS DISTINCT FROM {t}.sponsor_id)"
)
END_SHARE = """
CREATE OR REPLACE FUNCTION projects_end_stakeholder_share() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM public.projects_stakeholdershare WHERE tenant_id = NEW.tenant_id AND project_id = NEW.id;
    RETURN NULL;
END $$
"""


class Level(models.IntegerChoices):
    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")


class Stance(models.IntegerChoices):
    AGAINST = 1, _("Against")
    NEUTRAL = 2, _("Neutral")
    SUPPORTIVE = 3, _("Supportive")
    CHAMPION = 4, _("Champion")


class Stakeholder(TenantModel):
    """That a project has one: all that counts, reminders and whoever isn't of the team may know. Not who it is, nor what anybody thinks.

    `lead` is the one of the team who leads the relationship. It is empty only from when they leave, `unled_at`, until somebody else is
    named.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="stakeholders")
    lead = models.ForeignKey(ProjectMembership, on_delete=models.SET_NULL, null=True, related_name="relationships")
    unled_at = models.DateTimeField(null=True, editable=False)
    influence = models.PositiveSmallIntegerField(choices=Level.choices)
    there = models.BooleanField()
    step_due = models.DateField(null=True, blank=True)
    step_set_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    wall = Wall(
        writable=TEAM,
        sys=("SELECT", "DELETE"),
        extra=(
            # The database lets nobody lead who isn't on this project's team; whoever leaves it leads no more.
            f"ALTER TABLE projects_stakeholder DROP CONSTRAINT IF EXISTS {LEAD_OF_PROJECT}",
            f"ALTER TABLE projects_stakeholder ADD CONSTRAINT {LEAD_OF_PROJECT} FOREIGN KEY (tenant_id, lead_id, project_id)"
            " REFERENCES projects_projectmembership (tenant_id, id, project_id) ON DELETE SET NULL (lead_id)"
            " DEFERRABLE INITIALLY DEFERRED",
            UNLED,
            "DROP TRIGGER IF EXISTS stakeholder_unled ON projects_stakeholder",
            "CREATE TRIGGER stakeholder_unled BEFORE UPDATE ON projects_stakeholder"
            " FOR EACH ROW EXECUTE FUNCTION projects_stakeholder_unled()",
        ),
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(influence__range=(1, 3)), name="stakeholder_influence"),
            models.CheckConstraint(
                condition=Q(step_due__isnull=True, step_set_at__isnull=True)
                | Q(step_due__isnull=False, step_set_at__isnull=False),
                name="stakeholder_step_dated",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "step_due"], name="stakeholder_step_due")]


class StakeholderEntry(TenantModel):
    """Who it is and what the team thinks. The database shows it to the team, and to the sponsor it is shared with; staff never read it."""

    stakeholder = models.OneToOneField(Stakeholder, on_delete=models.CASCADE, related_name="entry")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160, blank=True)
    # As typed; where the tenant knows an organisation of that name, it is that one.
    organisation_name = models.CharField(max_length=160, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    impact = models.PositiveSmallIntegerField(choices=Level.choices)
    stance = models.PositiveSmallIntegerField(choices=Stance.choices)
    wanted = models.PositiveSmallIntegerField(choices=Stance.choices)
    cares_about = models.TextField(blank=True)
    next_step = models.CharField(max_length=200, blank=True)

    wall = Wall(readable=f"{TEAM} OR {SPONSOR}", writable=OF_TEAM)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(impact__range=(1, 3), stance__range=(1, 4), wanted__range=(1, 4)),
                name="stakeholder_entry_known",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_there(self) -> bool:
        return self.stance >= self.wanted


class StakeholderMove(TenantModel):
    """What came of a step, and where the stakeholder stood from that day. The first has no `was`: it put them on the map."""

    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="moves")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    was = models.PositiveSmallIntegerField(choices=Stance.choices, null=True, blank=True)
    now = models.PositiveSmallIntegerField(choices=Stance.choices)
    on = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    wall = Wall(readable=f"{TEAM} OR {SPONSOR}", writable=OF_TEAM)

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "stakeholder"], condition=Q(was__isnull=True), name="stakeholder_begun_once"
            )
        ]

    @property
    def is_move(self) -> bool:
        return self.was is not None and self.was != self.now


class StakeholderShare(TenantModel):
    """The team shows its map to the sponsor of the time, until they take it back or the sponsor is another."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="stakeholder_share")
    sponsor = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    shared_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    shared_at = models.DateTimeField()

    wall = Wall(
        writable=LEAD,
        deletable=f"{LEAD} OR {ANOTHER_SPONSOR}",
        sys=("SELECT", "DELETE"),
        extra=(
            END_SHARE,
            "DROP TRIGGER IF EXISTS end_stakeholder_share ON projects_project",
            "CREATE TRIGGER end_stakeholder_share AFTER UPDATE OF sponsor_id ON projects_project FOR EACH ROW"
            " WHEN (OLD.sponsor_id IS DISTINCT FROM NEW.sponsor_id) EXECUTE FUNCTION projects_end_stakeholder_share()",
        ),
    )


# As tenancy.rules.staff has it, of the whole tenant.
STAFF_OF_ALL = (
    "EXISTS (SELECT 1 FROM tenancy_roleassignment held WHERE held.person_id = {me} AND held.role = 'staff'"
    " AND held.valid_from <= clock_timestamp() AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND held.cohort_id IS NULL AND held.programme_id IS NULL)"
)


class MapQuestion(TenantModel):
    """Somebody has asked staff what stakeholder maps say of them, and this project's team is to look and to answer them. Whether they were
    on the map stands nowhere: staff learn that the team has answered."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="map_questions")
    about = models.CharField(max_length=160)
    reach = models.CharField(max_length=200)
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(
        # and the task that reminds, which runs for nobody
        readable=f"{{me}} IS NULL OR {TEAM} OR {STAFF_OF_ALL}",
        writable=f"{TEAM} OR {STAFF_OF_ALL}",
        sys=("SELECT", "DELETE"),
    )

    class Meta:
        ordering = ["-asked_at", "project__title", "id"]
