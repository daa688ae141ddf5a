"""Staff with a conflict of interest: nothing of how the application was judged, on any page or in any download; the row stays."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from mentoring.models import MentorMatch
from selection.models import Feedback, KnownConflict
from selection.selectors.assessment import bars
from selection.selectors.moderation import conflicts_of_moderator
from selection.selectors.ranking import rank_round
from selection.selectors.withheld import as_seen
from selection.services.choosing import (
    composition_of,
    depart_from_rank,
    make_offers,
    return_to_rank,
    send_not_selected,
    take_over,
)
from selection.services.feedback import draft_feedback, edit_feedback, send_feedback
from selection.services.moderation import moderate_application
from selection.services.offers import decline_offer, offer_place
from tenancy.errors import NotAllowed
from tenancy.models import Person, Role
from tenancy.selectors import actor_of
from tenancy.services.conflicts import declare_conflict
from tests.conftest import make_member
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

CONFLICT = "You have a conflict"


def table_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content) if response.streaming else response.content
    return [line.split(",") for line in text.decode("utf-8-sig").splitlines()]


def row_of(text: str, reference: str) -> str:
    """The table row that names it."""
    before, _found, after = text.partition(reference)
    return before[before.rindex("<tr") :] + reference + after.split("</tr>")[0]


@pytest.fixture
def scene(essex, staff):
    """Five applications with points of their own, of which staff know the second and third; Sid knows none."""
    scene = make_scene(essex, staff, applications=5, assessors=2, places=2, reserve_length=3)
    given = {a.pk: points for a, points in zip(scene.applications, (7, 6, 5, 3, 2), strict=True)}
    scene.moderating(lambda a, i: [given[a.pk], given[a.pk], max(given[a.pk] - i, 1)])
    scene.extra["sid"] = make_member(essex, "Sid Second", Role.STAFF)
    with scene.inside(staff):
        for application in scene.applications[1:3]:
            declare_conflict(person=staff.person, other=application.applicant, kind="worked", by=staff.actor)
    return scene


def test_who_is_barred_is_the_same_by_either_way_of_asking(essex, staff):
    """The one statement of the lists against the rule that bars assessors."""
    scene = make_scene(essex, staff, applications=8, assessors=1)
    own, named, endorses, manages, managed, declared, host, mentored = scene.applications
    with scene.inside(staff):
        me = Person.objects.get(pk=staff.person.pk)
        own.applicant = named.line_manager = me
        own.save()
        named.save()
        endorses.endorsements.update(endorser=me)
        Person.objects.filter(pk=manages.applicant_id).update(line_manager=me)
        me.line_manager = managed.applicant
        me.organisation = host.organisation
        me.save()
        declare_conflict(person=declared.applicant, other=me, kind="worked", by=staff.actor)
        MentorMatch.objects.create(
            cohort=scene.cohort,
            mentor=me,
            mentee=mentored.applicant,
            state="active",
            proposed_at=scene.round.opens_at,
            accepted_at=scene.round.opens_at,
            reason="Asked",
        )
        expected = {a for a, _person in bars(scene.applications, [me], employers=False)}
        assert expected == {a.pk for a in (own, named, endorses, manages, managed, declared, mentored)}
        assert set(conflicts_of_moderator(scene.round, staff.actor)) == expected
        assert set(conflicts_of_moderator(scene.round, staff.actor, scene.applications[:3])) == {
            a.pk for a in scene.applications[:3]
        }
        assert KnownConflict.objects.count() == 0
    rows = staff.client.get(url(scene, "application-list")).context["page_obj"].object_list
    assert {row["reference"] for row in rows if row["closed"]} == {a.reference for a in scene.applications if a != host}


def test_as_seen_leaves_no_gap_and_no_trace(scene, staff):
    with scene.inside(staff):
        ranked = rank_round(scene.round, places=2)
        closed = conflicts_of_moderator(scene.round, staff.actor, ranked)
    assert set(closed) == {a.pk for a in scene.applications[1:3]}
    seen = as_seen(ranked, closed)
    assert [r.rank for r in seen] == [1, 2, 3, None, None]
    for row in seen[3:]:
        assert row.closed and row.points is row.mean is row.moderated is row.corrected is None
        assert not (row.marks or row.gap or row.straddles or row.first or row.from_line or row.departure_reason)
    assert [r.points for r in seen[:3]] == [r.points for r in ranked if r.pk not in closed]
    assert as_seen(ranked, {}) == ranked and [r.rank for r in ranked] == [1, 2, 3, 4, 5]


def test_lists_and_boards_withhold_and_downloads_too(scene, staff):
    """The same pages as Sid, who has no conflict, sees them: what Sid reads of the two isn't there for staff."""
    sid = scene.extra["sid"]
    known, free = scene.applications[1], scene.applications[3]
    with scene.inside(sid):
        moderate_application(
            application=known, points=Decimal("5.43"), reason="Talked over at length", version=0, by=sid.actor
        )
        depart_from_rank(
            round=scene.round, applications=[free.public_id], direction="in", reason="A seat for health", by=sid.actor
        )
        depart_from_rank(
            round=scene.round, applications=[known.public_id], direction="out", reason="Moved abroad", by=sid.actor
        )
    secrets = ("5.43", "Talked over at length", "Moved abroad")
    pages = ("application-list", "choosing-board", "moderation-list", "what-if", "offer-confirm", "moderation-severity")
    asked = {"what-if": "?try=1", "moderation-list": "?show=all"}
    for name in pages:
        address = url(scene, name) + asked.get(name, "")
        theirs, mine = (who.client.get(address).content.decode() for who in (sid, staff))
        assert "5.43" in theirs or name in ("moderation-severity",), name
        assert not any(secret in mine for secret in secrets), name
        assert known.reference in mine or name == "offer-confirm", name
        assert CONFLICT.lower() in mine.lower() and CONFLICT.lower() not in theirs.lower(), name
    for name in ("application-list", "choosing-board", "moderation-list", "what-if"):
        for client, here in ((sid.client, True), (staff.client, False)):
            response = client.get(url(scene, name) + (asked.get(name) or "?") + "&download=csv")
            lines = table_of(response)
            (line,) = [cells for cells in lines if known.reference in cells]
            assert ("5.43" in line) is here and (CONFLICT in line) is not here, name
            assert len(lines) == 6
    book = staff.client.get(url(scene, "choosing-board") + "?download=xlsx")
    content = b"".join(book.streaming_content) if book.streaming else book.content
    cells = [cell for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True) for cell in row]
    assert cells.count(CONFLICT) == 2 and 5.43 not in cells


