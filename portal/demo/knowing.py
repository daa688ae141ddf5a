"""Who turns out to know whom, and what that closes to them; what of a round is about to be deleted."""

from __future__ import annotations

from portal.demo.essex_life import appoint
from portal.demo.story import Story
from selection.models import Application, AssessorAllocation
from tenancy.models import ConflictDeclaration
from tenancy.services.conflicts import declare_conflict
from tenancy.services.people import change_employer
from tenancy.services.retention import set_periods

# Days until the applications of a decided round go: within the fortnight in which staff are asked to look.
LEFT = 9
KEPT_FOR_SCORES = 365


def plan_relative(story: Story, officer: tuple[str, str, str], *, applicant: int) -> None:
    """The cohort's own member of staff is related to one of its applicants, and says so before moderation begins."""
    at, days = story.world.timeline.at, story.days
    story.world.timeline.add(at(days.opens - 8, "09:25"), lambda: appoint(story, officer))
    email = story.people[applicant].email
    story.world.timeline.add(at(days.score_by - 3, "12:35"), lambda: say_related(story, officer[0], email))


def say_related(story: Story, name: str, email: str) -> None:
    world = story.world
    with world.reading():
        applicant = (
            Application.objects.select_related("applicant")
            .get(round=story.the_round(), applicant__email=email)
            .applicant
        )
    officer = world.found(name)
    with world.acting(officer) as by:
        declare_conflict(person=officer, other=applicant, kind=ConflictDeclaration.Kind.RELATIVE, by=by)


def plan_new_post(story: Story, assessor: int) -> None:
    """While scores are being given, an assessor takes a post at an applicant's employer."""
    at, days = story.world.timeline.at, story.days
    story.world.timeline.add(at(days.endorse_by + 9, "10:50"), lambda: take_post(story, story.assessors[assessor]))


def take_post(story: Story, name: str) -> None:
    """What they've finished goes first, so that the record shows scores that no longer count."""
    world = story.world
    assessor = world.found(name)
    with world.reading():
        work = AssessorAllocation.objects.filter(
            application__round=story.the_round(), assessor=assessor, withdrawn_at__isnull=True
        )
        newest = work.select_related("application__organisation").order_by("-finished_at", "id")
        work_there = newest.filter(finished_at__isnull=False).first() or newest.first()
    if work_there is None:
        return
    with world.acting(world.staff) as by:
        change_employer(
            person=assessor,
            organisation=work_there.application.organisation,
            job_title="Interim programme director",
            on=world.timeline.clock.moment.date(),
            by=by,
        )


def plan_deletion(story: Story) -> None:
    """Staff have set how long applications and scores are kept; those of this round go before long."""
    timeline = story.world.timeline
    decided = timeline.day(story.days.offers)
    kept = (timeline.today - decided).days + LEFT
    timeline.add(timeline.at(-40, "15:20"), lambda: keep_for(story, kept))


def keep_for(story: Story, days: int) -> None:
    with story.world.acting(story.world.staff) as by:
        set_periods(days={"selection.applications": days, "selection.scores": KEPT_FOR_SCORES}, by=by)
