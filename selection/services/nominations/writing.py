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
from selection.selectors.applications import application_with_parts
from selection.services.nominations.checking import WRITABLE, spelling_key, totals
from selection.services.nominations.uploads import (
    State,
    checked_rows,
    held_import,
    is_being_written,
    rows_to_write,
    table_of,
)
from selection.services.references import next_references
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models import Organisation, Person, Role
from tenancy.services.conflicts import hold_ties, ties_changed
from tenancy.services.people import change_employer
from tenancy.services.people_in_bulk import Newcomer, ensure_accounts, ensure_people, give_role_to_all

KIND = "selection.import"
MESSAGES_AT_ONCE = 100


@transaction.atomic
def start_writing(*, nominations: NominationImport, by: Actor) -> Job:
    """Queue the writing of every row that is good or guessed; pressing the button twice is one job."""
    nominations = held_import(nominations)
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
    tell_all(job, nominations, len(table.rows))
    path = reverse("selection:import-detail", kwargs={"tenant": slug, "public_id": nominations.public_id})
    with suppress(JobCancelled):
        job.progress(total, total, _("%(n)d nominations are written") % {"n": nominations.outcome["written"]})
    return {
        "totals": nominations.outcome["totals"],
        "written": nominations.outcome["written"],
        "path": path,
        "path_text": _("See every row"),
    }


def tell_all(job: RunningJob, nominations: NominationImport, rows: int) -> None:
    """Write to the nominees, some at a time. It's too late to stop: the nominations are written."""
    told = 0
    while True:
        with job.scope() as by:
            count = tell_nominees(nominations=nominations, start=told, by=by)
        if not count:
            return
        told += count
        with suppress(JobCancelled):
            job.progress(rows + told, 2 * rows, _("Writing to nominees: %(n)d so far") % {"n": told})


handlers.register(KIND, run_import)


def _import_named(public_id: str) -> NominationImport:
    return NominationImport.objects.select_related("round__cohort__programme", "round__tenant", "file").get(
        public_id=public_id
    )


@transaction.atomic
def write_nominations(*, nominations: NominationImport, table: Table, by: Actor) -> NominationImport:
    """People, accounts, roles and applications for every row that is good or guessed; then the import is done.

    Nominees are told afterwards, by tell_nominees().
    """
    hold_ties()
    round_ = (
        SelectionRound.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "tenant")
        .get(pk=nominations.round_id)
    )
    require(staff, by, round_)
    if round_.state not in (RoundState.DRAFT, RoundState.OPEN):
        raise WrongState(_("This round is closed, so nominations can’t be added."))
    nominations = (
        NominationImport.objects.select_for_update(of=("self",)).select_related("round", "file").get(pk=nominations.pk)
    )
    if nominations.state == State.DONE:
        return nominations
    rows = checked_rows(nominations, table)
    wanted = [row for row in rows if row["outcome"] in WRITABLE]
    writer = Writer(round_, by, nominations.file.name)
    writer.write(wanted)
    for row in wanted:
        row["written"] = True
    _remember_spellings(nominations, wanted, writer.organisations)
    nominations.outcome = {
        "rows": rows,
        "totals": totals(rows),
        "written": len(wanted),
        "notices": nominations.outcome.get("notices", []),
    }
    nominations.state = State.DONE
    nominations.version += 1
    nominations.save()
    return nominations


