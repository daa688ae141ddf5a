"""From the first day of a round to the day it closes: nominations, applications, endorsements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from cohorts.models import StrategicAmbition
from cohorts.services.cohorts import create_cohort
from engine.forms import count_words
from engine.imports.steps import start_writing_sheet
from portal.demo import words_applications as texts
from portal.demo.cast import Nominee, nominations_log
from portal.demo.story import Story
from selection.models import Application, Endorsement, Question, SelectionFramework, SelectionRound
from selection.rules import ENDORSE
from selection.selectors.equality import equality_questions
from selection.selectors.frameworks import frameworks_to_copy
from selection.services.application_files import save_application_file
from selection.services.applications import (
    save_answer,
    save_details,
    save_endorsers,
    save_scope,
    submit_application,
    withdraw_application,
)
from selection.services.balance import save_commitment
from selection.services.eligibility import find_eligibility, settle_lateness
from selection.services.endorsements import decline_endorsement, give_endorsement
from selection.services.equality import save_equality_answers
from selection.services.equality_questions import add_equality_question
from selection.services.frameworks import CRITERION, QUESTION, add_question, change_criterion, change_question
from selection.services.nominations.uploads import upload_nominations
from selection.services.rounds import close_round, open_round, set_up_round
from selection.services.support import arrange_adjustment, save_adjustment, save_project_interest
from tenancy.actors import Actor
from tenancy.models import Person, Sector, SeniorityBand

# What staff said of applications they had to settle, by fate.
SETTLED = {"late": texts.LATE_ACCEPTED, "too senior": texts.FOUND_ELIGIBLE}


def plan_applying(story: Story) -> None:
    """Cohort and round are set up, the log is brought in, people apply and are endorsed, the round closes."""
    days, timeline = story.days, story.world.timeline
    timeline.add(timeline.at(days.opens - 12, "10:15"), lambda: set_up(story))
    timeline.add(timeline.at(days.opens, "09:05"), lambda: open_it(story))
    timeline.add(timeline.at(days.opens, "11:40"), lambda: bring_in_log(story))
    moments = timeline.spread(days.opens + 2, min(days.closes - 2, -3), len(story.people))
    for number, (nominee, moment) in enumerate(zip(story.people, moments, strict=True)):
        plan_application(story, nominee, moment, number)
    if days.closes < 0:
        timeline.add(timeline.at(days.closes, "15:40"), lambda: arrange_what_is_needed(story))
        timeline.add(timeline.at(days.closes + 1, "09:10"), lambda: close_it(story))


def plan_preparing(story: Story) -> None:
    """Cohort and round are set up, and the first question is being changed; nothing is published."""
    timeline = story.world.timeline
    timeline.add(timeline.at(-5, "10:15"), lambda: set_up(story))
    timeline.add(timeline.at(-2, "14:20"), lambda: ask_for_less(story))


def ask_for_less(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        question = story.the_round().framework.questions.get(position=1)
        same = {name: getattr(question, name) for name in QUESTION}
        change_question(question=question, by=by, **same | {"word_limit": 250})


def plan_application(story: Story, nominee: Nominee, moment: datetime, number: int) -> None:
    timeline, fate = story.world.timeline, nominee.fate
    if fate == "silent":
        return
    timeline.add(moment, lambda: write_application(story, nominee, number))
    if fate == "late":
        moment = timeline.at(story.days.closes + 1, "10:30")
        timeline.add(moment, lambda: send_late(story, nominee))
    if fate in SETTLED and story.days.closes < 0:
        timeline.add(timeline.at(story.days.closes + 2, "15:10"), lambda: settle(story, nominee))
    if fate == "withdraws":
        timeline.add(moment + timedelta(hours=30), lambda: withdraw(story, nominee))
    if fate in ("draft", "withdraws"):
        return
    answered = moment + timedelta(days=1 + number % 3, minutes=47)
    if fate == "manager waits" or answered > timeline.end:
        return
    timeline.add(answered, lambda: endorse(story, nominee, Endorsement.Kind.LINE_MANAGER, number))
    agreed = answered + timedelta(days=1 + number % 4, minutes=95)
    if fate in ("officer waits", "not endorsed") or agreed > timeline.end:
        return
    timeline.add(agreed, lambda: endorse(story, nominee, Endorsement.Kind.CHIEF_OFFICER, number))


def set_up(story: Story) -> None:
    world, days = story.world, story.days
    day = world.timeline.day
    assert story.programme is not None
    with world.acting(world.staff) as by:
        sectors = {s.name.lower(): s.pk for s in Sector.objects.all()}
        story.cohort = create_cohort(
            programme=story.programme,
            name=story.name,
            slug=story.slug,
            places=story.places,
            starts_on=day(story.starts),
            ends_on=day(story.ends),
            targets={sectors[name]: places for name, places in story.targets.items()},
            budget_pounds=story.budget,
            by=by,
        )
        write_down_seats(story, by)
        bands = {band.name: band for band in SeniorityBand.objects.all()}
        story.round = set_up_round(
            cohort=story.cohort,
            opens_on=day(days.opens),
            closes_on=day(days.closes),
            endorse_by=day(days.endorse_by),
            score_by=day(days.score_by),
            assessors_per_application=story.readers,
            audience=texts.AUDIENCE,
            decision_scope=texts.DECIDES,
            highest_band=bands["Director"],
            lowest_band=bands["Service manager"],
            # none where holidays leave no day between
            late_until=day(days.closes + 4) if day(days.closes) < day(days.closes + 4) else None,
            tolerance=min(story.places // 20, 3),
            source=frameworks_to_copy(story.programme).filter(programme=story.programme).first(),
            by=by,
        )
        if story.round.framework.number == 2:
            learn_from_the_first(story.round.framework, by)
            add_equality_question(round=story.round, by=by, **texts.BACKGROUND)
        elif story.proof and story.round.framework.copied_from is None:
            add_question(framework=story.round.framework, by=by, **texts.PROOF | {"text": story.proof})


def learn_from_the_first(framework: SelectionFramework, by: Actor) -> None:
    """What assessors of the first round asked for: a sharper example, and a shorter answer to the last question."""
    criterion = framework.criteria.get(position=2)
    described = [(d.label, d.example) for d in criterion.descriptors.all()]
    described[5] = (described[5][0], texts.SHARPER_EXAMPLE)
    same = {name: getattr(criterion, name) for name in CRITERION}
    change_criterion(criterion=criterion, descriptors=described, by=by, **same)
    question = framework.questions.get(position=4)
    same = {name: getattr(question, name) for name in QUESTION}
    change_question(question=question, by=by, **same | {"hint": texts.SHORTER_HINT, "word_limit": 200})


def fresh_round(story: Story) -> SelectionRound:
    return SelectionRound.objects.select_related("cohort__programme", "tenant").get(pk=story.the_round().pk)


def open_it(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        open_round(round=fresh_round(story), by=by)


def close_it(story: Story) -> None:
    with story.world.acting(story.world.staff) as by:
        close_round(round=fresh_round(story), by=by)


def bring_in_log(story: Story) -> None:
    world = story.world
    received = world.timeline.day(story.days.opens).isoformat()
    with world.acting(world.staff) as by:
        nominations = upload_nominations(
            round=fresh_round(story),
            name=f"nominations-{story.the_cohort().slug}.csv",
            content=nominations_log(world, story.people, received),
            by=by,
        )
        start_writing_sheet(sheet=nominations, by=by)


def write_application(story: Story, nominee: Nominee, number: int) -> None:
    """The person fills in page after page; a draft stops half-way."""
    world = story.world
    with world.reading():
        person = Person.objects.select_related("organisation").get(email=nominee.email)
    with world.acting(person) as by:
        application = own_application(story, person)
        application = save_details(
            application=application,
            version=application.version,
            organisation=application.organisation,
            job_title=nominee.job_title,
            grade=nominee.grade,
            by=by,
        )
        questions = list(story.the_round().questions.all())
        if nominee.fate == "draft":
            questions = questions[: 1 + number % 2]
        else:
            scope = story.words.scope[number % len(story.words.scope)]
            save_scope(
                application=application,
                version=application.version,
                decision_scope=scope,
                band=band_of(nominee),
                by=by,
            )
        say_beside(story, application, number, by)
        for question in questions:
            if question.is_file:
                attach_proof(application, question, by)
                continue
            save_answer(
                application=application, question=question, version=0, text=answer(story, question, number), by=by
            )
        if nominee.fate == "draft":
            return
        save_endorsers(
            application=application,
            version=application.version,
            manager_name=nominee.manager[0],
            manager_email=nominee.manager[1],
            sponsor_name=nominee.officer[0],
            sponsor_email=nominee.officer[1],
            by=by,
        )
        if nominee.fate not in ("withdraws", "late"):
            application = submit_application(application=application, by=by)
            if number % 7 != 5:
                save_equality_answers(
                    application=application, chosen=about_themselves(story, application, number), by=by
                )


def about_themselves(story: Story, application: Application, number: int) -> dict[str, str]:
    """Answers to the equality questions, most of them the common ones; some people leave one out or would rather not say."""
    chosen = {}
    for turn, question in enumerate(equality_questions(application.round)):
        options = list(question.options.all())  # type: ignore[attr-defined]
        shares = texts.EQUALITY[question.key]
        place = (number * 37 + turn * 23 + story.seed * 11) % 100
        found = next((n for n, share in enumerate(shares) if place < share), None)
        if found is not None:
            chosen[question.key] = options[found].public_id
        elif place % 2:
            chosen[question.key] = options[-1].public_id
    return chosen


def say_beside(story: Story, application: Application, number: int, by: Actor) -> None:
    """What most people would like to work on, and what one in twelve needs to take part."""
    ambitions = list(StrategicAmbition.objects.filter(retired_on__isnull=True))
    if number % 4:
        wanted = [a for n, a in enumerate(ambitions) if (number + n) % 3 == 0]
        question = texts.PROJECT_QUESTIONS[number % len(texts.PROJECT_QUESTIONS)] if number % 3 else ""
        save_project_interest(application=application, version=0, ambitions=wanted, question=question, by=by)
    if number % 12 == 3:
        text = texts.ADJUSTMENTS[number // 12 % len(texts.ADJUSTMENTS)]
        save_adjustment(application=application, version=0, text=text, by=by)


def arrange_what_is_needed(story: Story) -> None:
    """Before a round closes staff have seen to everybody who asked; in one that is open they wait."""
    with story.world.acting(story.world.staff) as by:
        asked = Application.objects.filter(round=story.the_round(), adjustment__arranged_at__isnull=True)
        asked = asked.exclude(adjustment=None).select_related("round__cohort__programme").order_by("reference")
        for application in list(asked):
            arrange_adjustment(application=application, version=1, arranged=texts.ARRANGED, by=by)


def band_of(nominee: Nominee) -> SeniorityBand:
    """The band that reads like their grade; a head of service's where none does."""
    wanted = "Chief officer" if nominee.fate == "too senior" else nominee.grade
    bands = {band.name: band for band in SeniorityBand.objects.all()}
    return bands.get(wanted, bands["Head of service"])


