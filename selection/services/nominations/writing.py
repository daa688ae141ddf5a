"""The log becomes nominations: all good and guessed rows in one transaction, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.transitions import record_change
from selection.emails import send_nominated
from selection.models import Application, NominationImport, SelectionRound
from selection.selectors.applications import application_with_parts
from selection.services.nominations.checking import spelling_key
from selection.services.references import next_references
from selection.states import ApplicationState, RoundState
from tenancy.actors import Actor
from tenancy.models import Organisation, Person, Role
from tenancy.services.conflicts import ties_changed
from tenancy.services.people import change_employer
from tenancy.services.people_in_bulk import Newcomer, ensure_accounts, ensure_people, give_role_to_all

MESSAGES_AT_ONCE = 100


@transaction.atomic
def tell_nominees(*, nominations: NominationImport, start: int, by: Actor, most: int = MESSAGES_AT_ONCE) -> int:
    """Queue the message of up to `most` nominees of this import from the `start`th; how many were looked at. Safe to repeat:
    nobody is told twice. While the round is being prepared nobody is told; opening it does."""
    written = [row["email"] for row in nominations.outcome["rows"] if row.get("written")][start : start + most]
    if nominations.round.state == RoundState.OPEN:
        rows = application_with_parts().filter(round=nominations.round_id, state=ApplicationState.INVITED)
        send_nominated(rows.filter(applicant__email__in=written).order_by("pk"), by=by)
    return len(written)


def remember_spellings(
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
