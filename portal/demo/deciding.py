"""From assessment to the last answer: scores, moderation, choice, offers, and who moves up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from engine.imports.steps import start_writing_sheet
from engine.sheets import write_csv
from portal.demo import words_applications as texts
from portal.demo.applying import fresh_round, own_application
from portal.demo.cast import Nominee
from portal.demo.story import Story
from selection.models import Application, AssessorAllocation, Correction, Deferral, Expertise, SelectionRound
from selection.selectors.attributes import SECTOR
from selection.selectors.deferrals import deferrals, kept_for
from selection.selectors.limits import Limits
from selection.selectors.offers import reserves_of
from selection.selectors.ranking import Ranked, rank_round
from selection.selectors.what_if import try_out
from selection.services.allocation import ask_for_expertise, set_terms
from selection.services.assessment import Mark, note_opening, save_scores, start_assessment, start_moderation
from selection.services.balance import keep_limits
from selection.services.choosing import composition_of, make_offers, send_not_selected, take_over
from selection.services.deferrals import agree_deferral, ask_to_defer, offer_kept_places
from selection.services.equality_figures import make_equality_figures
from selection.services.feedback import draft_feedback, edit_feedback, send_feedback
from selection.services.moderation import (
    agree_means,
    choose_correction,
    lock_moderation,
    moderate_application,
    name_chair,
)
from selection.services.offers import accept_offer, decline_offer
from selection.services.score_imports.columns import comment_heading, points_heading
from selection.services.score_imports.kind import upload_scores
from selection.states import ApplicationState
from selection.tasks import lapse_overdue_offers
from tenancy.actors import Actor
from tenancy.models import Person, Role, Sector
from tenancy.services.roles import RoleScope, assign_role


def plan_assessing(story: Story, *, finished: float = 1.0) -> None:
    """Assessors are allocated the day after endorsements were due; `finished` is the share of the work they have done by now."""
    timeline, days = story.world.timeline, story.days
    timeline.add(timeline.at(days.closes + 1, "10:20"), lambda: appoint_assessors(story))
    timeline.add(timeline.at(days.endorse_by + 1, "10:00"), lambda: begin(story, finished))
    timeline.add(timeline.at(days.endorse_by + 1, "10:05"), lambda: count_equality(story))


def plan_choosing(story: Story) -> None:
    """Moderation after the last score, offers, answers, letters to those who weren't selected."""
    timeline, days = story.world.timeline, story.days
    timeline.add(timeline.at(days.moderates, "09:15"), lambda: moderate(story))
    timeline.add(timeline.at(days.moderates, "09:20"), lambda: count_equality(story))
    timeline.add(timeline.at(days.offers, "09:20"), lambda: balance(story))
    timeline.add(timeline.at(days.offers, "11:00"), lambda: offer(story))
    if story.starts < 0:
        timeline.add(timeline.at(story.starts, "08:05"), lambda: count_equality(story))


def count_equality(story: Story) -> None:
    """The tick that counts what is settled of the equality answers."""

    def step(round_: SelectionRound, _by: Actor) -> None:
        make_equality_figures(round=round_, by=Actor.system("equality figures"))

    staffed(story, step)


def staffed(story: Story, step: Callable[[SelectionRound, Actor], None]) -> None:
    with story.world.acting(story.world.staff) as by:
        step(fresh_round(story), by)


def chaired(story: Story, step: Callable[[SelectionRound, Actor], None]) -> None:
    """As whoever moderates the round."""
    if not story.chair:
        staffed(story, step)
        return
    with story.world.acting(story.world.found(story.chair)) as by:
        step(fresh_round(story), by)


def appoint_assessors(story: Story) -> None:
    cohort = story.the_cohort()
    people = [story.world.found(name) for name in story.assessors]
    with story.world.acting(story.world.staff) as by:
        scope = RoleScope(cohort.public_id, cohort.name, cohort_id=cohort.pk)
        for person in people:
            assign_role(person=person, role=Role.ASSESSOR, scope=scope, by=by)
        if story.chair:
            name_chair(round=fresh_round(story), person=story.world.found(story.chair), by=by)
            say_what_they_take(story, people, by)


