"""What mentor and mentee say and write stays between them: in pages, in the database, in exports, mails and reports."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.utils import ProgrammingError
from django.utils import timezone

from engine.reports import report_sections
from mentoring.models import AvailabilitySlot, MentoringNote, MentoringNoteFact, MentoringSession, MentorMatch
from mentoring.selectors import cohort_counts
from mentoring.services.matches import accept_match, end_match
from mentoring.services.notes import delete_note, edit_note, write_note
from mentoring.services.sessions import book_session
from reminders.models import Message
from reminders.obligations import owed
from tenancy.errors import NotAllowed
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.factories.mentoring import make_match, make_slots

CANARY = "zinnober-kanarienvogel"


@pytest.fixture
def notes(cast, match):
    """One note the mentee keeps to herself and one the mentor shares with her."""
    with tenant_context(cast.tenant, cast.mentee.person):
        own = write_note(match=match, body=f"{CANARY} own", shared=False, by=cast.mentee.actor)
    with tenant_context(cast.tenant, cast.mentor.person):
        shared = write_note(match=match, body=f"{CANARY} shared", shared=True, by=cast.mentor.actor)
    return own, shared


def bodies(tenant, person):
    """Read with raw SQL, which knows no manager and no rule of ours."""
    with tenant_context(tenant, person), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM mentoring_mentoringnote ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_a_double_click_is_one_note_and_the_same_words_again_later_are_two(cast, match):
    with tenant_context(cast.tenant, cast.mentee.person):
        first = write_note(match=match, body="Ring on Monday", shared=False, by=cast.mentee.actor)
        assert write_note(match=match, body="Ring on Monday", shared=False, by=cast.mentee.actor) == first
        MentoringNote.objects.update(written_at=timezone.now() - timedelta(days=7))
        assert write_note(match=match, body="Ring on Monday", shared=False, by=cast.mentee.actor) != first
        assert MentoringNoteFact.objects.filter(author=cast.mentee.person).count() == 2


def test_in_sql_each_reads_their_own_and_what_is_shared_with_them(cast, notes):
    assert bodies(cast.tenant, cast.mentee.person) == [f"{CANARY} own", f"{CANARY} shared"]
    assert bodies(cast.tenant, cast.mentor.person) == [f"{CANARY} shared"]
    for who in (cast.staff.person, cast.other.person, cast.second.person, None):
        assert bodies(cast.tenant, who) == []
    assert bodies(cast.stranger.tenant, cast.stranger.person) == []


def test_nobody_writes_in_anothers_name(cast, match, notes):
    own, shared = notes
    with tenant_context(cast.tenant, cast.staff.person), connection.cursor() as cursor:
        cursor.execute("UPDATE mentoring_mentoringnote SET body = 'x', shared = true")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM mentoring_mentoringnote")
        assert cursor.rowcount == 0
    with tenant_context(cast.tenant, cast.mentor.person), connection.cursor() as cursor:
        cursor.execute("UPDATE mentoring_mentoringnote SET body = 'x' WHERE id = %s", [own.pk])
        assert cursor.rowcount == 0
    with pytest.raises(ProgrammingError, match="row-level security"), tenant_context(cast.tenant, cast.staff.person):
        MentoringNote.objects.create(match=match, author=cast.mentee.person, body="x", written_at=timezone.now())
    with tenant_context(cast.tenant, cast.mentor.person), pytest.raises(NotAllowed):
        edit_note(note=shared, version=1, body="x", shared=True, by=cast.mentee.actor)


@pytest.mark.django_db(databases=["default", "owner", "sys"])
def test_the_system_role_cannot_read_them_at_all(cast, notes):
    with connections["sys"].cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("SELECT body FROM mentoring_mentoringnote")


def test_no_audit_table_of_notes_exists(cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'mentoring_%%'")
        tables = {row[0] for row in cursor.fetchall()}
    assert "mentoring_mentoringnote" in tables
    assert {t for t in tables if "note" in t} == {"mentoring_mentoringnote", "mentoring_mentoringnotefact"}


def test_staff_see_numbers_and_hours_and_nothing_else(cast, match, notes):
    with tenant_context(cast.tenant):
        slot, _ = make_slots(cast.mentor.person)
        book_session(match=match, slot=slot, by=cast.mentee.actor)
        past = timezone.now() - timedelta(days=1)
        MentoringSession.objects.update(starts_at=past - timedelta(minutes=90), ends_at=past, state="held")
    page = cast.staff.client.get(f"/essex/mentoring/matches/{match.public_id}/")
    html = page.content.decode()
    assert page.status_code == 200 and CANARY not in html
    assert (page.context["note_count"], page.context["held"], page.context["hours"]) == (2, 1, 1.5)
    for path in ("", "cohorts/" + cast.cohort.public_id + "/", "mentors/"):
        assert CANARY not in cast.staff.client.get(f"/essex/mentoring/{path}").content.decode()
    with tenant_context(cast.tenant, cast.staff.person):
        counts = cohort_counts(cast.cohort.pk)
        assert (counts["matched"], counts["held"], counts["hours"], counts["notes"]) == (1, 1, 1.5, 2)
        figures = {f["key"]: f["data"] for f in report_sections["mentoring"].figures(cast.cohort.pk)}
        assert figures == {
            "mentoring-matched": {"value": 1},
            "mentoring-held": {"value": 1},
            "mentoring-hours": {"value": 1.5},
        }
        assert report_sections["mentoring"].position == 50


def test_pages_of_notes(cast, match, notes):
    own, shared = notes
    home = f"/essex/mentoring/matches/{match.public_id}/"
    assert f"{CANARY} own" in cast.mentee.client.get(home).content.decode()
    mentors = cast.mentor.client.get(home).content.decode()
    assert f"{CANARY} shared" in mentors and f"{CANARY} own" not in mentors
    mine = f"/essex/mentoring/notes/{own.public_id}/"
    for who in (cast.mentor, cast.staff, cast.other, cast.stranger):
        assert who.client.get(mine).status_code == 404
        assert who.client.post(f"{mine}delete/").status_code == 404
    # shared to read, not to change
    assert cast.mentee.client.get(f"/essex/mentoring/notes/{shared.public_id}/").status_code == 403
    page = cast.mentee.client.get(mine)
    data = {"body": "Changed", "shared": "pair", "version": page.context["form"]["version"].value()}
    assert cast.mentee.client.post(mine, data).status_code == 302
    assert "Changed" in cast.mentor.client.get(home).content.decode()
    stale = cast.mentee.client.post(mine, {**data, "body": "Changed again"})
    assert stale.status_code == 409 and "Changed again" in stale.content.decode()
    for who in (cast.staff, cast.other):
        assert who.client.get(f"{home}note/").status_code == 403
    assert cast.mentee.client.post(f"{home}note/", {"body": "", "shared": "me"}).status_code == 422
    assert cast.mentee.client.post(f"{home}note/", {"body": "Third", "shared": "me"}).status_code == 302
    assert cast.mentee.client.post(f"{mine}delete/").status_code == 302
    with tenant_context(cast.tenant, cast.mentee.person):
        assert sorted(n.body for n in MentoringNote.objects.all()) == ["Third", f"{CANARY} shared"]
        assert MentoringNoteFact.objects.count() == 2


def test_the_persons_own_copy_has_their_notes_and_nobody_elses_has(cast, notes):
    label = "Mentoring: your own notes"
    with tenant_context(cast.tenant, cast.mentee.person):
        assert [n["note"] for n in export_person(cast.mentee.person)[label]] == [f"{CANARY} own"]
    with tenant_context(cast.tenant, cast.staff.person):
        assert export_person(cast.mentee.person)[label] == []


def test_mails_carry_no_note(cast, match, notes):
    with tenant_context(cast.tenant, cast.mentee.person):
        end_match(match=match, by=cast.mentee.actor)
        delete_note(note=notes[0], by=cast.mentee.actor)
        assert not Message.objects.filter(body_text__contains=CANARY).exists()


# Owed


def kinds():
    return {(o.kind, o.person_id) for o in owed() if o.kind.startswith("mentoring.")}


def test_what_is_owed_follows_the_rows(cast):
    mentor, mentee = cast.mentor.person, cast.mentee.person
    with tenant_context(cast.tenant):
        match = make_match(mentor, mentee, cast.cohort, active=False)
        assert kinds() == {("mentoring.answer", mentor.pk)}
        accept_match(match=match, by=cast.mentor.actor)
        # nothing to book yet, so it's the mentor's turn and not the mentee's
        assert kinds() == {("mentoring.slots", mentor.pk)}
        slot, _later = make_slots(mentor)
        assert kinds() == {("mentoring.book", mentee.pk)}
        [booking] = [o for o in owed(kind="mentoring.book")]
        assert booking.due == match.accepted_at + timedelta(days=14) and booking.cohort_id == cast.cohort.pk
        book_session(match=match, slot=slot, by=cast.mentee.actor)
        assert kinds() == set()
        past = timezone.now() - timedelta(days=1)
        MentoringSession.objects.update(starts_at=past - timedelta(hours=1), ends_at=past)
        assert kinds() == {("mentoring.held", mentor.pk)}
        MentoringSession.objects.update(state="held")
        assert kinds() == set()


def test_a_mentor_whose_times_ran_out_is_not_late_at_once(cast, match):
    with tenant_context(cast.tenant):
        long_ago = timezone.now() - timedelta(days=100)
        MentorMatch.objects.update(accepted_at=long_ago)
        [old] = [o for o in owed(kind="mentoring.slots")]
        assert old.due < timezone.now()
        yesterday = timezone.now() - timedelta(days=1)
        AvailabilitySlot.objects.create(
            mentor=cast.mentor.person, starts_at=yesterday, ends_at=yesterday + timedelta(hours=1), place="x"
        )
        [now] = [o for o in owed(kind="mentoring.slots")]
        assert now.since == yesterday and now.due > timezone.now() and now.cohort_id == cast.cohort.pk


def test_homes(cast, match):
    with tenant_context(cast.tenant):
        slot, _ = make_slots(cast.mentor.person)
    assert "Book a session" in cast.mentee.client.get("/essex/").content.decode()
    assert "2 times free to book" in cast.mentor.client.get("/essex/").content.decode()
    assert "1 of 2 have a mentor" in cast.staff.client.get("/essex/").content.decode()
    for who in (cast.mentee, cast.mentor, cast.staff, cast.other):
        assert who.client.get("/essex/mentoring/").status_code == 200
    with tenant_context(cast.tenant):
        book_session(match=match, slot=slot, by=cast.mentee.actor)
    assert "Mina Mentee" in cast.mentor.client.get("/essex/mentoring/").context["coming"][0].mentee.name


def test_the_copy_of_ones_data_says_why_one_was_matched(cast):
    with tenant_context(cast.tenant):
        make_match(cast.mentor.person, cast.mentee.person, cast.cohort)
    for who in (cast.mentor, cast.mentee):
        with tenant_context(cast.tenant, who.person):
            assert "Both know housing" in str(export_person(who.person))
