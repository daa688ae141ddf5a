"""The engagement signal: first oneself, then the facilitator, then staff; who spoke, never what was said; the day job."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.engagement import Limits
from cohorts.models import CheckIn, DayJobText, DayJobWord, EngagementPause, EngagementSignal
from cohorts.selectors.engagement import facts_of, for_staff, limits_of, places_to_look_at, to_ask
from cohorts.services.engagement import (
    copy_limits,
    end_pause,
    note_check_in,
    pause_engagement,
    refresh_signals,
    save_limits,
    send_day_job_word,
)
from cohorts.services.events import save_register
from cohorts.services.participation import graduate_participant, withdraw_participant
from cohorts.services.reflections import write_reflection
from cohorts.services.set_room import add_action
from cohorts.tasks import refresh_engagement
from reminders.models import Message
from reminders.selectors import read_obligations
from selection.models import Endorsement
from tenancy.errors import NotAllowed, Refused, StaleEdit, WrongState
from tenancy.models import Change
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.factories.cohorts import SYSTEM, make_cohort, make_event, make_sets
from tests.queries import page_queries

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])
USUAL = {"watches": True, "missed": 2, "actions": 3, "quiet_days": 60, "facilitator_after": 7, "staff_after": 21}


def at(name: str, row: object | None = None) -> str:
    words = {"tenant": "essex"} if row is None else {"tenant": "essex", "public_id": row.public_id}  # type: ignore[attr-defined]
    return reverse(f"cohorts:{name}", kwargs=words)


@pytest.fixture
def scene(essex, cohort, staff, other_staff, participant, other_participant, facilitator):
    """Olu missed the last two events; Pat, of the same set, was there."""
    with tenant_context(essex):
        plan = make_sets(cohort, [[participant.person, other_participant.person]], facilitator=facilitator.person)
        learning_set = plan.sets.select_related("plan", "cohort__programme").get()
        for days in (30, 10):
            event = make_event(cohort, f"Event {days}", starts_at=timezone.now() - timedelta(days=days))
            marks = {participant.person.public_id: "present", other_participant.person.public_id: "absent"}
            save_register(event=event, version=event.version, marks=marks, by=SYSTEM)
    return SimpleNamespace(
        tenant=essex,
        cohort=cohort,
        set=learning_set,
        staff=staff,
        other_staff=other_staff,
        pat=participant,
        olu=other_participant,
        fay=facilitator,
    )


def work_out(scene) -> int:
    with tenant_context(scene.tenant):
        return refresh_signals(cohort=scene.cohort, by=SYSTEM)


def age(scene, days: int) -> EngagementSignal:
    """The open signal as if it had been there for so many days."""
    with tenant_context(scene.tenant):
        row = EngagementSignal.objects.select_related("cohort__programme").get(closed_at__isnull=True)
        row.since -= timedelta(days=days)
        row.save()
        refresh_signals(cohort=scene.cohort, by=SYSTEM)
        row.refresh_from_db()
    return row


def seen_by(scene, member) -> int:
    """Rows that the database shows this person, whatever the code asks for."""
    with tenant_context(scene.tenant, member.person), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cohorts_engagementsignal")
        return int(cursor.fetchone()[0])


def everybody(scene) -> dict[str, int]:
    names = ("olu", "fay", "staff", "pat", "other_staff")
    return {name: seen_by(scene, getattr(scene, name)) for name in names}


def owed(scene, kind: str, member=None) -> list[tuple[str, int]]:
    """(about, who owes it), as this person's own pages read it, or as the task that reminds does."""
    with tenant_context(scene.tenant, member.person if member else None):
        return [(o.about, o.person_id) for o in read_obligations(kind=kind, private=True)]


