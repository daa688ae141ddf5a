"""The go-live list, and open cohorts beside each other."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from cohorts.comparing import compare
from cohorts.models import Cohort, Event
from cohorts.readiness import go_live_list
from cohorts.services.cohorts import move_cohort
from cohorts.services.events import edit_event, save_register
from outcomes.services.surveys import create_survey
from reminders.models import Message
from selection.models import Application
from tenancy.errors import Refused
from tenancy.models import Change, Role
from tenancy.scope import tenant_context
from tenancy.services.people import give_role
from tests.conftest import make_member
from tests.factories.cohorts import (
    SYSTEM,
    make_cohort,
    make_event,
    make_participant,
    make_past_event,
    make_person,
    make_sets,
)
from tests.factories.outcomes import ask, make_survey
from tests.factories.projects import make_proposal as make_draft
from tests.factories.selection import make_application, make_cohort_for_round, make_round
from tests.queries import page_queries

pytestmark = pytest.mark.django_db
ALL = {
    "The first day is one on which people can come",
    "Events are planned",
    "Every event is over by the last day",
    "Every event has a place or a link",
    "Every place is confirmed",
    "Somebody keeps each register",
    "Every place is taken",
    "A chief officer is there to ask",
    "A facilitator is appointed",
    "The learning sets are published",
    "Everybody is in a set",
    "Every set has a facilitator",
    "A survey is ready to be asked before it starts",
    "Mail reaches everybody",
    "The privacy notice says whom to write to",
}


def go_live(cohort):
    return reverse("cohorts:go-live", kwargs={"tenant": "essex", "public_id": cohort.public_id})


def missing(tenant, cohort):
    return {line.text: line for line in go_live_list(Cohort.objects.get(pk=cohort.pk), tenant) if not line.is_true}


def test_each_line_is_true_once_the_thing_is_done_and_false_when_it_is_undone(essex, staff):
    with tenant_context(essex):
        essex.reply_to = ""
        cohort = make_cohort(stage="planning", places=2, starts_on=date(2027, 5, 3), ends_on=date(2099, 7, 2))
        assert set(missing(essex, cohort)) == ALL - {"Mail reaches everybody"}
        pat, olu = (make_participant(cohort, name, name).person for name in ("Pat Participant", "Olu Other"))
        fay = make_person("Fay Facilitator")
        for person, role in ((fay, Role.FACILITATOR), (make_person("Carl Chief"), Role.SPONSOR)):
            give_role(person=person, role=role, cohort_id=cohort.pk, by=SYSTEM)
        event = make_event(cohort, "Beginnings", owner=fay, tell=False)
        plan = make_sets(cohort, [[pat, olu]], facilitator=fay)
        create_survey(cohort=cohort, name="Before and after", by=SYSTEM)
        essex.reply_to = "team@example.org"
        Cohort.objects.filter(pk=cohort.pk).update(starts_on=date(2027, 5, 4))
        assert missing(essex, cohort) == {}
        lines = {line.text: line for line in go_live_list(cohort, essex)}
        assert set(lines) == ALL
    # the way it opens: nothing to say, one button
    page = staff.client.get(go_live(cohort)).content.decode()
    assert page_queries(staff.client, go_live(cohort)) <= 12
    assert "14 of 15 lines stand" in page  # the reply-to address is the portal's to say, and isn't saved here
    with tenant_context(essex):
        for undo, text in (
            ({"owner": None}, "Somebody keeps each register"),
            ({"place_confirmed": False}, "Every place is confirmed"),
            ({"place": "", "venue": None}, "Every event has a place or a link"),
        ):
            before = {name: getattr(event, name) for name in undo}
            Event.objects.filter(pk=event.pk).update(**undo)
            found = missing(essex, cohort)
            assert set(found) == {text}
            assert found[text].rows == [
                ("Beginnings", reverse("cohorts:event-edit", kwargs={"tenant": "essex", "public_id": event.public_id}))
            ]
            Event.objects.filter(pk=event.pk).update(**before)
        Cohort.objects.filter(pk=cohort.pk).update(
            ends_on=event.starts_at.date().replace(day=1), starts_on="2026-01-05"
        )
        assert "Every event is over by the last day" in missing(essex, cohort)
        Cohort.objects.filter(pk=cohort.pk).update(ends_on=date(2099, 7, 2))
        make_participant(cohort, "Una Unseated", "Una")
        plan.sets.update(facilitator=None)
        message = Message.objects.filter(recipient=pat).first()
        message.state = "failed"
        message.save()
        found = missing(essex, cohort)
        assert {"Everybody is in a set", "Every set has a facilitator", "Mail reaches everybody"} == set(found)
        assert [text for text, _href in found["Everybody is in a set"].rows] == ["Una Unseated"]
        assert "1 message to" in found["Mail reaches everybody"].lacks


def test_it_opens_with_a_reason_while_something_is_missing(essex, staff, other_staff):
    with tenant_context(essex):
        cohort = make_cohort("Next", stage="planning")
    move = reverse("cohorts:cohort-move", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    assert staff.client.post(move, {"stage": "running"})["Location"] == go_live(cohort)
    refused = staff.client.post(go_live(cohort), {"reason": " "})
    assert refused.status_code == 422 and "Say why it opens" in refused.content.decode()
    with tenant_context(essex), pytest.raises(Refused, match="still missing"):
        move_cohort(cohort=cohort, stage="running", by=staff.actor)
    assert other_staff.client.get(go_live(cohort)).status_code == 403
    assert staff.client.post(go_live(cohort), {"reason": "Sets follow in week 3."}).status_code == 302
    with tenant_context(essex):
        cohort.refresh_from_db()
        assert cohort.stage == "running"
        assert Change.objects.get(name="move").reason == "Sets follow in week 3."
    assert "nothing to open" in staff.client.get(go_live(cohort)).content.decode()


def test_open_cohorts_stand_beside_each_other_each_count_with_its_rows(essex, staff, other_staff):
    with tenant_context(essex):
        early = make_cohort("Early", starts_on=date(2026, 1, 5))
        people = [
            make_participant(early, "Pat Participant", "Trust", "health").person,
            make_participant(early, "Olu Other", "Police", "police and fire").person,
            make_participant(early, "Hal Health", "Trust", "health").person,
        ]
        over = make_past_event(early, owner=staff.person)
        save_register(
            event=over,
            version=over.version,
            marks={p.public_id: "present" if n else "absent" for n, p in enumerate(people)},
            by=SYSTEM,
        )
        late = make_past_event(early, "Unkept", owner=staff.person)
        Event.objects.filter(pk=late.pk).update(starts_at="2026-02-02T09:00Z", ends_at="2026-02-02T12:00Z")
        ask(make_survey(early), "before")
        make_draft(people[0], people[1], cohort=early)
        coming = make_cohort_for_round("Coming")
        round_ = make_round(coming)
        for n, state in enumerate(("submitted", "accepted", "draft")):
            application = make_application(round_, f"Person {n}", organisation=f"Body {n}")
            Application.objects.filter(pk=application.pk).update(state=state)
        make_cohort("Over", stage="finished")
    page = reverse("cohorts:cohort-compare", kwargs={"tenant": "essex"})
    shown = staff.client.get(page).content.decode()
    assert "Over" not in re.findall(r">([^<>]+)</a>", shown)
    with tenant_context(essex, staff.person):
        titles, rows = compare(staff.actor, essex)
    cells = {c.name: dict(zip(map(str, titles), found, strict=True)) for c, found in rows}
    assert list(cells) == ["Early", "Cohort 3", "Coming"]
    said = {title: [(cell.text, cell.note) for cell in found] for title, found in cells["Early"].items()}
    assert said["Places"] == [("3", "of 50 places taken")]
    assert said["By sector"] == [("2", "health"), ("1", "police and fire")] or set(said["By sector"]) == {
        ("2", "health"), ("1", "police and fire"),
    }  # fmt: skip
    assert said["Attendance"] == [("67%", "present, in 1 register")]
    assert said["Projects"][0][0] == "1" and said["Surveys"] == [("1", "in all, 0 of 3 answers in")]
    assert int(said["Overdue"][0][0]) >= 1
    applied = [(cell.text, cell.note) for cell in cells["Coming"]["Applied and chosen"]]
    assert applied == [("3", "applications"), ("1", "chosen and accepted")]
    # each count's page has that many rows
    sector = next(cell.href for cell in cells["Early"]["By sector"] if cell.text == "2")
    assert "2 people" in staff.client.get(sector).content.decode()
    for title in ("Places", "Projects", "Surveys", "Overdue"):
        answer = staff.client.get(cells["Early"][title][0].href)
        assert answer.status_code == 200
    assert answer.context["total"] == int(said["Overdue"][0][0])
    for cell in cells["Coming"]["Applied and chosen"]:
        assert staff.client.get(cell.href).context["page_obj"].paginator.count == int(cell.text)
    # staff of another cohort see theirs alone; as many statements for one as for two
    assert "Early" not in other_staff.client.get(page).content.decode()
    assert page_queries(staff.client, page) <= 12


def test_a_copied_place_is_confirmed_once(essex, staff, participant, cohort):
    with tenant_context(essex):
        event = make_event(cohort, "Beginnings", tell=False)
        Event.objects.filter(pk=event.pk).update(place_confirmed=False)
    at = {"tenant": "essex", "public_id": event.public_id}
    assert "To be confirmed" in participant.client.get(reverse("cohorts:event-detail", kwargs=at)).content.decode()
    page = reverse("cohorts:event-edit", kwargs=at)
    assert "place_confirmed" in staff.client.get(page).content.decode()
    with tenant_context(essex):
        event.refresh_from_db()
        edit_event(event=event, version=event.version, place_confirmed=True, by=SYSTEM)
        event.refresh_from_db()
        assert (event.place_confirmed, event.sequence) == (True, 1)
        told = Message.objects.get(recipient=participant.person, kind="cohorts.event_changed")
        assert "confirmation of the place" in told.body_text
    assert "place_confirmed" not in staff.client.get(page).content.decode()


def test_staff_of_one_programme_are_offered_no_page_of_the_whole(essex, staff):
    with tenant_context(essex):
        cohort = make_cohort(stage="planning")
    some = make_member(essex, "Priya Programme")
    with tenant_context(essex):
        give_role(person=some.person, role=Role.STAFF, programme_id=cohort.programme_id, by=SYSTEM)
    settings = reverse("tenancy:tenant-settings", kwargs={"tenant": "essex"})
    for who, offered in ((staff, True), (some, False)):
        main = who.client.get(go_live(cohort)).content.decode().partition("<main")[2]
        assert "The privacy notice says whom to write to" in main
        assert (settings in main) is offered is (who.client.get(settings).status_code == 200)
