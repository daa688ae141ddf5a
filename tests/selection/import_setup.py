"""What the import's tests start from: the county's organisations and small logs made here."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from engine.imports.steps import start_writing_sheet
from engine.jobs import run
from selection.models import NominationImport, SelectionRound
from selection.services.nominations.uploads import upload_nominations
from tenancy.actors import Actor
from tenancy.models import Organisation
from tests.factories.tenancy import make_organisation

DATA = Path(__file__).parent.parent / "data" / "essex"
LOG = DATA / "nominations.xlsx"
SYSTEM = Actor.system("test set-up")
HEADINGS = (
    "First name",
    "Surname",
    "Work email",
    "Organisation",
    "Job title",
    "Line manager",
    "Line manager email",
    "Chief officer sponsor",
    "Sponsor email",
)


def load_organisations() -> dict[str, Organisation]:
    with (DATA / "organisations.csv").open(encoding="utf-8") as file:
        return {
            row["name"]: make_organisation(row["name"], row["sector"], row["short_name"])
            for row in csv.DictReader(file)
        }


def workbook(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    book.active.append(list(headings))
    for row in rows:
        book.active.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def person(given: str, family: str, organisation: str = "Essex County Council", host: str = "ecc.example") -> list[str]:
    """A good row under HEADINGS."""
    email = f"{given}.{family}@{host}".lower()
    return [
        given,
        family,
        email,
        organisation,
        "Head of Housing",
        "June Wilson",
        f"june.wilson@{host}",
        "Jeremy Dennis",
        f"jeremy.dennis@{host}",
    ]


def upload(
    round_: SelectionRound, rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS
) -> NominationImport:
    return upload_nominations(round=round_, name="log.xlsx", content=workbook(headings, rows), by=SYSTEM)


def outcomes(nominations: NominationImport) -> dict[int, tuple[str, list[str]]]:
    """{row: (outcome, [reason codes])}"""
    return {
        row["row"]: (row["outcome"], [reason["code"] for reason in row["reasons"]])
        for row in nominations.outcome["rows"]
    }


def write(nominations: NominationImport, by: Actor = SYSTEM) -> NominationImport:
    """Press the button and let the job run here."""
    job = start_writing_sheet(sheet=nominations, by=by)
    run(job.tenant_id, job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return NominationImport.objects.select_related("job").get(pk=nominations.pk)
