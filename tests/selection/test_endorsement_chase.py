"""How staff follow endorsements: the list, its counts, and the bulk chase with its preview, sent once and on record."""

from __future__ import annotations

import csv
import re
import threading
from datetime import datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reminders.models import Message
from selection.models import Application, Endorsement, SelectionRound
from selection.services.chasing import send_endorsement_chase
from selection.services.endorsements import decline_endorsement, give_endorsement
from tenancy.actors import Actor
from tenancy.links import mint_link
from tenancy.models import Access, Change, Person, Tenant
from tenancy.scope import tenant_context
from tests.factories.selection import make_application, make_cohort_for_round, make_round
from tests.queries import page_queries

# a Tuesday in working hours, and the evening of it
OPEN_AT = datetime(2026, 12, 1, 11, 0, tzinfo=ZoneInfo("Europe/London"))
AFTER = datetime(2026, 12, 1, 21, 0, tzinfo=ZoneInfo("Europe/London"))


def clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """What those who write reminders take for now; sessions and the database keep their own time."""
    hands = SimpleNamespace(now=lambda: moment, localtime=timezone.localtime)
    for module in ("reminders.services.reminding", "reminders.services.messages", "selection.views.endorsement_list"):
        monkeypatch.setattr(f"{module}.timezone", hands)


def asked_long_ago(round_: SelectionRound) -> None:
    Endorsement.objects.filter(state="asked", application__round=round_).update(
        asked_at=timezone.now() - timedelta(days=20)
    )


def at(name: str, round_: SelectionRound) -> str:
    return reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": round_.public_id})


@pytest.fixture
def round_(essex: Tenant) -> SelectionRound:
    """Four applications: two whose manager is asked, one whose officer is asked, one declined."""
    with tenant_context(essex):
        round_ = make_round()
        make_application(round_, "Ann Asked", state="submitted", manager="Max One", sponsor="Odd Boss")
        make_application(round_, "Ben Asked", state="submitted", manager="Max Two", sponsor="Odd Boss")
        make_application(round_, "Cy Half", state="submitted", manager="Max Three", sponsor="Odd Boss")
        make_application(round_, "Di Declined", state="submitted", manager="Max Four", sponsor="Odd Boss")
        half, no = (row_of(name) for name in ("Cy Half", "Di Declined"))
        give(half)
        decline_endorsement(endorsement=no, by=Actor.for_link(no.endorser, "endorse"), reason="Not <now>.")
        asked_long_ago(round_)
    return round_


def give(row: Endorsement) -> None:
    give_endorsement(
        endorsement=row,
        by=Actor.for_link(row.endorser, "endorse"),
        releases_time=True,
        confirms_scope=True,
        days_released=10,
        cover="Jo",
    )


def row_of(applicant: str, kind: str = "line_manager") -> Endorsement:
    return Endorsement.objects.select_related("endorser").get(application__applicant__name=applicant, kind=kind)


def keys(*rows: Endorsement) -> list[str]:
    return [row.public_id for row in rows]