@transaction.atomic
def tell_nominees(*, nominations: NominationImport, start: int, by: Actor, most: int = MESSAGES_AT_ONCE) -> int:
    """Queue the message of up to `most` nominees of this import from the `start`th; how many were looked at. Safe to repeat:
    nobody is told twice. While the round is being prepared nobody is told; opening it does."""
    written = [row["email"] for row in nominations.outcome["rows"] if row.get("written")][start : start + most]
    if nominations.round.state == RoundState.OPEN:
        rows = application_with_parts().filter(round=nominations.round_id, state=ApplicationState.INVITED)
        send_nominated(rows.filter(applicant__email__in=written).order_by("pk"), by=by)
    return len(written)


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
    """Writes the rows of one import. A log of 2,000 rows costs as many statements as one of ten, but for the messages."""

    round: SelectionRound
    by: Actor
    file_name: str
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.organisations = {row.public_id: row for row in Organisation.objects.all()}

    def write(self, rows: list[dict[str, Any]]) -> None:
        people = self.people(rows)
        applicants = [people[row["email"]] for row in rows]
        self.set_managers(rows, people)
        made = [
            self.application(row, reference, people)
            for row, reference in zip(rows, next_references(self.round.cohort, len(rows)), strict=True)
        ]
        Application.objects.bulk_create(made)
        ensure_accounts(people=applicants)
        give_role_to_all(people=applicants, role=Role.APPLICANT, cohort_id=self.round.cohort_id, by=self.by)
        for row, application in zip(rows, made, strict=True):
            reason = _("Row %(row)d of %(file)s") % {"row": row["row"], "file": self.file_name}
            record_change(application, "nominate", by=self.by, target=ApplicationState.INVITED, reason=reason)

    def people(self, rows: list[dict[str, Any]]) -> dict[str, Person]:
        """Everyone the rows name. What a row says of its own nominee counts for more than another row's mention of them."""
        named: dict[str, Newcomer] = {}
        for row in rows:
            for kind in ("manager", "sponsor"):
                values, address = row["values"], row["values"][f"{kind}_email"]
                if address:
                    employer = self.organisations.get(values[f"{kind}_organisation"])
                    named.setdefault(address, Newcomer(values[f"{kind}_name"] or address, address, employer))
        for row in rows:
            details = {key: row["values"][key] for key in ("job_title", "grade", "service_area", "district")}
            named[row["email"]] = Newcomer(
                row["name"], row["email"], self.organisations[row["organisation_id"]], **details
            )
        people = ensure_people(newcomers=named.values(), by=self.by)
        for newcomer in named.values():
            self.complete(people[newcomer.email], newcomer)
        return people

    def complete(self, person: Person, newcomer: Newcomer) -> None:
        """Somebody known so far as a name and an address only: the log says more of them now."""
        if person.organisation_id is None and newcomer.organisation is not None:
            change_employer(
                person=person,
                organisation=newcomer.organisation,
                job_title=newcomer.job_title,
                on=timezone.localdate(),
                by=self.by,
            )
        if newcomer.job_title and not person.job_title:
            for key in ("job_title", "grade", "service_area", "district"):
                setattr(person, key, getattr(person, key) or getattr(newcomer, key))
            person.save(update_fields=["job_title", "grade", "service_area", "district"])

    def set_managers(self, rows: list[dict[str, Any]], people: dict[str, Person]) -> None:
        """Who manages them, where we don't know of anybody yet."""
        changed = []
        for row in rows:
            nominee, manager = people[row["email"]], people.get(row["values"]["manager_email"])
            if manager is not None and nominee.line_manager_id is None and manager.pk != nominee.pk:
                nominee.line_manager = manager
                changed.append(nominee)
        Person.objects.bulk_update(changed, ["line_manager"], batch_size=500)
        if changed:
            ties_changed(None, by=self.by)

    def application(self, row: dict[str, Any], reference: str, people: dict[str, Person]) -> Application:
        values = row["values"]
        return Application(
            round=self.round,
            cohort=self.round.cohort,
            applicant=people[row["email"]],
            organisation=self.organisations[row["organisation_id"]],
            job_title=values["job_title"],
            grade=values["grade"],
            service_area=values["service_area"],
            route=values["route"],
            line_manager=people.get(values["manager_email"]),
            sponsor=people.get(values["sponsor_email"]),
            manager_named=values["manager_name"] or "",
            sponsor_named=values["sponsor_name"] or "",
            state=ApplicationState.INVITED,
            reference=reference,
            received_on=date.fromisoformat(values["received"]) if values["received"] else None,
        )
