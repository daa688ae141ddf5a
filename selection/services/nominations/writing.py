"""The log becomes nominations: all good and guessed rows in one transaction, or none."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.jobs import JobCancelled, RunningJob, handlers, start_job
from engine.models import Job
from engine.sheets import Table
from engine.transitions import record_change
from selection.emails import send_nominated
from selection.models import Application, NominationImport, SelectionRound
from selection.rules import require, staff
from selection.services.nominations.checking import WRITABLE, spelling_key, totals
from selection.services.nominations.uploads import State, checked_rows, is_being_written, rows_to_write, table_of
from selection.services.references import next_references
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models import Organisation, Person, Role
from tenancy.services.people import change_employer, ensure_account, ensure_person, give_role

KIND = "selection.import"


@transaction.atomic
def start_writing(*, nominations: NominationImport, by: Actor) -> Job:
    """Queue the writing of every row that is good or guessed; pressing the button twice is one job."""
    nominations = NominationImport.objects.select_for_update(of=("self",)).select_related("round", "file", "job").get(
        pk=nominations.pk
    )
    require(staff, by, nominations.round)
    if is_being_written(nominations) or nominations.state == State.DONE:
        assert nominations.job is not None
        return nominations.job
    if nominations.state not in (State.CHECKED, State.WRITING):
        raise WrongState(_("Match the columns of this file first."))
    count = rows_to_write(nominations)
    if not count:
        raise Refused(_("There is nothing to write: no row is both readable and new."))
    title = ngettext("Write %(n)d nomination", "Write %(n)d nominations", count) % {"n": count}
    nominations.job = start_job(kind=KIND, title=title, params={"import": nominations.public_id}, by=by)
    nominations.state = State.WRITING
    nominations.save(update_fields=["job", "state"])
    return nominations.job


def run_import(job: RunningJob) -> dict[str, Any]:
    """Check again, then write. Safe to run twice: people who are nominated already stay as they are."""
    with job.scope() as by:
        nominations = _import_named(job.params["import"])
        require(staff, by, nominations.round)
        table = table_of(nominations)
    total = 2 * len(table.rows)
    job.progress(0, total, _("Checking %(n)d rows") % {"n": len(table.rows)})
    with job.scope():
        count = sum(row["outcome"] in WRITABLE for row in checked_rows(nominations, table))
    job.progress(len(table.rows), total, _("Writing %(n)d nominations") % {"n": count})
    with job.scope() as by:
        nominations = write_nominations(nominations=nominations, table=table, by=by)
        slug = nominations.round.tenant.slug
    path = reverse("selection:import-detail", kwargs={"tenant": slug, "public_id": nominations.public_id})
    with suppress(JobCancelled):  # too late to stop: all of it is written
        job.progress(total, total, _("%(n)d nominations are written") % {"n": nominations.outcome["written"]})
    return {
        "totals": nominations.outcome["totals"], "written": nominations.outcome["written"], "path": path,
        "path_text": _("See every row"),
    }


handlers.register(KIND, run_import)


def _import_named(public_id: str) -> NominationImport:
    return NominationImport.objects.select_related("round__cohort__programme", "round__tenant", "file").get(public_id=public_id)


@transaction.atomic
def write_nominations(*, nominations: NominationImport, table: Table, by: Actor) -> NominationImport:
    """People, accounts, roles and applications for every row that is good or guessed; then the import is done."""
    round_ = SelectionRound.objects.select_for_update(of=("self",)).select_related("cohort__programme", "tenant").get(
        pk=nominations.round_id
    )
    require(staff, by, round_)
    if round_.state not in (RoundState.DRAFT, RoundState.OPEN):
        raise WrongState(_("This round is closed, so nominations can’t be added."))
    nominations = NominationImport.objects.select_for_update(of=("self",)).select_related("round", "file").get(pk=nominations.pk)
    if nominations.state == State.DONE:
        return nominations
    rows = checked_rows(nominations, table)
    wanted = [row for row in rows if row["outcome"] in WRITABLE]
    writer = Writer(round_, by, nominations.file.name)
    for row, reference in zip(wanted, next_references(round_.cohort, len(wanted)), strict=True):
        writer.write(row, reference)
        row["written"] = True
    _remember_spellings(nominations, wanted, writer.organisations)
    nominations.outcome = {
        "rows": rows, "totals": totals(rows), "written": len(wanted), "notices": nominations.outcome.get("notices", [])
    }
    nominations.state = State.DONE
    nominations.version += 1
    nominations.save()
    return nominations


def _remember_spellings(
    nominations: NominationImport, written: list[dict[str, Any]], organisations: dict[str, Organisation]
) -> None:
    """Spellings that staff confirmed for every row become aliases, so that the next log is read without guessing."""
    confirmed = nominations.corrections.get("organisations", {})
    for row in written:
        organisation = organisations[row["organisation_id"]]
        spelling = " ".join(row["written_as"].split())[:160]
        if confirmed.get(spelling_key(spelling)) != organisation.public_id or spelling == organisation.name:
            continue
        if spelling_key(spelling) not in {spelling_key(alias) for alias in organisation.aliases}:
            organisation.aliases.append(spelling)
            organisation.save(update_fields=["aliases"])


@dataclass
class Writer:
    """Writes rows one after another; organisations and people are looked up once."""

    round: SelectionRound
    by: Actor
    file_name: str
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.organisations = {row.public_id: row for row in Organisation.objects.all()}
        self.people = {p.email.lower(): p for p in Person.objects.exclude(email="").select_related("organisation")}

    def write(self, row: dict[str, Any], reference: str) -> Application:
        values = row["values"]
        organisation = self.organisations[row["organisation_id"]]
        details = {key: values[key] for key in ("grade", "service_area", "district")}
        applicant = self.person(row["name"], row["email"], organisation, values["job_title"], **details)
        manager = self.endorser(values, "manager")
        sponsor = self.endorser(values, "sponsor")
        if manager is not None and applicant.line_manager_id is None and manager.pk != applicant.pk:
            applicant.line_manager = manager
            applicant.save(update_fields=["line_manager"])
        application = Application.objects.create(
            round=self.round, cohort=self.round.cohort, applicant=applicant, organisation=organisation,
            job_title=values["job_title"], grade=values["grade"], route=values["route"], line_manager=manager, sponsor=sponsor,
            state=ApplicationState.INVITED, reference=reference,
            received_on=date.fromisoformat(values["received"]) if values["received"] else None,
        )
        ensure_account(person=applicant)
        give_role(person=applicant, role=Role.APPLICANT, cohort_id=self.round.cohort_id, by=self.by)
        record_change(
            application, "nominate", by=self.by, target=ApplicationState.INVITED,
            reason=_("Row %(row)d of %(file)s") % {"row": row["row"], "file": self.file_name},
        )
        if self.round.state == RoundState.OPEN:
            application.round = self.round
            send_nominated(application, by=self.by)
        return application

    def endorser(self, values: dict[str, Any], kind: str) -> Person | None:
        """Line manager or sponsor; the check worked out their employer from the address."""
        address = values[f"{kind}_email"]
        if not address:
            return None
        employer = self.organisations.get(values[f"{kind}_organisation"])
        return self.person(values[f"{kind}_name"] or address, address, employer)

    def person(
        self, name: str, email: str, organisation: Organisation | None, job_title: str = "", **details: str
    ) -> Person:
        known = self.people.get(email)
        if known is None:
            known, _created = ensure_person(
                name=name, email=email, organisation=organisation, job_title=job_title, by=self.by, **details
            )
            self.people[email] = known
            return known
        if known.organisation_id is None and organisation is not None:
            today = timezone.localdate()
            change_employer(person=known, organisation=organisation, job_title=known.job_title, on=today, by=self.by)
        if job_title and not known.job_title:
            # Known so far as somebody's manager: the log says more of them now.
            known.job_title = job_title
            for key, value in details.items():
                setattr(known, key, getattr(known, key) or value)
            known.save(update_fields=["job_title", *details])
        return known
