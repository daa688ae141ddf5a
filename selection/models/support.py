"""What an applicant says beside the application, and who doesn't assess may read: walled in the database."""

from __future__ import annotations

from django.db import models

from cohorts.models import StrategicAmbition
from selection.models.application import Application
from tenancy.models import Person, TenantModel, Wall

OWN = "EXISTS (SELECT 1 FROM selection_application own WHERE own.id = {t}.application_id AND own.applicant_id = {me})"
# Staff of the application's cohort, as tenancy.rules.staff has it.
STAFF = (
    "EXISTS (SELECT 1 FROM selection_application theirs"
    " JOIN selection_selectionround round ON round.id = theirs.round_id"
    " JOIN cohorts_cohort cohort ON cohort.id = theirs.cohort_id"
    " JOIN tenancy_roleassignment held ON held.person_id = {me} AND held.role = 'staff' AND held.valid_from <= clock_timestamp()"
    " AND (held.valid_to IS NULL OR held.valid_to > clock_timestamp())"
    " AND (held.cohort_id = cohort.id OR held.programme_id = cohort.programme_id"
    " OR (held.cohort_id IS NULL AND held.programme_id IS NULL))"
    " WHERE theirs.id = {t}.application_id AND {when})"
)
STAFF_ALWAYS = STAFF.replace("{when}", "true")
STAFF_AFTERWARDS = STAFF.replace("{when}", "round.state = 'decided'")


class AdjustmentRequest(TenantModel):
    """That somebody asked for an adjustment, and whether it is arranged: what the to-do list counts. The words are in AdjustmentNeed.

    No history and no audit: both are read by more people. The portal's own jobs, which are nobody, see that one waits."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="adjustment")
    asked_at = models.DateTimeField()
    arranged_at = models.DateTimeField(null=True, blank=True)
    arranged_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    wall = Wall(readable=f"{{me}} IS NULL OR {OWN} OR {STAFF_ALWAYS}", writable=f"{OWN} OR {STAFF_ALWAYS}")


class AdjustmentNeed(TenantModel):
    """What the applicant needs to take part, and what was arranged: theirs and the staff's, never an assessor's or endorser's."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    arranged = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable=f"{OWN} OR {STAFF_ALWAYS}", writable=f"{OWN} OR {STAFF_ALWAYS}")


class ProjectInterest(TenantModel):
    """What the applicant would like to work on. The applicant's own until the round is decided, then the staff's too: people are
    chosen without regard to projects."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="+")
    question = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    wall = Wall(readable=f"{OWN} OR {STAFF_AFTERWARDS}", writable=OWN)


class InterestingAmbition(TenantModel):
    """An ambition named in it. Its reader is whoever may read the interest itself."""

    interest = models.ForeignKey(ProjectInterest, on_delete=models.CASCADE, related_name="ambitions")
    ambition = models.ForeignKey(StrategicAmbition, on_delete=models.CASCADE, related_name="+")

    wall = Wall(
        readable="EXISTS (SELECT 1 FROM selection_projectinterest i WHERE i.id = {t}.interest_id)",
        writable=(
            "EXISTS (SELECT 1 FROM selection_projectinterest i JOIN selection_application own ON own.id = i.application_id"
            " WHERE i.id = {t}.interest_id AND own.applicant_id = {me})"
        ),
    )

    class Meta:
        ordering = ["ambition__position", "ambition_id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "interest", "ambition"], name="interesting_ambition_once")
        ]
