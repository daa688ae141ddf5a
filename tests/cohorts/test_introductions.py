"""Introductions and the noticeboard: nothing is shared before both say yes; a notice is for its cohort."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.face_people import help_figures
from cohorts.models import AlumniMembership, Introduction, IntroductionQuestion, IntroductionWords, Notice
from cohorts.services.introductions import (
    answer_introduction,
    introduce,
    introduce_as_staff,
    turn_down_introduction,
    wish_introduction,
)
from cohorts.services.notices import post_notice, remove_notice
from cohorts.states import INTRODUCTION, NOTICE, IntroductionState, NoticeState
from engine.reports import check_figure
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Change, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.services.retention import delete_due
from tests.cohorts.test_directory import DIRECTORY, SECRET, readers, scene, show, url  # noqa: F401 -- a fixture
from tests.factories.cohorts import make_participant, sign_in_as
from tests.queries import page_queries

LIST = "/essex/introductions/"


def begin(scene, by="ann", first="ben", second="cem", why=SECRET):
    who = getattr(scene, by)
    with tenant_context(scene.tenant, who.person):
        return introduce(
            first=getattr(scene, first).person, second=getattr(scene, second).person, why=why, by=who.actor
        )


def say(scene, row, who, yes=True):
    person = getattr(scene, who)
    return person.client.post(url("introduction-detail", row), {"answer": "yes" if yes else "no"})


def owed(scene, who):
    with tenant_context(scene.tenant, getattr(scene, who).person):
        one = getattr(scene, who).person.pk
        assert not read_obligations(kind="cohorts.introduction"), "on no board"
        return len(read_obligations(kind="cohorts.introduction", person_id=one, private=True))


def test_addresses_are_shared_when_both_have_said_yes_and_not_before(scene):
    ann, ben, cem = scene.ann, scene.ben, scene.cem
    form = url("directory-introduce", ben.person)
    assert form in ann.client.get(url("directory-person", ben.person)).content.decode()
    page = ann.client.get(form).content.decode()
    assert "Cem C, Cem C Council" in page and f'value="{scene.old.person.public_id}"' not in page
    said = {"other": cem.person.public_id, "why": f"{SECRET}: you both merge teams"}
    assert [ann.client.post(form, said).status_code for _n in range(2)] == [302, 302]
    with tenant_context(scene.tenant, ann.person):
        row = Introduction.objects.get()
        mails = list(Message.objects.filter(kind="cohorts.introduction_question").select_related("recipient"))
    assert {m.recipient.name for m in mails} == {"Ben B", "Cem C"} and not any(SECRET in m.body_text for m in mails)
    assert readers(scene, "cohorts_introductionwords") == {"ann", "ben", "cem"}
    assert (owed(scene, "ben"), owed(scene, "cem"), owed(scene, "ann")) == (1, 1, 0)
    page = ben.client.get(url("introduction-detail", row)).content.decode()
    assert (
        SECRET in page
        and "cem.c@example.org" not in page
        and "waits for your answer" in ben.client.get(LIST).content.decode()
    )
    assert say(scene, row, "ben").status_code == 302 and owed(scene, "ben") == 0
    assert say(scene, row, "ben", yes=False).status_code == 302, "answered once: the second changes nothing"
    assert say(scene, row, "ann").status_code == 302, "nobody asked her"
    with tenant_context(scene.tenant, ben.person):
        row.refresh_from_db()
        assert row.state == IntroductionState.HALF
        with pytest.raises(NotAllowed):
            answer_introduction(introduction=row, yes=True, by=ben.actor)
    for reader in (ben, cem, ann):
        assert "cem.c@example.org" not in reader.client.get(url("introduction-detail", row)).content.decode()
    assert say(scene, row, "cem").status_code == 302
    assert "cem.c@example.org" in ben.client.get(url("introduction-detail", row)).content.decode()
    assert "ben.b@example.org" in cem.client.get(url("introduction-detail", row)).content.decode()
    assert "@example.org" not in ann.client.get(url("introduction-detail", row)).content.decode().partition("<main")[2]
    for other in (scene.staff, scene.old, scene.oth, scene.fay):
        assert other.client.get(url("introduction-detail", row)).status_code == 404
    with tenant_context(scene.tenant, scene.staff.person):
        told = Message.objects.filter(kind="cohorts.introduction_made").values_list("recipient__name", flat=True)
        assert sorted(told) == ["Ben B", "Cem C"]
        assert SECRET not in str(export_person(ben.person)) and not IntroductionWords.objects.exists()
    with tenant_context(scene.tenant, ben.person):
        assert SECRET in str(export_person(ben.person))


def test_a_no_and_a_late_answer_share_nothing(scene):
    row, late = begin(scene), begin(scene, why="Another reason")
    assert say(scene, row, "ben").status_code == 302 and say(scene, row, "cem", yes=False).status_code == 302
    for who in ("ann", "ben"):
        page = getattr(scene, who).client.get(url("introduction-detail", row)).content.decode()
        assert "didn’t come about" in page and "cem.c@example.org" not in page
    with tenant_context(scene.tenant, scene.ann.person):
        Introduction.objects.filter(pk=late.pk).update(until=timezone.now() - timedelta(minutes=1))
    assert owed(scene, "ben") == 0
    assert say(scene, late, "ben").status_code == 302
    with tenant_context(scene.tenant, scene.ben.person):
        late.refresh_from_db()
        assert late.state == IntroductionState.ASKED
        with pytest.raises(WrongState):
            answer_introduction(introduction=late, yes=True, by=scene.ben.actor)
        assert not IntroductionQuestion.objects.filter(introduction=late, answered_at__isnull=False).exists()
    with tenant_context(scene.tenant, scene.ann.person):
        with pytest.raises(NotAllowed):
            introduce(first=scene.ben.person, second=scene.oth.person, why="x", by=scene.ann.actor)
        with pytest.raises(Refused):
            introduce(first=scene.ben.person, second=scene.ann.person, why="x", by=scene.ann.actor)


def test_every_state_takes_the_answers_it_may_and_no_other(scene):
    """Each state × yes and no, by somebody who was asked."""
    for state in IntroductionState:
        for yes in (True, False):
            row = begin(scene, why=f"{state} {yes}")
            with tenant_context(scene.tenant, scene.ben.person):
                Introduction.objects.filter(pk=row.pk).update(state=state)
                step = "decline" if not yes else "meet" if state == "half" else "agree"
                target = {t.name: t.target for t in INTRODUCTION}[step]
                if state in ("asked", "half"):
                    assert answer_introduction(introduction=row, yes=yes, by=scene.ben.actor).state == target
                else:
                    with pytest.raises(WrongState):
                        answer_introduction(introduction=row, yes=yes, by=scene.ben.actor)


def test_staff_are_asked_for_one_and_find_somebody_of_another_cohort(scene):
    ann, staff, old = scene.ann, scene.staff, scene.old
    assert ann.client.post("/essex/introductions/new/", {"why": f"{SECRET}: somebody in housing"}).status_code == 302
    with tenant_context(scene.tenant, ann.person):
        row = Introduction.objects.get()
    board = url("introduction-list-staff", scene.cohort)
    assert "waits for you" in staff.client.get(board).content.decode()
    assert readers(scene, "cohorts_introductionwords") == {"ann", "staff"}
    arrange = url("introduction-arrange", row)
    assert staff.client.post(arrange, {"second": "", "reply": ""}).status_code == 422
    assert staff.client.post(arrange, {"second": scene.oth.person.public_id, "reply": ""}).status_code == 422
    assert staff.client.post(arrange, {"second": old.person.public_id, "reply": ""}).status_code == 302
    assert staff.client.post(arrange, {"second": old.person.public_id, "reply": ""}).status_code == 422
    assert SECRET in old.client.get(url("introduction-detail", row)).content.decode()
    assert say(scene, row, "old").status_code == 302
    assert "old.o@example.org" in ann.client.get(url("introduction-detail", row)).content.decode()
    with tenant_context(scene.tenant, ann.person):
        second = wish_introduction(why="A mentor in the police", by=ann.actor)
        with pytest.raises(NotAllowed):
            turn_down_introduction(introduction=second, reply="No", by=ann.actor)
    assert (
        staff.client.post(url("introduction-arrange", second), {"second": "", "reply": "Nobody yet"}).status_code == 302
    )
    assert "Nobody yet" in ann.client.get(url("introduction-detail", second)).content.decode()
    assert ann.client.get(arrange).status_code == 403 and ann.client.get(board).status_code == 403
    # staff introduce two people of different cohorts, and the figure counts what came about
    with tenant_context(scene.tenant, staff.person):
        for n in range(4):
            both = introduce_as_staff(
                cohort=scene.cohort, first=scene.new.person, second=old.person, why=f"{n}", by=staff.actor
            )
            Introduction.objects.filter(pk=both.pk).update(state=IntroductionState.MADE)
        (figure,) = help_figures(scene.cohort.pk)
        check_figure(figure)
        assert (figure["key"], figure["data"]) == ("introductions", {"value": 5})
    said = {"first": scene.ben.person.public_id, "second": scene.new.person.public_id, "why": "Both in health"}
    assert (
        staff.client.post(url("introduction-between", scene.cohort), {**said, "second": said["first"]}).status_code
        == 422
    )
    assert staff.client.post(url("introduction-between", scene.cohort), said).status_code == 302
    page = staff.client.get(board).content.decode()
    assert "6 introductions were begun" in page and "5 of them came about" in page and "Ben B and New N" in page
    assert owed(scene, "new") == 1


def test_a_notice_is_for_its_cohort_until_its_time_is_over(scene):
    board, ann = url("notice-list", scene.cohort), scene.ann
    said = {"title": f"{SECRET} lift to the residential", "body": "Two seats from Colchester", "weeks": "2"}
    post = url("notice-post", scene.cohort)
    assert post in ann.client.get(board).content.decode()
    assert [ann.client.post(post, said).status_code for _n in range(2)] == [302, 302]
    assert scene.fay.client.post(post, {**said, "title": "Bring your rules"}).status_code == 302
    assert scene.staff.client.post(post, {**said, "title": "Minibus"}).status_code == 302
    with tenant_context(scene.tenant, ann.person):
        row = Notice.objects.get(title__startswith=SECRET)
    assert readers(scene, "cohorts_notice") == {"ann", "ben", "cem", "fay", "staff"}
    assert (
        SECRET in scene.ben.client.get(board).content.decode()
        and SECRET in scene.ben.client.get("/essex/").content.decode()
    )
    for name in ("old", "new", "oth"):
        assert getattr(scene, name).client.get(board).status_code == 403
        assert getattr(scene, name).client.get(url("notice-remove", row)).status_code == 404
    assert scene.ben.client.get(url("notice-remove", row)).status_code == 403
    down = url("notice-remove", row)
    assert scene.staff.client.post(down, {"reason": ""}).status_code == 422
    assert scene.staff.client.post(down, {"reason": "Please use the travel page"}).status_code == 302
    assert readers(scene, "cohorts_notice", f"id = {row.pk}") == {"ann", "staff"}
    with tenant_context(scene.tenant, scene.staff.person):
        mail = Message.objects.get(kind="cohorts.notice_down")
        assert mail.recipient == ann.person and "Please use the travel page" in mail.body_text
        assert (
            Change.objects.filter(subject_id=row.public_id, name="take_down").get().reason
            == "Please use the travel page"
        )
    with tenant_context(scene.tenant, ann.person), pytest.raises(WrongState):
        remove_notice(notice=row, by=ann.actor)
    with tenant_context(scene.tenant, ann.person):
        own = post_notice(cohort=scene.cohort, title="Mine", body="x", weeks=2, by=ann.actor)
        assert remove_notice(notice=own, by=ann.actor).state == NoticeState.WITHDRAWN
        assert {t.target for t in NOTICE} == {NoticeState.WITHDRAWN, NoticeState.TAKEN_DOWN}
    with tenant_context(scene.tenant, scene.old.person), pytest.raises(NotAllowed):
        post_notice(cohort=scene.cohort, title="x", body="x", weeks=2, by=scene.old.actor)
    with tenant_context(scene.tenant, scene.staff.person):
        Notice.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    assert readers(scene, "cohorts_notice") == {"ann", "fay", "staff"}, "over: their authors and staff"


def test_who_left_the_alumni_is_on_no_list(scene):
    show(scene, "old", helps_with=SECRET, helps_with_to="programme", listed_to="programme")
    assert "Old O" in scene.ann.client.get(DIRECTORY).content.decode()
    with tenant_context(scene.tenant):
        row, _made = AlumniMembership.objects.get_or_create(
            programme=scene.first.programme,
            person=scene.old.person,
            defaults={"joined_at": timezone.now(), "state_since": timezone.now()},
        )
        AlumniMembership.objects.filter(pk=row.pk).update(state="left")
    assert readers(scene, "cohorts_directoryline") == {"old"}
    assert "Old O" not in scene.ann.client.get(DIRECTORY).content.decode()


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_both_go_when_their_time_is_over_and_their_words_with_them(scene):
    row, now = begin(scene), timezone.now()
    with tenant_context(scene.tenant, scene.ann.person):
        post_notice(cohort=scene.cohort, title="x", body="x", weeks=2, by=scene.ann.actor)
    early = delete_due(tenant=scene.tenant, now=now + timedelta(days=190))
    assert (early.get("cohorts.introductions", 0), early.get("cohorts.notices", 0)) == (0, 0)
    later = delete_due(tenant=scene.tenant, now=now + timedelta(days=732))
    assert (later.get("cohorts.introductions", 0), later.get("cohorts.notices", 0)) == (1, 1)
    with tenant_context(scene.tenant, scene.ann.person):
        assert not IntroductionWords.objects.exists() and not Introduction.objects.filter(pk=row.pk).exists()


def test_lists_of_introductions_ask_the_same_of_one_and_of_many(scene):
    begin(scene)
    with tenant_context(scene.tenant, scene.ann.person):
        wish_introduction(why="One", by=scene.ann.actor)
        post_notice(cohort=scene.cohort, title="One", body="x", weeks=2, by=scene.ann.actor)
    pages = [
        (scene.ben, LIST),
        (scene.staff, url("introduction-list-staff", scene.cohort)),
        (scene.ben, url("notice-list", scene.cohort)),
    ]
    few = [page_queries(who.client, at) for who, at in pages]
    with tenant_context(scene.tenant):
        dee = make_participant(scene.cohort, "Dee D", "Dee Trust").person
    scene.dee = sign_in_as(scene.tenant, dee, Role.PARTICIPANT, cohort=scene.cohort)
    for n in range(3):
        begin(scene, by="dee", why=f"Reason {n}")
        with tenant_context(scene.tenant, dee):
            wish_introduction(why=f"Wish {n}", by=scene.dee.actor)
            post_notice(cohort=scene.cohort, title=f"Notice {n}", body="x", weeks=2, by=scene.dee.actor)
    assert [page_queries(who.client, at) for who, at in pages] == few
    assert max(few) <= 12