def test_the_person_first_then_the_facilitator_then_staff(scene):
    nobody = dict.fromkeys(("olu", "fay", "staff", "pat", "other_staff"), 0)
    assert everybody(scene) == nobody
    assert work_out(scene) == 1 and work_out(scene) == 0, "once, however often it is worked out"
    home = reverse("portal:home", kwargs={"tenant": "essex"})
    assert everybody(scene) == {**nobody, "olu": 1}
    assert "less in touch" in scene.olu.client.get(home).content.decode()
    assert "less in touch" not in scene.pat.client.get(home).content.decode()
    mine = scene.olu.client.get(at("engagement-mine")).content.decode()
    assert "You missed the last 2 events in a row." in mine and "Fay Facilitator, who facilitates" in mine
    signal = age(scene, 6)
    assert everybody(scene) == {**nobody, "olu": 1} and owed(scene, "cohorts.check_in") == []
    assert scene.fay.client.get(at("check-in", signal)).status_code == 404

    signal = age(scene, 2)
    assert everybody(scene) == {**nobody, "olu": 1, "fay": 1}
    assert (
        owed(scene, "cohorts.check_in")
        == [("Olu Other", scene.fay.person.pk)]
        == owed(scene, "cohorts.check_in", scene.fay)
    )
    assert owed(scene, "cohorts.check_in", scene.staff) == []
    shown = scene.fay.client.get(home).content.decode()
    assert "How are they?" in shown and at("check-in", signal) in shown
    page = scene.fay.client.get(at("check-in", signal)).content.decode()
    assert "How is Olu Other?" in page and "<textarea" not in page
    assert scene.staff.client.get(at("check-in", signal)).status_code == 404
    assert "Olu Other" not in scene.staff.client.get(at("engagement-list", scene.cohort)).content.decode()

    signal = age(scene, 21)
    assert everybody(scene) == {**nobody, "olu": 1, "fay": 1, "staff": 1}
    ((about, by),) = owed(scene, "cohorts.staff_word")
    assert (about, by) == ("Olu Other", scene.staff.person.pk)
    listed = scene.staff.client.get(at("engagement-list", scene.cohort)).content.decode()
    assert "Olu Other" in listed and "1 person" in listed and "missed" not in listed.lower()
    page = scene.staff.client.get(at("check-in", signal)).content.decode()
    assert "may need a word" in page and "missed" not in page.lower() and "reflection" not in page.lower()
    assert scene.other_staff.client.get(at("check-in", signal)).status_code == 404
    assert scene.pat.client.get(at("check-in", signal)).status_code == 404
    assert scene.olu.client.get(at("check-in", signal)).status_code == 403
    assert scene.olu.client.get(at("engagement-list", scene.cohort)).status_code == 403

    assert scene.staff.client.post(at("check-in", signal)).status_code == 302
    assert owed(scene, "cohorts.staff_word") == [], "somebody of staff has had the word"
    assert "Olu Other" in scene.staff.client.get(at("engagement-list", scene.cohort)).content.decode()


def test_a_facilitators_word_gives_time_and_stays_between_them(scene):
    work_out(scene)
    signal = age(scene, 40)
    assert scene.fay.client.post(at("check-in", signal)).status_code == 302
    assert scene.fay.client.post(at("check-in", signal)).status_code == 302
    with tenant_context(scene.tenant):
        noted = CheckIn.objects.get()
        assert (noted.kind, noted.person_id, noted.by_person_id) == (
            "facilitator",
            scene.olu.person.pk,
            scene.fay.person.pk,
        )
        # neither the history that people read nor any message says so
        assert not Change.objects.filter(subject_kind__in=("cohorts.EngagementSignal", "cohorts.CheckIn")).exists()
        signal.refresh_from_db()
    assert signal.staff_from == noted.spoke_at + timedelta(days=21), "three weeks from the word"
    assert owed(scene, "cohorts.check_in") == []
    with tenant_context(scene.tenant, scene.fay.person):
        assert not to_ask(scene.fay.person.pk).exists()
    work_out(scene)
    assert seen_by(scene, scene.staff) == 0, "the task keeps to the word's time"
    # three weeks later nothing came of it
    with tenant_context(scene.tenant, scene.fay.person):
        CheckIn.objects.update(spoke_at=timezone.now() - timedelta(days=22))
    work_out(scene)
    assert seen_by(scene, scene.staff) == 1
    for member, rows in ((scene.olu, 1), (scene.fay, 1), (scene.staff, 0), (scene.pat, 0)):
        with tenant_context(scene.tenant, member.person), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cohorts_checkin")
            assert cursor.fetchone()[0] == rows
    assert "Fay" not in scene.staff.client.get(at("check-in", signal)).content.decode()
    assert "Fay Facilitator spoke with you" in scene.olu.client.get(at("engagement-mine")).content.decode()
    assert page_queries(scene.olu.client, at("engagement-mine")) <= 12