def send_late(story: Story, nominee: Nominee) -> None:
    """What was written in time is sent the morning after; where holidays put that morning outside the window, it's left unsent."""
    world = story.world
    with world.reading():
        person = Person.objects.get(email=nominee.email)
    with world.acting(person) as by:
        application = own_application(story, person)
        if application.may_be_written(world.timeline.clock.moment):
            submit_application(application=application, by=by)


def settle(story: Story, nominee: Nominee) -> None:
    """Staff say whether an application counts that is late or from outside the bands."""
    with story.world.reading():
        application = Application.objects.get(round=story.the_round(), applicant__email=nominee.email)
    if not application.to_settle:
        return
    with story.world.acting(story.world.staff) as by:
        if nominee.fate == "late":
            settle_lateness(application=application, accepted=True, reason=SETTLED["late"], by=by)
        else:
            find_eligibility(application=application, eligible=True, reason=SETTLED["too senior"], by=by)


def write_down_seats(story: Story, by: Actor) -> None:
    """What partners said they would send, a few weeks before the round opened."""
    sectors = {s.name.lower(): s for s in Sector.objects.all()}
    for who, seats, word in story.promises:
        sector = sectors.get(who)
        save_commitment(
            cohort=story.the_cohort(),
            commitment=None,
            sector=sector,
            organisation=None if sector else story.world.organisations[who],
            seats=seats,
            promised_by=word,
            promised_on=story.world.timeline.day(story.days.opens - 13),
            by=by,
        )