def test_nothing_that_is_counted_gives_the_points_away(scene, staff):
    """Numbers run on without a gap; lists that are sorted or narrowed by marks have the row last; means leave it out; no sums."""
    sid = scene.extra["sid"]
    known = scene.applications[1]
    board = staff.client.get(url(scene, "choosing-board"))
    rows = board.context["rows"]
    assert [line["row"].rank for line in rows] == [1, 2, 3, None, None]
    assert [line.get("reserve") for line in rows] == [None, 1, 2, None, None]
    assert "chosen" not in rows[4] and rows[4]["row"].points is None and not any(line.get("why") for line in rows)
    assert all(line["why"] for line in sid.client.get(url(scene, "choosing-board")).context["rows"])
    for sort in ("disagreement", "line", "rank", "reference"):
        for show in ("", "all", "waiting"):
            found = staff.client.get(url(scene, "moderation-list") + f"?show={show}&sort={sort}").context["rows"]
            assert [line["row"].reference for line in found[-2:]] == [a.reference for a in scene.applications[1:3]]
    for sort in ("points", "-points"):
        found = staff.client.get(url(scene, "application-list") + f"?sort={sort}").context["page_obj"].object_list
        assert [row["score_points"] for row in found if row["closed"]] == [None, None]
    people = {p["name"]: p for p in staff.client.get(url(scene, "moderation-severity")).context["people"]}
    whole = {p["name"]: p for p in sid.client.get(url(scene, "moderation-severity")).context["people"]}
    assert people["Assessor A"]["marked"] == 3 and whole["Assessor A"]["marked"] == 5
    assert people["Assessor A"]["mean"] == Decimal("4.00") and whole["Assessor A"]["mean"] == Decimal("4.60")
    trial = staff.client.get(url(scene, "what-if") + "?try=1&each_organisation=1")
    text = trial.content.decode()
    assert trial.context["found"].withheld and "as the choice stands" not in text
    assert {line.why for line in trial.context["found"].lines} <= {"In", "Not in", CONFLICT}
    assert known.applicant.name in text


def test_whoever_has_a_conflict_decides_nothing_about_it(scene, staff):
    sid = scene.extra["sid"]
    known, free = scene.applications[1], scene.applications[3]
    values = {"round": scene.round, "direction": "out", "reason": "x"}
    with scene.inside(staff):
        for ids in ([known.public_id], [known.public_id, free.public_id]):
            with pytest.raises(NotAllowed):
                depart_from_rank(**values, applications=ids, by=staff.actor)
        assert depart_from_rank(**values, applications=[free.public_id], by=staff.actor) == 1
        assert return_to_rank(round=scene.round, applications=[free.public_id], by=staff.actor) == 1
        ranked = rank_round(scene.round, places=2)
        seal = composition_of(scene.round, ranked).seal
        trial = {"round": scene.round, "chosen": [free.public_id, scene.applications[0].public_id], "seal": seal}
        with pytest.raises(NotAllowed):
            take_over(**trial, reason="x", by=staff.actor)
    with scene.inside(sid):
        assert take_over(**trial, reason="x", by=sid.actor) == (1, 1)
        with pytest.raises(NotAllowed):
            return_to_rank(round=scene.round, applications=[known.public_id], by=staff.actor)
        assert return_to_rank(round=scene.round, applications=[known.public_id, free.public_id], by=sid.actor) == 2


