"""What the Essex cohorts do once chosen, and what staff see to beside them."""

from __future__ import annotations

from collections.abc import Sequence

from cohorts.services.invitations import invite_person
from portal.demo import words_cohorts, words_essex
from portal.demo.asking import plan_report, plan_survey
from portal.demo.mapping import plan_map
from portal.demo.meeting import Gathering, Meetings, leave, plan_meetings
from portal.demo.networking import plan_network
from portal.demo.pairing import Guide, plan_pairing
from portal.demo.story import Story
from portal.demo.trying import plan_trying
from portal.demo.words_stakeholders import FRIDAY_DOORS, HOARDING
from portal.demo.working import Work, plan_work
from portal.demo.world import World
from reminders.services.reminding import queue_due_reminders
from selection.models import AssessorAllocation
from selection.services.assessment import declare_assessor_conflict
from tenancy.models import ConflictDeclaration, Person, Role
from tenancy.services.conflicts import declare_conflict
from tenancy.services.roles import RoleScope, assign_role

SETS = ("Blackwater", "Colne", "Crouch", "Stour", "Chelmer", "Roding", "Mardyke")
FACILITATORS = [name for name, _email in words_essex.FACILITATORS]
WORKSHOPS, CLASSES = words_cohorts.EVENTS["workshop"], words_cohorts.EVENTS["masterclass"]
RESIDENTIAL, SUPPER = words_cohorts.EVENTS["residential"][0], words_cohorts.EVENTS["networking"][0]
ONLINE = words_cohorts.EVENTS["virtual"][0]


def a_year(told: Sequence[int] = ()) -> list[Gathering]:
    """The programme's usual year; `told` are the numbers of events whose planning is news to people."""
    year = [
        Gathering(0, "workshop", *WORKSHOPS[0]),
        Gathering(20, "masterclass", *CLASSES[0], begins="14:00", ends="17:00"),
        Gathering(43, "residential", *RESIDENTIAL, begins="10:00", ends="15:30", nights=1),
        Gathering(71, "workshop", *WORKSHOPS[1]),
        Gathering(92, "virtual", *ONLINE, begins="12:30", ends="13:30"),
        Gathering(113, "workshop", *WORKSHOPS[2], asks=words_cohorts.ASKED[:2]),
        Gathering(141, "masterclass", *CLASSES[1], begins="14:00", ends="17:00", asks=words_cohorts.ASKED[2:3]),
        Gathering(160, "networking", *SUPPER, begins="18:30", ends="21:00", planned=130, asks=words_cohorts.ASKED[3:4]),
        Gathering(184, "workshop", *WORKSHOPS[3], asks=words_cohorts.ASKED[4:]),
        Gathering(226, "masterclass", *CLASSES[2], begins="14:00", ends="17:00"),
        Gathering(300, "workshop", *WORKSHOPS[4]),
    ]
    return [Gathering(**{**vars(g), "told": True}) if n in told else g for n, g in enumerate(year)]


def plan_life_1(story: Story) -> None:
    """Finished: six projects, two of them handed on; both surveys; a report."""
    plan_meetings(
        story,
        Meetings(
            a_year(), (30, 80, 130, 200, 270), SETS, FACILITATORS[:2], reflections=22, supplier="Perpetua Nkemelu"
        ),
    )
    plan_trying(story, library=True)
    plan_work(
        story,
        (
            Work(4, (0, 5, 9), "Tendring", 60, ratings="gaggg", ends="close"),
            Work(5, (1, 6), "ECC", 64, ratings="arra", ends="stop"),
            Work(6, (2, 7, 11), "EPUT", 70, ratings="ggag", ends="close", also=3),
            Work(7, (3, 8), "Colchester", 75, "decline"),
        ),
    )
    plan_pairing(story, GUIDES[:2], pairs=3)
    plan_survey(story, before=3, open_for=21, after=24)
    # the last wave is open now
    plan_network(story, before=2, open_for=20, end=16, later=-story.ends - 9)
    plan_report(story, words_cohorts.WELCOME_NARRATIVE)


GUIDES = (
    Guide("Ingrid Maldonado", "ingrid.maldonado@mentors.example", "outside", 0, 3, "Chair, regional port authority"),
    Guide(
        "Fergus Achebe-Stone", "fergus.achebe-stone@mentors.example", "outside", 1, 2, "Retired trust chief executive"
    ),
    Guide("Rosamund Tyndale", "rosamund.tyndale@mentors.example", "outside", 2, 2, "Former finance director"),
    Guide("Carly Brown", "carly.brown@eeast.example", "chief_officer", 4, 2),
    Guide(
        "Bronwen Vickers-Adeyemi",
        "bronwen.vickers-adeyemi@mentors.example",
        "outside",
        3,
        2,
        "Trustee of three charities",
    ),
    Guide("Joel Hartnoll", "joel.hartnoll@ecc.example", "alumni", 5, 2),
)


