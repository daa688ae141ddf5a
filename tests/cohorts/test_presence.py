"""Chief officers at events: asked, promised, and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.face_report import presence_figure
from cohorts.models import Event, Presence
from cohorts.services.events import cancel_event
from cohorts.services.presence import answer_presence, ask_presence, record_presence
from engine.reports import check_figure
from reminders.calendars import calendar_sources
from reminders.models import Message
from reminders.selectors import read_obligations
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tests.cohorts.test_events import url_of
from tests.factories.cohorts import SYSTEM, make_event, make_person, make_sets, sign_in_as, ten_in_the_morning

MINE = "/essex/events/chief-officers/"


@pytest.fixture
def officers(essex, cohort, other_cohort):
    """Of this cohort twice, and of another."""
    with tenant_context(essex):
        people = [make_person(name) for name in ("Ada Officer", "Bo Officer", "Cy Elsewhere")]
    cohorts = (cohort, cohort, other_cohort)
    return [sign_in_as(essex, p, Role.SPONSOR, cohort=c) for p, c in zip(people, cohorts, strict=True)]


def owed():
    return sorted((o.person.name, o.about) for o in read_obligations(kind="cohorts.presence", with_people=True))


def test_a_chief_officer_is_asked_promises_and_comes(
    essex, cohort, officers, participant, facilitator, staff, other_staff, stranger
):
    ada, bo, cy = officers
    with tenant_context(essex):
        event = make_event(cohort, "Supper", owner=facilitator.person, starts_at=ten_in_the_morning(20))
    page, answer, came = (url_of(name, event) for name in ("event-presence", "presence-answer", "presence-record"))
    shown = staff.client.get(page).content.decode()
    assert page in staff.client.get(url_of("event-detail", event)).content.decode()
    assert (
        "Ada Officer" in shown and "Bo Officer" in shown and "Cy Elsewhere" not in shown and "Nobody asked yet" in shown
    )
    for member, status in ((participant, 403), (ada, 403), (other_staff, 403), (stranger, 404)):
        assert member.client.get(page).status_code == status
    assert "Choose whom to ask" in staff.client.post(page, {}).content.decode()
    for _click in range(2):
        staff.client.post(page, {"people": [ada.person.public_id]})
    with tenant_context(essex):
        mail = Message.objects.get(kind="cohorts.presence_asked")
        assert mail.recipient == ada.person and mail.asks and "Supper" in mail.subject
        assert owed() == [("Ada Officer", "Supper")]
        with pytest.raises(Refused, match="chief officers of this cohort"):
            ask_presence(event=event, people=[cy.person], by=staff.actor)
        with pytest.raises(NotAllowed):
            ask_presence(event=event, people=[bo.person], by=other_staff.actor)
    assert "You’ve been asked" in ada.client.get(MINE).content.decode()
    assert "Supper" not in cy.client.get(MINE).content.decode()
    for member, status in ((participant, 403), (staff, 403)):
        assert (
            member.client.get(MINE).status_code == member.client.post(answer, {"answer": "yes"}).status_code == status
        )
    assert cy.client.post(answer, {"answer": "yes"}).status_code == 403
    ada.client.post(answer, {"answer": "perhaps"})
    assert owed_in(essex) == [("Ada Officer", "Supper")]
    for said in ("no", "yes", "yes"):
        assert ada.client.post(answer, {"answer": said}).status_code == 302
    # nobody asked Bo
    bo.client.post(answer, {"answer": "no"})
    with tenant_context(essex):
        assert owed() == [] and Presence.objects.count() == 2
        assert [e.title for e in calendar_sources["cohorts"](ada.person)] == ["Supper"]
        assert calendar_sources["cohorts"](bo.person) == []
        assert presence_figure(cohort.pk) is None
        with pytest.raises(WrongState, match="hasn’t started"):
            record_presence(event=event, person=ada.person, came=True, by=facilitator.actor)
        now = timezone.now()
        Event.objects.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
        event.refresh_from_db()
        with pytest.raises(WrongState, match="already started"):
            answer_presence(event=event, answer="no", by=ada.actor)
    assert "1 has promised" in facilitator.client.get(page).content.decode()
    assert ada.client.post(came, {"person": ada.person.public_id, "came": "yes"}).status_code == 403
    for person, said in ((ada, "no"), (ada, "yes"), (bo, "no")):
        assert facilitator.client.post(came, {"person": person.person.public_id, "came": said}).status_code == 302
    assert "you were there" in ada.client.get(MINE).content.decode()
    with tenant_context(essex):
        made = presence_figure(cohort.pk)
        check_figure(made)
        assert made["data"] == {"value": 1, "of": 1}
        Presence.objects.filter(person=ada.person).update(came=False)
        assert presence_figure(cohort.pk)["data"] == {"value": 0, "of": 1}
        with pytest.raises(Refused):
            record_presence(event=event, person=cy.person, came=True, by=facilitator.actor)
        assert "Supper" in str(export_person(ada.person)["Presence at events as a chief officer"])


def owed_in(tenant):
    with tenant_context(tenant):
        return owed()


def test_staff_see_early_where_nobody_has_promised(essex, cohort, officers, participant, staff, other_staff):
    ada, bo, _cy = officers
    with tenant_context(essex):
        soon = make_event(cohort, "Soon", starts_at=ten_in_the_morning(30))
        make_event(cohort, "Far", starts_at=ten_in_the_morning(60))
        gone = make_event(cohort, "Called off", starts_at=ten_in_the_morning(31))
        cancel_event(event=gone, by=SYSTEM, reason="Snow")
        plan = make_sets(cohort, [[participant.person]])
        make_event(cohort, "Of a set", starts_at=ten_in_the_morning(32), learning_set=plan.sets.get())
        ask_presence(event=soon, people=[ada.person, bo.person], by=SYSTEM)
    home = reverse("portal:home", kwargs={"tenant": "essex"})
    heading, page = "No chief officer has promised to come", url_of("event-presence", soon)

    def gaps(member):
        shown = member.client.get(home).content.decode()
        section = shown.split(heading)[1].split("</section>")[0] if heading in shown else ""
        return [title for title in ("Soon", "Far", "Called off", "Of a set") if title in section]

    assert gaps(staff) == ["Soon"] and page in staff.client.get(home).content.decode()
    assert gaps(other_staff) == gaps(participant) == []
    with tenant_context(essex):
        answer_presence(event=soon, answer="no", by=bo.actor)
    assert gaps(staff) == ["Soon"]
    assert "Soon" in ada.client.get(home).content.decode()
    with tenant_context(essex):
        answer_presence(event=soon, answer="yes", by=ada.actor)
    assert gaps(staff) == []


def test_the_chief_officers_list_costs_the_same_however_many(essex, cohort, officers, count_queries):
    ada, *_others = officers

    def add(n):
        with tenant_context(essex):
            event = make_event(cohort, f"Workshop {n}", starts_at=ten_in_the_morning(n))
            answer_presence(event=event, answer="yes", by=ada.actor)

    add(3)
    once = count_queries(ada.client, MINE)
    add(4)
    add(5)
    assert count_queries(ada.client, MINE) == once <= 12