def test_nobody_notes_a_word_for_another(scene):
    work_out(scene)
    signal = age(scene, 40)
    for member in (scene.olu, scene.pat, scene.other_staff):
        with tenant_context(scene.tenant, member.person), pytest.raises(NotAllowed):
            note_check_in(signal=signal, by=member.actor)
    row = {"signal": signal, "cohort": signal.cohort, "person": scene.olu.person, "spoke_at": timezone.now()}
    for member, kind in ((scene.pat, "facilitator"), (scene.staff, "facilitator"), (scene.fay, "staff")):
        with tenant_context(scene.tenant, member.person), pytest.raises(ProgrammingError), transaction.atomic():
            CheckIn.objects.create(kind=kind, by_person=member.person, **row)
    with tenant_context(scene.tenant, scene.staff.person), pytest.raises(NotAllowed):
        refresh_signals(cohort=scene.cohort, by=scene.staff.actor)


def test_it_goes_when_things_go_again_and_leavers_have_none(scene):
    work_out(scene)
    signal = age(scene, 40)
    with tenant_context(scene.tenant):
        event = make_event(scene.cohort, "Yesterday", starts_at=timezone.now() - timedelta(days=1))
        marks = {m.person.public_id: "present" for m in (scene.pat, scene.olu)}
        save_register(event=event, version=event.version, marks=marks, by=SYSTEM)
    assert "All is well" in scene.olu.client.get(at("engagement-mine")).content.decode(), "before the next tick"
    assert work_out(scene) == 1
    assert {n: c for n, c in everybody(scene).items() if n != "olu"} == dict.fromkeys(
        ("fay", "staff", "pat", "other_staff"), 0
    )
    assert owed(scene, "cohorts.staff_word") == [] == owed(scene, "cohorts.check_in")
    assert scene.staff.client.get(at("check-in", signal)).status_code == 404
    with tenant_context(scene.tenant):
        EngagementSignal.objects.filter(pk=signal.pk).update(closed_at=None)
    assert len(owed(scene, "cohorts.staff_word")) == 1
    with tenant_context(scene.tenant):
        place = scene.cohort.participations.get(person=scene.olu.person)
        withdraw_participant(participation=place, reason="New job", by=SYSTEM)
        assert not for_staff(scene.cohort).exists()
    assert owed(scene, "cohorts.staff_word") == [], "from that moment, whenever the task comes"
    with tenant_context(scene.tenant):
        assert refresh_signals(cohort=scene.cohort, by=SYSTEM) == 1
        graduate_participant(participation=scene.cohort.participations.get(person=scene.pat.person), by=SYSTEM)
        assert facts_of(scene.cohort) == {}


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_the_tick_works_it_out_and_the_night_takes_what_is_over(scene, essex):
    assert (refresh_engagement(), refresh_engagement()) == (1, 0)
    age(scene, 40)
    with tenant_context(essex, scene.fay.person):
        signal = EngagementSignal.objects.select_related("cohort__programme").get()
        note_check_in(signal=signal, by=scene.fay.actor)
    with tenant_context(essex, scene.olu.person):
        place = scene.cohort.participations.select_related("cohort").get(person=scene.olu.person)
        pause_engagement(place=place, until=timezone.localdate() + timedelta(days=1), by=scene.olu.actor)
        send_day_job_word(cohort=scene.cohort, to=None, body="Two posts", by=scene.olu.actor)
    assert (refresh_engagement(), refresh_engagement()) == (1, 0)
    kinds = ("cohorts.engagement", "cohorts.pauses", "cohorts.day_job")
    now = timezone.now()
    done = delete_due(tenant=essex, now=now + timedelta(days=182))
    assert [done.get(kind, 0) for kind in kinds] == [0, 0, 0]
    done = delete_due(tenant=essex, now=now + timedelta(days=184))
    assert [done.get(kind, 0) for kind in kinds] == [1, 0, 1]
    done = delete_due(tenant=essex, now=now + timedelta(days=369))
    assert done.get("cohorts.pauses") == 1
    with tenant_context(essex, scene.olu.person):
        left = (EngagementSignal, CheckIn, EngagementPause, DayJobWord, DayJobText)
        assert [model.objects.count() for model in left] == [0, 0, 0, 0, 0]