def own_application(story: Story, person: Person) -> Application:
    return Application.objects.select_related("round__cohort__programme", "applicant", "organisation").get(
        round=story.the_round(), applicant=person
    )


def answer(story: Story, question: Question, number: int) -> str:
    """One of the texts for this question, with a sentence of the person's own at its end."""
    pool = story.words.answers[question.position - 1]
    closings = story.words.closings
    text = pool[(number * 5 + question.position) % len(pool)]
    closing = closings[(number * 3 + question.position * 7) % len(closings)]
    longer = f"{text} {closing}"
    return longer if count_words(longer) <= question.word_limit else text


def attach_proof(application: Application, question: Question, by: Actor) -> None:
    """A scan of the certificate that the round asks for; one page."""
    name = application.applicant.name
    lines = (*texts.CERTIFICATE, name, application.organisation.name, texts.NO_CERTIFICATE)
    save_application_file(
        application=application,
        question=question,
        version=0,
        name=f"Registration {name}.pdf",
        content=one_page_pdf(lines),
        by=by,
    )


def one_page_pdf(lines: Sequence[str]) -> bytes:
    """A page of plain lines. Letters that its one font hasn't got become question marks."""
    drawn = b" T* ".join(b"(" + re.sub(rb"([()\\])", rb"\\\1", s.encode("latin-1", "replace")) + b") Tj" for s in lines)
    page = b"BT /F 16 Tf 28 TL 72 740 Td " + drawn + b" ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + ending


