from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from engine.models import Job, StoredFile
from tenancy.models import Person
from tenancy.privacy import Holding, holdings


def export_jobs(person: Person) -> list[dict[str, Any]]:
    jobs = Job.objects.filter(requested_by=person)
    files = StoredFile.objects.filter(created_by=person).defer("content")
    return [
        *(
            {
                "started": j.created_at,
                "what": j.title,
                "state": j.state,
                "got as far as": j.progress_text,
                "what went wrong": j.error,
                "ended": j.finished_at,
            }
            for j in jobs
        ),
        *({"file": f.name, "kind of file": f.content_type, "kept since": f.created_at} for f in files),
    ]


holdings.register(
    "engine",
    Holding(
        label=_("Long work asked for and files uploaded"),
        models=(Job._meta.label, StoredFile._meta.label),
        export=export_jobs,
        keep_days=365,
    ),
)