def test_every_count_leads_to_its_rows(essex: Tenant, staff: SimpleNamespace, round_: SelectionRound) -> None:
    with tenant_context(essex):
        row = row_of("Ann Asked")
        mint_link(person=row.endorser_id, purpose="endorse", about=row.public_id, days=-1)
        SelectionRound.objects.update(endorse_by=timezone.now() - timedelta(days=1))
        # withdrawn ones count nowhere
        gone = make_application(round_, "Wim Withdrawn", state="submitted")
        Application.objects.filter(pk=gone.pk).update(state="withdrawn")
    page = staff.client.get(at("endorsement-list", round_))
    counts = {(c["kind"], c["state"]): (c["count"], c["late"]) for c in page.context["counts"]}
    assert counts == {
        ("line_manager", "asked"): (2, 2),
        ("line_manager", "given"): (1, 0),
        ("line_manager", "declined"): (1, 0),
        ("chief_officer", "waiting"): (3, 0),
        ("chief_officer", "asked"): (1, 1),
    }
    text = page.content.decode()
    for (kind, state), (count, late) in counts.items():
        assert f"?kind={kind}&amp;state={state}" in text
        rows = staff.client.get(f"{at('endorsement-list', round_)}?kind={kind}&state={state}").context["rows"]
        assert len(rows) == count
        if late:
            rows = staff.client.get(f"{at('endorsement-list', round_)}?kind={kind}&late=1").context["rows"]
            assert len(rows) == late
    rows = {r["application__applicant__name"]: r for r in page.context["rows"] if r["kind"] == "line_manager"}
    assert "Wim Withdrawn" not in rows
    assert rows["Ann Asked"]["run_out"] and rows["Ann Asked"]["late"] and not rows["Ben Asked"]["run_out"]
    assert rows["Di Declined"]["comment"] == "Not <now>." and "Not &lt;now&gt;." in text
    found = staff.client.get(f"{at('endorsement-list', round_)}?search=max.two@").context["rows"]
    assert [r["endorser__name"] for r in found] == ["Max Two"]
    nobody = staff.client.get(f"{at('endorsement-list', round_)}?search=nobody&kind=x&state=y&late=z").content.decode()
    assert "No endorsement fits" in nobody


def test_the_list_asks_the_same_number_of_queries_whatever_its_length(
    essex: Tenant, staff: SimpleNamespace, round_: SelectionRound
) -> None:
    url = at("endorsement-list", round_)
    few = page_queries(staff.client, f"{url}?search=Ann")
    assert page_queries(staff.client, url) == few <= 12