def withdraw(story: Story, nominee: Nominee) -> None:
    world = story.world
    with world.reading():
        person = Person.objects.get(email=nominee.email)
    with world.acting(person) as by:
        reason = "I’ve been asked to lead the winter response and can’t give this the time it deserves."
        withdraw_application(application=own_application(story, person), reason=reason, by=by)


def endorse(story: Story, nominee: Nominee, kind: str, number: int) -> None:
    """The endorser opens the link in the mail and answers on one page."""
    world = story.world
    with world.reading():
        row = (
            Endorsement.objects.filter(
                application__round=story.the_round(), application__applicant__email=nominee.email, kind=kind
            )
            .select_related("endorser")
            .first()
        )
    if row is None or row.state != "asked":
        return
    with world.by_link(row.endorser, ENDORSE) as by:
        if nominee.fate == "not endorsed":
            reasons = texts.DECLINE_REASONS
            decline_endorsement(endorsement=row, reason=reasons[number % len(reasons)], by=by)
            return
        manager = kind == Endorsement.Kind.LINE_MANAGER
        comments = texts.MANAGER_COMMENTS if manager else texts.OFFICER_COMMENTS
        give_endorsement(
            endorsement=row,
            releases_time=True,
            days_released=14 + number % 5,
            cover=texts.COVER[number % len(texts.COVER)],
            confirms_scope=True,
            will_sponsor=True,
            will_fund=number % 6 != 0,
            project_idea=texts.PROJECT_IDEAS[number % len(texts.PROJECT_IDEAS)],
            comment=comments[number % len(comments)],
            by=by,
        )
