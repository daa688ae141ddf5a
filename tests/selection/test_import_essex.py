"""The county's real-life log, every odd row pinned: 128 rows, of which one is blank."""

from __future__ import annotations

import pytest

from reminders.models import Message
from selection.models import Application, NominationImport, SelectionRound
from selection.services.nominations.uploads import upload_nominations
from tenancy.models import Account, Change, Organisation, Person, RoleAssignment, Tenant
from tests.factories.selection import make_round
from tests.selection.import_setup import LOG, SYSTEM, load_organisations, outcomes, write

ESNEFT = "East Suffolk and North Essex NHS Foundation Trust"
GUESSED = {
    14: (
        ["organisation_guessed", "address_points_elsewhere"],
        "Essex County Council",
    ),  # says Essex C.C., address of the university
    15: (["address_points_elsewhere"], "Essex County Council"),  # says the council, address of the police
    46: (["organisation_guessed"], ESNEFT),
    58: (["name_differs_from_address"], "Rochford District Council"),  # Zoë with Wendy Clark's address
    64: (["organisation_guessed"], "Southend-on-Sea City Council"),
    70: (["organisation_guessed"], "Basildon Borough Council"),
    75: (["organisation_guessed"], ESNEFT),
    77: (["endorser_address_found"], "Department for Work and Pensions"),  # no address, but other rows have it
    80: (["organisation_guessed"], "Basildon Borough Council"),
    85: (["organisation_guessed"], "Mid and South Essex NHS Foundation Trust"),
}
WRONG = {
    22: (["email_missing"], "The work email is missing."),
    23: (["email_invalid"], "Work email: “not an address” isn’t an email address."),
    32: (["duplicate"], "The same person as row 31."),
    43: (["date_invalid"], "Received: “31/02/2026” isn’t a real date."),
    52: (
        ["endorser_is_applicant"],
        "The line manager’s address is the nominee’s own. In row 55 Anthony Doyle has anthony.doyle@essexpolice.example.",
    ),
    57: (["formula"], "Cell E57 holds a formula, which we don’t run. Type its value instead."),
    68: (["too_long"], "Job title is 418 characters long. Use 160 or fewer."),
    82: (
        ["address_points_elsewhere", "address_of_another"],
        "rosie.smith@probation.example is the address of Rosie Smith in row 83.",
    ),
}
TOTALS = {"good": 109, "guessed": 10, "wrong": 8, "already there": 0, "left out": 0, "empty": 1}


@pytest.fixture
def round_(in_essex: Tenant) -> SelectionRound:
    load_organisations()
    return make_round()


@pytest.fixture
def nominations(round_: SelectionRound) -> NominationImport:
    return upload_nominations(round=round_, name="nominations.xlsx", content=LOG.read_bytes(), by=SYSTEM)


def test_the_check_says_what_each_odd_row_is(nominations: NominationImport) -> None:
    rows = {row["row"]: row for row in nominations.outcome["rows"]}
    assert list(rows) == list(range(2, 130))
    assert nominations.outcome["totals"] == TOTALS
    found = outcomes(nominations)
    assert {n: found[n][1] for n, row in rows.items() if row["outcome"] == "guessed"} == {
        n: c for n, (c, _) in GUESSED.items()
    }
    assert {n: rows[n]["organisation"] for n in GUESSED} == {n: name for n, (_, name) in GUESSED.items()}
    assert {n: found[n][1] for n, row in rows.items() if row["outcome"] == "wrong"} == {
        n: c for n, (c, _) in WRONG.items()
    }
    assert {n: rows[n]["reasons"][-1]["text"] for n in WRONG} == {n: text for n, (_, text) in WRONG.items()}
    assert rows[72]["outcome"] == "empty"


def test_what_is_plain_is_read_without_a_guess(nominations: NominationImport) -> None:
    rows = {row["row"]: row for row in nominations.outcome["rows"]}
    assert (rows[9]["outcome"], rows[9]["email"]) == ("good", "kevin.roberts@ecc.example")  # capitals and blanks
    assert (rows[29]["outcome"], rows[29]["organisation"]) == ("good", "Essex County Council")  # small letters
    assert rows[44]["values"]["received"] == "2026-01-14"  # a date typed as words
    assert rows[45]["values"]["received"] == "2026-01-20"  # a date with a time
    assert rows[58]["name"] == "Zoë O’Brien-Ní Dhomhnaill"
    assert rows[83]["outcome"] == "good"  # the address is hers, not Natalie Pickering's
    assert rows[14]["values"]["manager_organisation"] == Organisation.objects.get(name="University of Essex").public_id


def test_the_check_writes_nothing(nominations: NominationImport) -> None:
    assert not Application.objects.exists()
    assert not Person.objects.filter(email__endswith=".example").exists()
    assert not Message.objects.exists()


def test_writing_makes_people_accounts_roles_applications_and_messages(nominations: NominationImport) -> None:
    nominations = write(nominations)
    assert nominations.state == "done"
    assert nominations.outcome["written"] == Application.objects.count() == 119
    application = Application.objects.select_related("applicant", "line_manager", "sponsor").get(
        applicant__email="sean.webster@castlepoint.example"
    )
    assert application.reference == "LGE2-0002"
    assert (application.state, application.route) == ("invited", "nominated")
    assert application.received_on.isoformat() == "2026-02-08"
    assert application.applicant.organisation.name == "Castle Point Borough Council"
    assert (application.applicant.grade, application.applicant.district) == ("Assistant director", "Castle Point")
    assert application.applicant.line_manager == application.line_manager
    assert application.line_manager.email == "rachel.singh@castlepoint.example"
    assert application.sponsor.name == "Rhys Lloyd"
    assert Account.objects.filter(email="sean.webster@castlepoint.example").exists()
    assert RoleAssignment.objects.filter(role="applicant", cohort=application.cohort).count() == 119
    message = Message.objects.get(kind="selection.nominated", recipient=application.applicant)
    assert message.asks and application.reference in message.body_text
    assert message.link_path.endswith(f"/applications/{application.public_id}/")
    assert Message.objects.filter(kind="selection.nominated").count() == 119
    step = Change.objects.get(subject_id=application.public_id, name="nominate")
    assert step.reason == "Row 3 of nominations.xlsx"


def test_the_same_file_twice_adds_nothing(nominations: NominationImport, round_: SelectionRound) -> None:
    write(nominations)
    people, accounts, messages = Person.objects.count(), Account.objects.count(), Message.objects.count()
    again = upload_nominations(round=round_, name="nominations.xlsx", content=LOG.read_bytes(), by=SYSTEM)
    totals = again.outcome["totals"]
    assert (totals["good"], totals["guessed"], totals["already there"], totals["wrong"]) == (0, 0, 119, 8)
    assert (people, accounts, messages) == (Person.objects.count(), Account.objects.count(), Message.objects.count())


def test_a_round_being_prepared_writes_to_nominees_when_it_opens(in_essex: Tenant) -> None:
    from selection.services.rounds import open_round

    load_organisations()
    round_ = make_round(opened=False)
    write(upload_nominations(round=round_, name="nominations.xlsx", content=LOG.read_bytes(), by=SYSTEM))
    assert not Message.objects.exists()
    open_round(round=round_, by=SYSTEM)
    assert Message.objects.filter(kind="selection.nominated").count() == 119