def test_a_chase_shows_every_message_and_whom_it_leaves_out(
    essex: Tenant, staff: SimpleNamespace, stranger: SimpleNamespace, round_: SelectionRound, monkeypatch
) -> None:
    with tenant_context(essex):
        other = make_round(make_cohort_for_round("Cohort 3"))
        foreign = make_application(other, "Zoe Elsewhere", state="submitted", manager="Max Nine", sponsor="Odd Boss")
        ann, ben, half = row_of("Ann Asked"), row_of("Ben Asked"), row_of("Cy Half", "chief_officer")
        waiting, no, given = row_of("Ann Asked", "chief_officer"), row_of("Di Declined"), row_of("Cy Half")
        elsewhere = Endorsement.objects.get(application=foreign, kind="line_manager")
        Endorsement.objects.filter(pk=elsewhere.pk).update(asked_at=timezone.now() - timedelta(days=20))
        Endorsement.objects.filter(pk=ben.pk).update(asked_at=OPEN_AT - timedelta(days=2))
    url = at("endorsement-chase", round_)
    assert stranger.client.post(url).status_code == 404
    assert "Tick at least one" in staff.client.post(url, follow=True).content.decode()
    clock(monkeypatch, OPEN_AT)
    ticked = keys(ann, ben, half, waiting, no, given, elsewhere)
    page = staff.client.post(url, {"endorsement": ticked})
    text = page.content.decode()
    chase = page.context["chase"]
    assert {r.person.name for r in chase.reminders} == {"Max One", "Odd Boss"}
    assert [(r.person.name, r.obstacle) for r in chase.left_out] == [
        ("Max Two", "They were asked on 29 November 2026.")
    ]
    # the same list to take away: everybody who was ticked, and nothing goes out
    assert 'value="csv"' in text and 'name="download"' in text
    with tenant_context(essex):
        Person.objects.filter(pk=no.endorser_id).update(name="=Max Four")
    answer = staff.client.post(url, {"endorsement": ticked, "quiet": "3", "download": "csv"})
    lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(line["Who"], line["Gets a reminder"]) for line in lines if line["Gets a reminder"] == "Yes"] == [
        (r.person.name, "Yes") for r in chase.reminders
    ]
    assert ("Max Two", "They were asked on 29 November 2026.") in {(line["Who"], line["Why not"]) for line in lines}
    assert ("'=Max Four", "They’ve said no. Ask somebody else instead.") in {(x["Who"], x["Why not"]) for x in lines}
    assert len(lines) == 6 and "Zoe Elsewhere" not in answer.content.decode()
    form = staff.client.post(url, {"endorsement": ticked, "download": "xlsx"})
    assert form["Content-Disposition"].endswith('.xlsx"')
    with tenant_context(essex):
        assert not Message.objects.filter(kind="reminders.ask").exists()
        assert list(Access.objects.filter(act="downloaded").order_by("pk").values_list("form", "rows")) == [
            ("csv", 6),
            ("xlsx", 6),
        ]
    assert {row.pk: why[:20] for row, why in page.context["plan"].nothing_to_ask} == {
        waiting.pk: "They haven’t been as",
        no.pk: "They’ve said no. Ask",
        given.pk: "They’ve endorsed it ",
    }
    assert "They leave at once" in text and "Endorse Ann Asked’s application" in text and "Zoe" not in text
    assert len(page.context["texts"]) == 2 and "needs no account" not in text
    assert "{{link}}" not in text and text.count("[the link, to each person their own]") == 2
    # a shorter silence lets Max Two in; nothing has been sent by looking
    page = staff.client.post(url, {"endorsement": ticked, "quiet": "1"})
    assert {r.person.name for r in page.context["chase"].reminders} == {"Max One", "Max Two", "Odd Boss"}
    clock(monkeypatch, AFTER)
    page = staff.client.post(url, {"endorsement": ticked})
    assert "they leave on 2 December 2026 at 8am" in page.content.decode()
    with tenant_context(essex):
        assert not Message.objects.filter(kind="reminders.ask").exists()
    # sent once, however often the button is pressed; each on record
    form = {"endorsement": ticked, "quiet": "3", "confirm": "1"}
    assert "2 reminders are on their way" in staff.client.post(url, form, follow=True).content.decode()
    assert "No reminder was sent" in staff.client.post(url, form, follow=True).content.decode()
    with tenant_context(essex):
        sent = Message.objects.filter(kind="reminders.ask")
        assert {m.link_about for m in sent} == {ann.public_id, half.public_id} and sent.count() == 2
        assert {m.available_at for m in sent} == {datetime(2026, 12, 2, 8, tzinfo=ZoneInfo("Europe/London"))}
        steps = Change.objects.filter(name="remind")
        assert {(c.subject_id, c.by_label) for c in steps} == {
            (k, staff.person.name) for k in (ann.public_id, half.public_id)
        }
        assert steps.count() == 2
    rows = staff.client.get(at("endorsement-list", round_)).context["rows"]
    written = {r["public_id"]: r["written"].times for r in rows if r["written"]}
    assert written == {ann.public_id: 1, half.public_id: 1}
    page = staff.client.post(url, {"endorsement": keys(ann)})
    assert [r.obstacle[:16] for r in page.context["chase"].left_out] == ["They have had a "] or page.context[
        "chase"
    ].left_out
    assert "Nobody you chose can be sent a reminder now." in page.content.decode()
    # the next day they are left out by name of the day, and a week later they aren't
    clock(monkeypatch, OPEN_AT + timedelta(days=2))
    page = staff.client.post(url, {"endorsement": keys(ann)})
    assert [r.obstacle for r in page.context["chase"].left_out] == ["They had a reminder on 1 December 2026."]
    clock(monkeypatch, OPEN_AT + timedelta(days=7))
    page = staff.client.post(url, {"endorsement": keys(ann)})
    assert [r.person.name for r in page.context["chase"].reminders] == ["Max One"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_two_presses_at_once_send_one(essex: Tenant, staff: SimpleNamespace, round_: SelectionRound) -> None:
    with tenant_context(essex):
        ann = row_of("Ann Asked")
    barrier, counts = threading.Barrier(2), []

    def press() -> None:
        try:
            with tenant_context(essex):
                barrier.wait(timeout=10)
                counts.append(
                    send_endorsement_chase(round=round_, endorsements=keys(ann), quiet_days=3, by=staff.actor)
                )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with tenant_context(essex):
        assert sorted(counts) == [0, 1]
        assert Message.objects.filter(kind="reminders.ask").count() == 1
        assert Change.objects.filter(name="remind").count() == 1


def test_the_reminded_endorser_answers_by_the_reminders_link(
    essex: Tenant, staff: SimpleNamespace, round_: SelectionRound
) -> None:
    """A reminder's link is one more to the same request: the answer spends them all."""
    with tenant_context(essex):
        row = row_of("Ann Asked")
        first, second = (
            mint_link(person=row.endorser_id, purpose="endorse", about=row.public_id, days=28) for _ in "ab"
        )
    urls = [reverse("selection:endorse", kwargs={"tenant": "essex", "token": token}) for token in (first, second)]
    client = Client()
    assert client.post(urls[1], {"decline": "1", "comment": "No."}).status_code == 302
    for url in urls:
        page = client.get(url).content.decode()
        assert re.search("that you don’t endorse Ann Asked’s application", page)


def test_how_engaged_each_sponsor_is_follows_from_what_they_did(essex: Tenant, staff: SimpleNamespace) -> None:
    with tenant_context(essex):
        round_ = make_round()
        for name, sponsor in (
            ("Ann", "Ed Engaged"), ("Ben", "Ed Engaged"), ("Cy", "Al Answered"), ("Di", "Tia Talk"), ("Eve", "Wim Waits"),
            ("Flo", "Una Unasked"), ("Gil", "Ned No"),
        ):  # fmt: skip
            make_application(round_, name, state="submitted", manager=f"Manager of {name}", sponsor=sponsor)
            if name != "Flo":
                give(row_of(name))
        officers = {name: row_of(name, "chief_officer") for name in ("Ann", "Ben", "Cy", "Di", "Eve", "Gil")}
        asked = {"releases_time": True, "confirms_scope": True, "will_sponsor": True}
        for name, funds, idea in (("Ann", True, "Discharge"), ("Ben", True, ""), ("Cy", False, "")):
            by = Actor.for_link(officers[name].endorser, "endorse")
            give_endorsement(endorsement=officers[name], by=by, will_fund=funds, project_idea=idea, **asked)
        by = Actor.for_link(officers["Gil"].endorser, "endorse")
        decline_endorsement(endorsement=officers["Gil"], by=by, reason="Not now")
        Endorsement.objects.filter(pk=officers["Ann"].pk).update(asked_at=timezone.now() - timedelta(days=4, hours=1))
        for day in (1, 2):
            Message.objects.create(
                kind="reminders.ask", recipient=officers["Di"].endorser, dedupe_key=f"test {day}", subject="x", body_text="x",
                owed=[["selection.endorsement", officers["Di"].public_id]], queued_by="x", queued_at=timezone.now(),
                available_at=timezone.now(),
            )  # fmt: skip
    page = staff.client.get(at("sponsor-list", round_))
    told = {
        one.name: (one.signal.value, one.asked, one.given, one.waiting, one.reminders)
        for one in page.context["sponsors"]
    }
    assert told == {
        "Ned No": ("talk", 1, 0, 0, 0),
        "Tia Talk": ("talk", 1, 0, 1, 2),
        "Wim Waits": ("waits", 1, 0, 1, 0),
        "Al Answered": ("answered", 1, 1, 0, 0),
        "Ed Engaged": ("engaged", 2, 2, 0, 0),
    }
    assert list(told) == ["Ned No", "Tia Talk", "Wim Waits", "Al Answered", "Ed Engaged"]
    engaged = page.context["sponsors"][-1]
    assert (engaged.usual_days, engaged.pays, engaged.ideas) == (2, 2, 1)
    text = page.content.decode()
    assert "2 of 2" in text and "0 of 1" in text and "Una Unasked" not in text
    lines = b"".join(staff.client.get(at("sponsor-list", round_) + "?download=csv")).decode("utf-8-sig").splitlines()
    assert len(lines) == 6 and lines[0].startswith("Chief officer,Email,Organisations,Signal")
    assert page_queries(staff.client, at("sponsor-list", round_)) <= 12
    with tenant_context(essex):
        SelectionRound.objects.filter(pk=round_.pk).update(endorse_by=timezone.now() - timedelta(days=1))
    late = {one.name: one.late for one in staff.client.get(at("sponsor-list", round_)).context["sponsors"]}
    assert late["Wim Waits"] == 1 and late["Ed Engaged"] == 0