def test_actions_and_reflections_count_without_their_words(scene):
    pat, today = scene.pat, timezone.localdate()
    with tenant_context(scene.tenant, pat.person):
        for n, days in enumerate((30, 20, 9, 3)):
            add_action(learning_set=scene.set, owner=pat.person, body=f"Step {n}", due_on=today, by=pat.actor)
            pat_actions = scene.set.actions.filter(owner=pat.person).order_by("pk")
            pat_actions.filter(pk=pat_actions.last().pk).update(due_on=today - timedelta(days=days))
        assert facts_of(scene.cohort, places_to_look_at().filter(person=pat.person))[pat.person.pk].actions == 3
        assert "3 actions you took on have waited" in pat.client.get(at("engagement-mine")).content.decode()
    assert work_out(scene) == 2
    with tenant_context(scene.tenant):
        place = scene.cohort.participations.get(person=pat.person)
        place.joined_at = timezone.now() - timedelta(days=90)
        place.save()
        scene.cohort.starts_on = today - timedelta(days=90)
        scene.cohort.save()
        assert facts_of(scene.cohort)[pat.person.pk].quiet_days in (89, 90)
    with tenant_context(scene.tenant, pat.person):
        write_reflection(cohort=scene.cohort, kind="learned", title="Zaunkönig", body="Zaunkönig", by=pat.actor)
    with tenant_context(scene.tenant):
        assert facts_of(scene.cohort)[pat.person.pk].quiet_days == 0


def test_whoever_is_away_is_asked_nothing(scene, essex):
    work_out(scene)
    signal = age(scene, 40)
    with tenant_context(essex):
        place = scene.cohort.participations.select_related("cohort__programme", "person").get(person=scene.olu.person)
    until = timezone.localdate() + timedelta(days=10)
    form = {"until-day": until.day, "until-month": until.month, "until-year": until.year}
    for member in (scene.pat, scene.other_staff):
        assert member.client.post(at("engagement-pause", place), form).status_code == 403
    assert scene.olu.client.post(at("engagement-pause", place), {**form, "until-year": 2019}).status_code == 422
    for member in (scene.fay, scene.staff, scene.olu):
        assert member.client.post(at("engagement-pause", place), form).status_code == 302
    with tenant_context(essex):
        assert EngagementPause.objects.get().set_by_id == scene.fay.person.pk
    assert owed(scene, "cohorts.staff_word") == [] == owed(scene, "cohorts.check_in")
    listed = scene.staff.client.get(at("engagement-list", scene.cohort)).content.decode()
    assert "Nobody at the moment" in listed and "Olu Other, until" in listed
    with tenant_context(essex, scene.fay.person), pytest.raises(WrongState):
        note_check_in(signal=signal, by=scene.fay.actor)
    with tenant_context(essex, scene.pat.person), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cohorts_engagementpause")
        assert cursor.fetchone()[0] == 0
    assert work_out(scene) == 1, "closed"
    assert "You’re away until" in scene.olu.client.get(at("engagement-mine")).content.decode()
    assert scene.olu.client.post(at("engagement-pause-end", place)).status_code == 302
    with tenant_context(essex, scene.olu.person):
        assert end_pause(place=place, by=scene.olu.actor) is False
        with pytest.raises(Refused):
            pause_engagement(place=place, until=timezone.localdate() + timedelta(days=200), by=scene.olu.actor)
    assert work_out(scene) == 1, "back, and what was missed before counts again"


def test_my_day_job_is_in_the_way(scene, essex, promised):
    page = scene.olu.client.get(at("day-job")).content.decode()
    assert "15 days released" in page and "My deputy" in page and "Pays what taking part costs" in page
    assert "Between us" not in page, "the comment was for those who choose"
    words = "Zilpzalp: two posts, and no cover"
    form = {"to": promised.public_id, "body": words}
    assert scene.olu.client.post(at("day-job"), form).status_code == 302
    assert scene.olu.client.post(at("day-job"), form).status_code == 302
    with tenant_context(essex, scene.olu.person):
        word = DayJobWord.objects.select_related("cohort__programme").get()
        assert word.to_person_id == promised.pk
        with pytest.raises(Refused):
            send_day_job_word(cohort=scene.cohort, to=scene.pat.person, body="To you", by=scene.olu.actor)
    with tenant_context(essex):
        mail = Message.objects.get(kind="cohorts.day_job")
        assert mail.recipient_id == promised.pk and mail.link_purpose == "day-job"
        assert "Zilpzalp" not in mail.subject + mail.body_text + mail.body_html
    assert words in scene.olu.client.get(at("day-job-word", word)).content.decode()
    for member in (scene.staff, scene.fay, scene.pat):
        assert member.client.get(at("day-job-word", word)).status_code == 404
        with tenant_context(essex, member.person):
            assert not DayJobText.objects.exists()
    assert scene.olu.client.post(at("day-job"), {"to": "staff", "body": "To you all"}).status_code == 302
    with tenant_context(essex, scene.olu.person):
        to_staff = DayJobWord.objects.get(to_person__isnull=True)
    assert "To you all" in scene.staff.client.get(at("day-job-word", to_staff)).content.decode()
    assert at("day-job-word", to_staff) in scene.staff.client.get(at("engagement-list", scene.cohort)).content.decode()
    for member in (scene.other_staff, scene.fay):
        assert member.client.get(at("day-job-word", to_staff)).status_code == 404
    with tenant_context(essex, scene.staff.person):
        assert "Zilpzalp" not in str(export_person(scene.olu.person))
    with tenant_context(essex, scene.olu.person):
        assert "Zilpzalp" in str(export_person(scene.olu.person))
    assert scene.staff.client.get(at("day-job")).status_code == 403