def test_after_the_decision_offers_reserves_feedback_and_history(scene, staff):
    sid = scene.extra["sid"]
    first, known, on_list, free, _last = scene.applications
    with scene.inside(sid):
        moderate_application(
            application=known, points=Decimal("5.43"), reason="Talked over at length", version=0, by=sid.actor
        )
        choice = composition_of(scene.round, rank_round(scene.round, places=2))
        make_offers(round=scene.round, seal=choice.seal, by=sid.actor)
        draft_feedback(round=scene.round, by=sid.actor)
        Feedback.objects.filter(application=known).update(text="At six points: canary of the draft")
    # the third is first on the reserve list: staff see the others numbered from one, and it last
    listed = staff.client.get(url(scene, "offer-list"))
    assert [(row["application"].pk, row["position"]) for row in listed.context["reserves"]] == [
        (free.pk, 1),
        (_last.pk, 2),
        (on_list.pk, None),
    ]
    assert [row["position"] for row in sid.client.get(url(scene, "offer-list")).context["reserves"]] == [1, 2, 3]
    assert CONFLICT in row_of(listed.content.decode(), on_list.reference)
    lines = table_of(staff.client.get(url(scene, "offer-list") + "?list=reserves&download=csv"))
    assert lines[-1][0] == "" and on_list.reference in lines[-1] and CONFLICT in lines[-1]
    untold = staff.client.get(url(scene, "offer-not-selected")).content.decode()
    assert "you have a conflict" in row_of(untold, on_list.reference)
    assert url(scene, "feedback-edit", on_list.public_id) not in untold
    with scene.inside(scene.staff):
        taken = scene.fresh(first)
    with scene.inside():
        decline_offer(application=taken, by=actor_of(taken.applicant), reason="")
    text = staff.client.get(url(scene, "offer-list")).content.decode()
    theirs = sid.client.get(url(scene, "offer-list")).content.decode()
    assert first.reference in row_of(theirs, on_list.reference)  # in whose place
    assert CONFLICT in row_of(text, on_list.reference)
    # ranks on record would say where the closed ones stand
    because = "Out by rank: number 4 for 2 places."
    assert because in theirs and because not in text and "Withheld: it compares" in row_of(text, free.reference)
    for name, at in (
        ("choosing-board", ""),
        ("application-history", free.public_id),
        ("application-detail", free.public_id),
    ):
        mine, theirs = (who.client.get(url(scene, name, *[at] * bool(at))).content.decode() for who in (staff, sid))
        assert because in theirs and because not in mine, name
    # out of turn, and feedback: read, written and sent by somebody else
    edit = url(scene, "feedback-edit", known.public_id)
    assert (staff.client.get(edit).status_code, sid.client.get(edit).status_code) == (403, 200)
    for name in ("feedback-list", "feedback-send"):
        mine = staff.client.get(url(scene, name)).content.decode()
        assert "canary of the draft" not in mine and CONFLICT.lower() in mine.lower(), name
    assert "canary of the draft" in sid.client.get(url(scene, "feedback-send")).content.decode()
    with scene.inside(staff):
        with pytest.raises(NotAllowed):
            edit_feedback(application=known, text="Mine", version=1, by=staff.actor)
        with pytest.raises(NotAllowed):
            send_feedback(round=scene.round, applications=[known.public_id, free.public_id], by=staff.actor)
        assert send_feedback(round=scene.round, applications=[free.public_id], by=staff.actor) == 1
    with scene.inside(sid):
        assert edit_feedback(application=known, text="Theirs", version=1, by=sid.actor).text == "Theirs"
        assert send_feedback(round=scene.round, applications=[known.public_id], by=sid.actor) == 1
    with scene.inside(staff):
        scene.cohort.places = 9
        scene.cohort.save()
        again = scene.fresh(first)
        declare_conflict(person=staff.person, other=again.applicant, kind="worked", by=staff.actor)
        with pytest.raises(NotAllowed):
            offer_place(application=again, reason="again", by=staff.actor)
        assert send_not_selected(
            round=scene.round, applications=[_last.public_id], reason="No place", feedback="Thanks", by=staff.actor
        )
    # history and the application's own page: that it was moderated, not what was agreed
    for name in ("application-history", "application-detail"):
        mine, theirs = (who.client.get(url(scene, name, known.public_id)).content.decode() for who in (staff, sid))
        assert "Talked over at length" in theirs and "5.43" in theirs, name
        assert "Talked over at length" not in mine and "5.43" not in mine and CONFLICT in mine, name
    csv = staff.client.get(url(scene, "application-history", known.public_id) + "?download=csv")
    assert not any("5.43" in cell for line in table_of(csv) for cell in line)


def test_pages_keep_to_their_statements_with_conflicts(scene, staff):
    for name in ("application-list", "choosing-board", "what-if", "offer-confirm", "moderation-list"):
        assert page_queries(staff.client, url(scene, name)) <= 12, name
