"""What every app runs on: jobs with progress, kept files, signs of life."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import Person, TenantModel, Wall
from tenancy.registry import Registry

# SQL conditions on a row of StoredFile, in the words of Wall.
file_readers: Registry[str] = Registry("Who besides whoever uploaded it may read a confidential file?")


class Job(TenantModel):
    """Long work: a row with live progress. It can be cancelled, survives its worker, and keeps its result.

    A worker holds a job by `token` until `lease_until`; when that passes, the tick hands it to another with a new token, and
    the first one's next write fails.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to start")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Did not finish")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    requested_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_text = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    wall = Wall(sys=("SELECT",))

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["tenant", "state"], name="job_by_state")]

    @property
    def ended(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def percent(self) -> int:
        return 100 * self.progress_done // self.progress_total if self.progress_total else 0


class FileWall:
    """The wall of StoredFile: confidential ones are their uploader's, and read by whom the apps' answers let."""

    def __get__(self, obj: object, owner: type) -> Wall:
        own = "NOT {t}.confidential OR {t}.created_by_id IS NOT DISTINCT FROM {me}"
        return Wall(readable=" OR ".join([own, *file_readers]), writable=own, sys=("SELECT", "DELETE"))


class StoredFile(TenantModel):
    """A file kept in the database: uploads on their way in, frozen PDFs, what applications carry. Served as an attachment only."""

    name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # Closed to the rest of the tenant, in the database.
    confidential = models.BooleanField(default=False)
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    wall = FileWall()  # type: ignore[assignment]


# Whoever uploaded a sheet; of the commands' imports, which nobody uploaded, nobody signed in.
OF_UPLOADER = "{t}.uploaded_by_id IS NOT DISTINCT FROM {me}"


def file_goes_too() -> pgtrigger.Trigger:
    """Whatever deletes the row, by whichever cascade, deletes the bytes of its `file`."""
    return pgtrigger.Trigger(
        name="file_goes_too",
        operation=pgtrigger.Delete,
        when=pgtrigger.After,
        func="DELETE FROM engine_storedfile WHERE tenant_id = OLD.tenant_id AND id = OLD.file_id; RETURN NULL;",
    )


class SheetImport(TenantModel):
    """One sheet on its way in: mapped, checked row by row, confirmed, then written whole by a job (engine.imports).

    A subclass adds what the import is of, and its wall if not everybody of the tenant may read the rows."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to match")
        CHECKED = "checked", _("Checked, nothing written")
        WRITING = "writing", _("Being written")
        DONE = "done", _("Written")
        ABANDONED = "abandoned", _("Abandoned")

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.MAPPING)
    # {field: the column, as the kind of import keeps it}
    mapping = models.JSONField(default=dict)
    # What staff decided: {"rows": {number of the row: {field: text, …, "leave_out": bool}}, and what else the kind keeps}
    corrections = models.JSONField(default=dict)
    # What the last check found: {"rows": [one entry per row of the sheet], "totals": {outcome: count}, "notices": […]}
    outcome = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-uploaded_at", "-id"]


class Heartbeat(models.Model):
    """When each kind of process was last seen working, by the database's clock. Global."""

    name = models.CharField(max_length=40, unique=True)
    seen_at = models.DateTimeField()