@pytest.fixture
def promised(scene, essex):
    """Olu's line manager endorsed them for this cohort."""
    from tests.factories.selection import make_application, make_round

    with tenant_context(essex):
        application = make_application(make_round(scene.cohort), "Olu Applied", state="submitted", manager="Mo Manager")
        application.applicant = scene.olu.person
        application.save()
        row = Endorsement.objects.select_related("endorser").get(application=application, kind="line_manager")
        row.state, row.days_released, row.cover, row.will_fund = "given", 15, "My deputy", True
        row.comment = "Between us"
        row.save()
    return row.endorser


def test_the_link_opens_one_word_without_an_account(scene, essex, promised, client):
    from tenancy.links import mint_link

    scene.olu.client.post(at("day-job"), {"to": promised.public_id, "body": "Zilpzalp"})
    with tenant_context(essex, scene.olu.person):
        word = DayJobWord.objects.get()
    with tenant_context(essex):
        good = mint_link(person=promised, purpose="day-job", about=word.public_id)
        other = mint_link(person=scene.pat.person, purpose="day-job", about=word.public_id)
    path = reverse("cohorts:day-job-read", kwargs={"tenant": "essex", "token": good})
    page = client.get(path).content.decode()
    assert "Zilpzalp" in page and "15 days released" in page
    assert client.get(path.replace(good, other)).status_code == 404


def test_a_cohort_says_what_counts(scene, essex):
    page = at("engagement-limits", scene.cohort)
    assert scene.other_staff.client.get(page).status_code == 403
    posted = {**USUAL, "watches": "on", "missed": "3", "version": "0"}
    assert scene.staff.client.post(page, {**posted, "missed": "99"}).status_code == 422
    assert scene.staff.client.post(page, posted).status_code == 302
    assert work_out(scene) == 0, "two in a row are nothing here"
    with tenant_context(essex):
        copy = make_cohort("Cohort 4")
        copy_limits(scene.cohort, copy, SYSTEM)
        assert limits_of(copy) == Limits(missed=3) == limits_of(scene.cohort)
        assert limits_of(make_cohort("Cohort 5")) == Limits()
    with tenant_context(essex, scene.staff.person), pytest.raises(StaleEdit):
        save_limits(cohort=scene.cohort, version=0, by=scene.staff.actor, **USUAL)
    assert scene.staff.client.post(page, {**posted, "missed": "2", "version": "1"}).status_code == 302
    assert work_out(scene) == 1
    assert scene.staff.client.post(page, {**posted, "watches": "", "version": "2"}).status_code == 302
    assert work_out(scene) == 1
    assert "Nothing is noticed" in scene.staff.client.get(at("engagement-list", scene.cohort)).content.decode()


def test_lists_cost_the_same_for_one_and_three(scene, essex, count_queries):
    work_out(scene)
    age(scene, 40)
    page = at("engagement-list", scene.cohort)
    before = count_queries(scene.staff.client, page)
    with tenant_context(essex):
        EngagementSignal.objects.create(
            cohort=scene.cohort,
            person=scene.pat.person,
            since=timezone.now(),
            facilitator_from=timezone.now(),
            staff_from=timezone.now(),
        )
    assert "2 people" in scene.staff.client.get(page).content.decode()
    assert count_queries(scene.staff.client, page) == before