def plan_life_2(story: Story) -> None:
    """In mid-course: projects in every state, pairs at work, the survey before answered by nearly all."""
    plan_meetings(
        story,
        Meetings(
            a_year(told=(0, 7)), (28, 76, 128, 172), SETS, FACILITATORS, reflections=46, supplier="Perpetua Nkemelu"
        ),
    )
    plan_trying(story)
    plan_work(
        story,
        (
            Work(0, (0, 8, 16, 24), "Essex Police", 22, ratings="gar"),
            Work(1, (1, 9, 17), "Tendring", 26, ratings="gag", also=3),
            Work(2, (2, 10, 18), "ECFRS", 33, ratings="agg"),
            Work(3, (3, 11, 19), "DWP", 41, ratings="ga"),
            Work(6, (4, 12), "ESNEFT", 48, "send_back"),
            Work(5, (5, 13, 20), "ECC", 55, ratings="a", ends="pause"),
            Work(7, (6, 14, 21), "Essex Police", 136, ""),
            Work(4, (7, 15), "C360", None),
        ),
    )
    plan_map(story, words_cohorts.PROJECTS[0][0], FRIDAY_DOORS, shown=True)
    plan_map(story, words_cohorts.PROJECTS[2][0], HOARDING)
    plan_pairing(story, GUIDES, pairs=10)
    plan_survey(story, before=3, open_for=24)
    plan_network(story, before=2, open_for=22)
    at = story.world.timeline.at
    story.world.timeline.add(
        at(story.starts + 96, "16:40"),
        lambda: leave(story, story.participants[31], "Seconded to the regional office for a year, from next week."),
    )


OFFICER = ("Marguerite Achterberg", "Programme officer", "marguerite.achterberg@essex-partners.example")


def plan_people(second: Story, coastal: Story) -> None:
    """Roles of one cohort, an invitation nobody has answered, conflicts declared."""
    world, at = second.world, second.world.timeline.at
    world.timeline.add(at(coastal.days.opens - 8, "09:25"), lambda: appoint(coastal, OFFICER))
    world.timeline.add(at(-31, "09:50"), lambda: ask_mentor(world))
    world.timeline.add(at(-70, "13:05"), lambda: declare(second))
    world.timeline.add(at(coastal.days.endorse_by + 3, "19:35"), lambda: know_applicant(coastal))


def appoint(story: Story, officer: tuple[str, str, str]) -> None:
    """Staff of this cohort alone: (name, job title, address)."""
    world = story.world
    name, job_title, email = officer
    person = world.person(name, "", job_title, email)
    cohort = story.the_cohort()
    with world.acting(world.staff) as by:
        assign_role(
            person=person, role=Role.STAFF, scope=RoleScope(cohort.public_id, cohort.name, cohort_id=cohort.pk), by=by
        )


def ask_mentor(world: World) -> None:
    with world.acting(world.staff) as by:
        invite_person(
            name="Godfrey Ellingham-Price",
            email="godfrey.ellingham-price@mentors.example",
            role=Role.MENTOR,
            cohort=None,
            by=by,
            job_title="Chair of a housing association",
            note="Philippa thought of you for people who are new to boards.",
        )


def declare(story: Story) -> None:
    """One participant says that she and another are related."""
    world = story.world
    one, other = story.participants[0], story.participants[27]
    with world.acting(one) as by:
        declare_conflict(person=one, other=other, kind=ConflictDeclaration.Kind.RELATIVE, by=by)


def know_applicant(coastal: Story) -> None:
    """An assessor notices a former colleague in the pile; somebody else takes the application over."""
    world = coastal.world
    assessor: Person = world.found(coastal.assessors[1])
    with world.acting(assessor) as by:
        mine = AssessorAllocation.objects.filter(
            application__round=coastal.the_round(),
            assessor=assessor,
            finished_at__isnull=True,
            withdrawn_at__isnull=True,
        )
        allocation = mine.select_related("application").order_by("-id").first()
        if allocation is not None:
            declare_assessor_conflict(allocation=allocation, kind=ConflictDeclaration.Kind.WORKED, by=by)


def plan_reminders(world: World) -> None:
    """The tick that works out reminders: weekly while things are quiet, on each of the last working days."""
    for day in (*range(-63, -7, 7), -4, -1):
        world.timeline.add(world.timeline.at(day, "09:00"), lambda: remind(world))


def remind(world: World) -> None:
    with world.reading():
        queue_due_reminders(tenant=world.tenant)
