"""The county's own log of 128 nominations, with its dirt, put right as staff would, and what became of its people by today."""

from __future__ import annotations

from engine.imports.steps import leave_sheet_row_out, start_writing_sheet
from portal.demo.applying import fresh_round, open_it, plan_application, set_up
from portal.demo.cast import Nominee
from portal.demo.story import Story
from portal.demo.world import DATA
from selection.models import Application, Nomination, NominationImport, Nominator
from selection.rules import NOMINATE
from selection.selectors.nominating import drafts_of, shown
from selection.services.nominating import add_nomination, ask_nominators, confirm_nominations, send_nominations
from selection.services.nominations.uploads import correct_row, upload_nominations
from selection.states import NominationState
from tenancy.seen import digest_of

LOG = "nominations.xlsx"
# What staff found out by telephone, row by row of the sheet.
CORRECTIONS: dict[int, dict[str, str]] = {
    22: {"email": "aaron.jones@{host}"},
    23: {"email": "harry.williams@{host}"},
    43: {"received": "28/02/2026"},
    52: {"manager_email": "anthony.doyle@essexpolice.example"},
    57: {"job_title": "Head of Civic Engagement"},
    58: {"email": "zoe.obrien@rochford.example"},
    68: {"job_title": "Head of Integrated Commissioning and Partnerships"},
    82: {"email": "natalie.pickering@aru.example"},
}
# Rows whose employer staff chose; True where the spelling stands for it in every row.
EMPLOYERS: dict[int, tuple[str, bool]] = {
    14: ("ECC", True),
    15: ("Essex Police", False),
    64: ("Southend", True),
    70: ("Basildon", True),
}
TWICE = (32,)
APPLICANT = "Melissa Campbell"
LEADERS = [("Harriet Osei", "harriet.osei@essex.example"), ("Graham Tilbrook", "graham.tilbrook@essex.example")]
# Name, address, job title, employer, why, whether they know.
NOMINATED = [
    (
        "Priya Raman",
        "priya.raman@essex.example",
        "Head of Commissioning, Mental Health",
        "ECC",
        "She brought three providers who don’t usually speak to each other round one table last winter, and kept them there.",
        True,
    ),
    (
        "Callum Brightwell",
        "callum.brightwell@hospice.example",
        "Director of Care",
        "Farleigh Vale Hospice",
        "Runs a small organisation that everybody in the system leans on. He sees the whole path of a patient, and says so kindly.",
        False,
    ),
]


def plan_nominating(story: Story) -> None:
    timeline, days = story.world.timeline, story.days
    timeline.add(timeline.at(days.opens - 12, "10:15"), lambda: set_up(story))
    timeline.add(timeline.at(days.opens, "09:05"), lambda: open_it(story))
    timeline.add(timeline.at(days.opens, "10:30"), lambda: upload(story))
    timeline.add(timeline.at(days.opens, "16:20"), lambda: write(story))
    timeline.add(timeline.at(days.opens + 1, "08:15"), lambda: cast(story))
    timeline.add(timeline.at(days.opens + 1, "09:30"), lambda: ask_leaders(story))
    timeline.add(timeline.at(days.opens + 2, "18:40"), lambda: nominate(story))
    timeline.add(timeline.at(days.opens + 3, "10:05"), lambda: confirm(story))


def upload(story: Story) -> None:
    """Check the log, correct what is wrong and confirm what was guessed."""
    world = story.world
    with world.acting(world.staff) as by:
        nominations = upload_nominations(round=fresh_round(story), name=LOG, content=(DATA / LOG).read_bytes(), by=by)
    hosts = {
        row["row"]: row["values"].get("manager_email", "").rpartition("@")[2] for row in nominations.outcome["rows"]
    }
    for number in sorted({*CORRECTIONS, *EMPLOYERS}):
        employer, everywhere = EMPLOYERS.get(number, ("", False))
        texts = {key: text.format(host=hosts[number]) for key, text in CORRECTIONS.get(number, {}).items()}
        with world.acting(world.staff) as by:
            correct_row(
                nominations=nominations,
                number=number,
                texts=texts,
                organisation=world.organisations.get(employer),
                everywhere=everywhere,
                by=by,
            )
    for number in TWICE:
        with world.acting(world.staff) as by:
            leave_sheet_row_out(sheet=nominations, number=number, leave_out=True, by=by)


def write(story: Story) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        start_writing_sheet(sheet=NominationImport.objects.get(round=story.the_round()), by=by)


def cast(story: Story) -> None:
    """About a quarter have begun by today. The others have the mail, and a reminder if they have let it lie."""
    with story.world.reading():
        rows = list(
            Application.objects.filter(round=story.the_round())
            .select_related("applicant", "organisation", "line_manager", "sponsor")
            .order_by("reference")
        )
    begun = [row for row in rows if row.applicant.name == APPLICANT]
    begun += [row for row in rows[4::4] if has_two_endorsers(row) and row.applicant.name != APPLICANT]
    story.people = [nominee_of(row) for row in begun]
    story.by_email = {person.email: person for person in story.people}
    fates = (
        "draft",
        "",
        "officer waits",
        "",
        "manager waits",
        "draft",
        "",
        "manager waits",
        "",
        "draft",
        "withdraws",
        "",
    )
    moments = story.world.timeline.spread(story.days.opens + 4, -2, len(story.people))
    for number, (nominee, moment) in enumerate(zip(story.people, moments, strict=True)):
        nominee.fate = fates[number % len(fates)] if number < 24 or fates[number % len(fates)] != "withdraws" else ""
        plan_application(story, nominee, moment, number)


def ask_leaders(story: Story) -> None:
    world = story.world
    with world.acting(world.staff) as by:
        ask_nominators(round=fresh_round(story), leaders=LEADERS, by=by)


def nominate(story: Story) -> None:
    """One of the two answers on the way home; the other hasn't opened the mail yet."""
    world = story.world
    with world.reading():
        leader = Nominator.objects.select_related("person", "round__cohort").get(
            round=story.the_round(), named=LEADERS[0][0]
        )
    with world.by_link(leader.person, NOMINATE) as by:
        for name, email, job_title, employer, reason, knows in NOMINATED:
            organisation = world.organisations.get(employer)
            add_nomination(
                nominator=leader,
                name=name,
                email=email,
                job_title=job_title,
                organisation=organisation,
                organisation_name="" if organisation else employer,
                reason=reason,
                knows=knows,
                by=by,
            )
        send_nominations(nominator=leader, seen=digest_of(shown(list(drafts_of(leader)))), by=by)


def confirm(story: Story) -> None:
    """Whose employer is on the list is invited; the other waits for somebody to find out which trust is meant."""
    world = story.world
    with world.acting(world.staff) as by:
        waiting = Nomination.objects.filter(state=NominationState.WAITING).values_list("public_id", flat=True)
        confirm_nominations(round=fresh_round(story), nominations=list(waiting), by=by)


def has_two_endorsers(row: Application) -> bool:
    """The log names one person for both parts here and there: an applicant has to find another."""
    return bool(row.line_manager_id and row.sponsor_id and row.line_manager_id != row.sponsor_id)


def nominee_of(row: Application) -> Nominee:
    assert row.line_manager is not None and row.sponsor is not None
    return Nominee(
        name=row.applicant.name,
        email=row.applicant.email,
        employer=row.organisation.short_name,
        job_title=row.job_title,
        grade=row.grade,
        area=row.applicant.service_area,
        district=row.applicant.district,
        own=row.route == "own",
        manager=(row.line_manager.name, row.line_manager.email),
        officer=(row.sponsor.name, row.sponsor.email),
    )