def say_what_they_take(story: Story, assessors: list[Person], by: Actor) -> None:
    """One has less time than the others; two know sectors besides their own; each application should have somebody who knows its sector."""
    round_ = fresh_round(story)
    sectors = list(Sector.objects.order_by("position", "name"))
    even = len(story.people) * story.readers // len(assessors)
    set_terms(round=round_, assessor=assessors[0], most=even * 3 // 4, sectors=[], criteria=[], version=0, by=by)
    for number, person in enumerate(assessors[1:3]):
        known = sectors[number::2][:2]
        set_terms(round=round_, assessor=person, most=None, sectors=known, criteria=[], version=0, by=by)
    ask_for_expertise(round=round_, wants=Expertise.SECTOR, by=by)


def begin(story: Story, finished: float) -> None:
    late = [n.email for n in story.people if n.fate == "late but let in"]

    def step(round_: SelectionRound, by: Actor) -> None:
        also = list(
            Application.objects.filter(round=round_, state=ApplicationState.SUBMITTED, applicant__email__in=late)
        )
        start_assessment(round=round_, by=by, also=also, reason=texts.LATE_REASON if also else "")

    staffed(story, step)
    with story.world.reading():
        work = list(
            AssessorAllocation.objects.filter(application__round=story.the_round())
            .select_related("assessor", "application__applicant")
            .order_by("assessor_id", "id")
        )
    last = min(story.days.score_by, -1)
    moments = story.world.timeline.spread(story.days.endorse_by + 2, last, len(work))
    by_turns = sorted(work, key=lambda a: (a.pk * 7919) % 1009)
    on_paper = [(n, a) for n, a in enumerate(by_turns) if a.assessor.name == story.on_paper]
    if on_paper:
        story.world.timeline.add(moments[-1], lambda: bring_in_paper(story, on_paper))
    for number, (allocation, moment) in enumerate(zip(by_turns, moments, strict=True)):
        if number < finished * len(work) and (number, allocation) not in on_paper:
            story.world.timeline.add(moment, lambda a=allocation, n=number: score(story, a, n))
    if finished < 1:
        # somebody has begun one and not finished it
        story.world.timeline.add(moments[-1], lambda: score(story, by_turns[-1], len(work), finish=False))


def bring_in_paper(story: Story, work: Sequence[tuple[int, AssessorAllocation]]) -> None:
    """An assessor who reads on paper sends the sheet back by post, and staff bring it in."""
    with story.world.reading():
        round_ = fresh_round(story)
        criteria = list(round_.criteria.all())
    headings = [
        "Reference",
        "Assessor",
        *(heading(c) for c in criteria for heading in (points_heading, comment_heading)),
    ]
    rows: list[list[object]] = []
    for number, allocation in work:
        nominee = story.by_email[allocation.application.applicant.email]
        marks = [mark(nominee, number, i) for i, _criterion in enumerate(criteria)]
        said = [part for each in marks for part in (each.points, each.comment)]
        rows.append([allocation.application.reference, allocation.assessor.name, *said])
    with story.world.acting(story.world.staff) as by:
        name = f"{story.on_paper}, scores by post.csv"
        sheet = upload_scores(round=round_, name=name, content=write_csv(headings, rows), by=by)
        start_writing_sheet(sheet=sheet, by=by)


def score(story: Story, allocation: AssessorAllocation, number: int, *, finish: bool = True) -> None:
    world = story.world
    nominee = story.by_email[allocation.application.applicant.email]
    with world.acting(allocation.assessor) as by:
        rows = AssessorAllocation.objects.select_related("application__round").filter(withdrawn_at__isnull=True)
        found = rows.filter(pk=allocation.pk).first()
        if found is None:
            return  # taken back, or moved to somebody else before it was opened
        allocation = found
        note_opening(allocation=allocation, by=by)
        criteria = list(story.the_round().criteria.all())
        marks = {c.pk: mark(nominee, number, i) for i, c in enumerate(criteria) if finish or not i}
        # reading takes time, and some of it the page is left lying
        minutes = 12 + number * 7 % 23
        world.timeline.clock.set(world.timeline.clock.moment + timedelta(minutes=minutes + number % 5))
        save_scores(allocation=allocation, marks=marks, by=by, finish=finish, seconds=minutes * 60)


def mark(nominee: Nominee, number: int, criterion: int, comments: Sequence[str] = texts.ASSESSOR_COMMENTS) -> Mark:
    """What the answers show, as this assessor reads them: mostly alike, now and then far apart."""
    lean = (0, 0.4, -0.4, 0, 0.3, -0.5, 0.2)[(number * 3 + criterion * 2) % 7]
    if number % 17 == 5 and criterion == 2:
        lean = -2.2
    points = max(1, min(7, round(nominee.strength + lean + (0.3, 0, -0.3)[criterion % 3])))
    return Mark(points, comments[(number + criterion * 3) % len(comments)])


def plan_moderating(story: Story) -> None:
    """Moderation has begun, and the chair is half way through what is flagged."""
    timeline, days = story.world.timeline, story.days
    timeline.add(timeline.at(days.moderates, "09:15"), lambda: moderate(story, share=0.5))
    timeline.add(timeline.at(days.moderates, "09:20"), lambda: count_equality(story))


def moderate(story: Story, *, share: float = 1.0) -> None:
    def step(round_: SelectionRound, by: Actor) -> None:
        start_moderation(round=round_, by=by)

    staffed(story, step)
    if story.corrected_because:
        chaired(story, lambda round_, by: correct(story, round_, by))
    with story.world.reading():
        flagged = [r for r in ranking(story) if r.needs_moderation]
    done = flagged[: math.ceil(len(flagged) * share)]
    last = min(story.days.offers - 2, -1) if story.days.offers else -1
    moments = story.world.timeline.spread(story.days.moderates + 1, last, len(done))
    for number, (row, moment) in enumerate(zip(done, moments, strict=True)):
        story.world.timeline.add(moment, lambda r=row, n=number: agree(story, r, n))


def correct(story: Story, round_: SelectionRound, by: Actor) -> None:
    choose_correction(round=round_, correction=Correction.ADDITIVE, reason=story.corrected_because, by=by)


def ranking(story: Story) -> list[Ranked]:
    return rank_round(fresh_round(story), places=story.places)


def agree(story: Story, row: Ranked, number: int) -> None:
    assert row.standing is not None
    standing = row.standing
    reasons = texts.MODERATION_REASONS

    def step(round_: SelectionRound, by: Actor) -> None:
        moderate_application(
            application=Application.objects.select_related("cohort", "round__cohort__programme").get(pk=row.pk),
            points=min(standing + (Decimal("0.25"), Decimal(0), Decimal("-0.25"))[number % 3], Decimal(7)),
            reason=reasons[number % len(reasons)],
            version=0,
            by=by,
        )

    chaired(story, step)


def balance(story: Story) -> None:
    """What moderation has flagged anew is agreed; then the best choice within the limits is taken over, and they are kept."""

    def step(round_: SelectionRound, by: Actor) -> None:
        for _again in range(5):
            left = [r.public_id for r in ranking(story) if r.needs_moderation]
            if not left:
                break
            agree_means(round=round_, applications=left, reason=texts.MEAN_REASON, by=by)
        lock_moderation(round=round_, by=by)
        ranked = ranking(story)
        standing = composition_of(round_, ranked)
        limits = agreed_limits(story, ranked)
        found = try_out(ranked, limits, standing=standing.chosen, places=standing.places)
        if found.comes_in:
            reason = texts.LIMITS_REASON
            take_over(
                round=round_,
                chosen=found.chosen,
                seal=standing.seal,
                reason=reason,
                told=found.told,
                keep=limits,
                by=by,
            )
        else:
            keep_limits(round=round_, limits=limits, version=round_.limits_version, by=by)

    staffed(story, step)


def agreed_limits(story: Story, ranked: list[Ranked]) -> Limits:
    """The share of each sector but the councils', as far as it has people, and no more than six from one organisation."""
    assessed = Counter(r.sector_id for r in ranked if r.rank is not None)
    with story.world.reading():
        targets = list(story.the_cohort().targets.select_related("sector"))
    return Limits(
        {
            (SECTOR, str(t.sector_id)): min(t.places, assessed[t.sector_id])
            for t in targets
            if t.sector.name.lower() != "local government"
        },
        each_organisation=6,
    )


def offer(story: Story) -> None:
    def step(round_: SelectionRound, by: Actor) -> None:
        # whoever deferred from an earlier cohort comes first
        if kept := [d.public_id for d in kept_for(round_)]:
            offer_kept_places(round=round_, deferrals=kept, by=by)
        choice = composition_of(round_, ranking(story))
        make_offers(round=round_, seal=choice.seal, by=by)

    staffed(story, step)
    plan_answers(story, story.world.timeline.at(story.days.offers + 1, "08:40"))
    timeline = story.world.timeline
    timeline.add(timeline.at(story.days.offers + 18, "00:04") + timedelta(days=1), lambda: lapse(story))
    timeline.add(timeline.at(story.days.offers + 21, "14:00"), lambda: tell_the_others(story))


def plan_answers(story: Story, first: datetime) -> None:
    """Everyone who holds an offer answers in the next few days, each at a moment of their own."""
    with story.world.reading():
        offered = list(
            Application.objects.filter(round=story.the_round(), state=ApplicationState.OFFERED)
            .select_related("applicant")
            .order_by("reference")
        )
    gap = timedelta(minutes=4 * 24 * 60 // max(len(offered), 1))
    for number, application in enumerate(offered):
        moment = first + gap * number
        person = application.applicant
        nominee = story.by_email.get(person.email)
        fate = nominee.fate if nominee else ""
        if fate != "lapses":
            story.world.timeline.add(moment, lambda p=person, f=fate: reply(story, p, f))


def reply(story: Story, person: Person, fate: str) -> None:
    world = story.world
    with world.acting(person) as by:
        application = own_application(story, person)
        if application.state != ApplicationState.OFFERED:
            return  # whoever moved up the evening before others lapsed was reckoned with twice
        if fate == "defers":
            wish = ask_to_defer(application=application, wish=texts.WISH_TO_DEFER, by=by)
            answered = world.timeline.clock.moment + timedelta(days=1, hours=3)
            world.timeline.add(answered, lambda: keep_place(story, wish))
            return
        if fate != "declines":
            accept_offer(application=application, by=by)
            return
        moved_up = decline_offer(application=application, reason=texts.DECLINE_OFFER, by=by)
    plan_next(story, moved_up)


def plan_next(story: Story, moved_up: Application | None) -> None:
    """Whoever moves up from the reserve list says yes the next morning."""
    if moved_up is not None:
        next_morning = story.world.timeline.clock.moment + timedelta(hours=21)
        story.world.timeline.add(next_morning, lambda: reply(story, moved_up.applicant, ""))


def keep_place(story: Story, wish: Deferral) -> None:
    """Staff agree: a place on a later cohort is kept, and this one goes to the reserve list."""
    with story.world.acting(story.world.staff) as by:
        deferral = deferrals().get(pk=wish.pk)
        until = story.the_cohort().starts_on + timedelta(days=550)
        moved_up = agree_deferral(deferral=deferral, keep_until=until, reason=texts.DEFERRAL_AGREED, by=by)
    plan_next(story, moved_up)


def lapse(story: Story) -> None:
    """The tick that ends offers nobody answered; the reserve who moves up says yes."""
    lapse_overdue_offers()
    plan_answers(story, story.world.timeline.clock.moment + timedelta(hours=10))


def tell_the_others(story: Story) -> None:
    """Feedback is drafted for everybody. Those with no place are told, with theirs, some of it in staff's own words; a reserve or two
    are kept, and get theirs too. What the others would read waits as a draft."""

    def step(round_: SelectionRound, by: Actor) -> None:
        draft_feedback(round=round_, by=by)
        open_states = (ApplicationState.ELIGIBLE, ApplicationState.SUBMITTED, ApplicationState.ENDORSED)
        rows = list(Application.objects.filter(round=round_, state__in=open_states).order_by("reference"))
        for number, row in enumerate(rows[::4]):
            text = texts.FEEDBACK[number % len(texts.FEEDBACK)]
            edit_feedback(application=row, text=text, version=1, by=by)
        if rows:
            send_not_selected(
                round=round_,
                applications=[row.public_id for row in rows],
                reason=texts.NOT_SELECTED_REASON,
                feedback="",
                by=by,
            )
        reserves = list(reserves_of(round_).values_list("public_id", flat=True))
        if reserves:
            send_feedback(round=round_, applications=reserves, by=by)

    staffed(story, step)
