"""Every form of the portal, filled in from the page that shows it: what a person who takes the first of everything would send."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import Element

import tinyhtml5
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.check_in import current_code
from cohorts.models import Event, Invitation
from tenancy.links import mint_link
from tenancy.scope import tenant_context
from tests.access.rows import MATRIX
from tests.access.small_world import World
from tests.access.test_every_url import POSTS, address, methods
from tests.selection.assess_setup import CRITERIA
from tests.selection.import_setup import HEADINGS, person, workbook

TEXT = {"text", "email", "url", "tel", "number", "search", ""}

# What the first of everything doesn't say well enough, by page and field; `*` stands for every page.
YESTERDAY = timezone.localdate() - timedelta(days=1)
SAID: dict[str, dict[str, str]] = {
    "cohorts:review-list": {
        "held_on-day": str(YESTERDAY.day),
        "held_on-month": str(YESTERDAY.month),
        "held_on-year": str(YESTERDAY.year),
    },
    "*": {
        "email": "post@example.org",
        "manager_email": "manager@example.org",
        "sponsor_email": "sponsor@example.org",
        "join_url": "https://meet.example.org/abc",
        "url": "https://files.example.org/abc",
        "reply_to": "post@example.org",
        "colour": "#1d5b79",
        "last_day-day": "",
        "last_day-month": "",
        "last_day-year": "",
        "after": "",
        "late_until-day": "",
        "late_until-month": "",
        "late_until-year": "",
        "nominate_by-day": "",
        "nominate_by-month": "",
        "nominate_by-year": "",
    },
    "cohorts:attendance-import-columns": {"email": "1"},
    "cohorts:career-step-add": {"since-year": "2025"},
    "cohorts:cohort-create": {"places": "20", "ends_on-year": "2099"},
    "cohorts:closed-days-add": {"last_day-day": "", "last_day-month": "", "last_day-year": ""},
    "cohorts:co-design-ask": {"day-day": "", "day-month": "", "day-year": ""},
    "cohorts:linked-list": {"contact_email": "post@example.org"},
    "cohorts:event-recording": {"recording_url": "https://video.example.org/abc"},
    "cohorts:event-edit": {"place": "The Hub"},
    "cohorts:invitation-accept": {"way": "code", "password": ""},
    "cohorts:invitation-create": {"role": "assessor"},
    "cohorts:leadership-history-write": {"year": "1998"},
    "cohorts:leadership-history-edit": {"year": "1999"},
    "cohorts:return-brief-send": {"meet_day-day": "", "meet_day-month": "", "meet_day-year": "", "meet_time": ""},
    "cohorts:set-list": {"sets": "1"},
    "projects:project-sponsor": {"name": "", "email": "", "job_title": ""},
    "projects:project-decide": {"decision": "approve"},
    **{f"projects:stakeholder-{page}": {"step_due-year": "2099"} for page in ("create", "edit", "move")},
    "projects:project-decide-link": {"decision": "approve"},
    "reminders:message-mend": {"do": "retry"},
    "reminders:calendar-feed": {"do": "make"},
    "mentoring:session-record": {"held": "yes"},
    "outcomes:disclosure": {"min_count": "9", "min_mean": "12", "min_breakdown": "15"},
    "selection:endorse": {"days_released": "15"},
    "selection:endorsement-detail": {"days_released": "15"},
    "selection:endorser-domains": {"domains": "example.org"},
    "selection:application-question": {"text": "An answer of a few words."},
    "selection:moderation-detail": {"points": "3"},
    "selection:moderation-meeting": {"points": "3"},
    "selection:offer-answer": {"answer": "accept", "reason": ""},
    "selection:deferral-decide": {"decision": "refuse"},
    "selection:feedback-list": {"step": "draft"},
    "selection:criterion-edit": {"weight": "4"},
    "selection:exercise-create": {"minutes": "30"},
    "selection:equality-question-create": {"answers": "Yes\nNo"},
    "selection:question-edit": {"word_limit": "200"},
    "selection:import-row": {"email": "nils@example.org", "received": ""},
    # whoever chooses an organisation has its name typed for nothing
    "selection:interest-register": {"organisation": ""},
    "selection:nominate-add": {"organisation": "", "email": "nils@example.org"},
    "selection:nominate-edit": {"organisation": ""},
    "selection:nominator-create": {"leaders": "Ada Able, ada@example.org"},
    "selection:import-columns": {"email": "2", "manager_email": "6", "sponsor_email": "8"},
    # the world's seats are the first sector's already
    "selection:seat-create": {"sector": "", "seats": "2", "promised_on-year": "2025"},
    "selection:offer-over": {"over": "1"},
    "selection:choosing-board": {"step": "out"},
    "selection:moderation-list": {"reason": "By telephone"},
    "tenancy:band-edit": {"reads_as": "NHS band 8a; inspector"},
    "tenancy:employer-change": {"email": ""},
    "tenancy:district-create": {"code": "E07000999", "decile": "4", "latitude": "51.7", "longitude": "0.4"},
    "tenancy:district-edit": {"code": "E07000999", "decile": "4", "latitude": "51.7", "longitude": "0.4"},
    "tenancy:organisation-create": {"decile": ""},
    "tenancy:organisation-edit": {"decile": "3"},
    "tenancy:role-give": {"role": "mentor", "scope": ""},
    "tenancy:tenant-settings": {
        "require_mfa_for_staff": "",
        "word_learning_set": "action set, action sets",
    },
}
# Lists of boxes of which each must be ticked.
ALL_OF_THEM = {"confirms"}
# Times of the day: the first of a page is the morning's.
CLOCK = {"starts": "9am", "ends": "11am", "work_starts": "8am", "work_ends": "6pm"}


@dataclass
class Filled:
    """One form of one page: where it goes, what is sent, and which of it was typed."""

    url: str
    client: Client
    data: dict[str, Any]
    typed: list[str] = field(default_factory=list)

    def send(self, **changes: Any) -> HttpResponse:
        for value in self.data.values():
            if hasattr(value, "seek"):
                value.seek(0)
        return self.client.post(self.url, {**self.data, **changes})


def client_of(world: World, name: str) -> Client:
    row = MATRIX[name]
    return world.cast[row.allowed[0]].client if row.needs_sign_in else world.visitor


def form_of(page: str) -> Element | None:
    """The largest form of the page that posts to the page itself."""
    tree = tinyhtml5.parse(page, namespace_html_elements=False)
    found = [form for form in tree.iter("form") if form.get("method", "").lower() == "post" and not form.get("action")]
    return max(found, key=lambda form: len(list(form.iter())), default=None)


def boxes_of(form: Element) -> list[Element]:
    return [
        b
        for b in form.iter()
        if b.tag in {"input", "textarea", "select"} and b.get("name") and b.get("disabled") is None
    ]


def value_of(box: Element) -> str:
    return "".join(box.itertext()).removeprefix("\n") if box.tag == "textarea" else box.get("value", "")


def shown_data(form: Element) -> dict[str, Any]:
    """What the page would send as it stands."""
    data: dict[str, Any] = {}
    for box in boxes_of(form):
        name, kind = box.get("name", ""), box.get("type", "")
        if box.tag == "select":
            chosen = [o for o in box.iter("option") if o.get("selected") is not None] or list(box.iter("option"))[:1]
            data[name] = chosen[0].get("value", "") if chosen else ""
        elif kind in {"checkbox", "radio"}:
            if box.get("checked") is not None:
                data.setdefault(name, []).append(box.get("value", "on"))
        elif kind != "file":
            data[name] = value_of(box)
    data.pop("csrfmiddlewaretoken", None)
    return data


def is_typed(box: Element) -> bool:
    if box.tag == "textarea":
        return True
    return box.tag == "input" and box.get("type", "") in TEXT and box.get("inputmode") not in {"numeric", "decimal"}


def first_answer(box: Element) -> Any:
    name, kind = box.get("name", ""), box.get("type", "")
    if box.tag == "select":
        return next((o.get("value") for o in box.iter("option") if o.get("value")), "")
    if kind in {"checkbox", "radio"}:
        return [box.get("value", "on")]
    if kind == "file":
        return None
    day = timezone.localdate() + timedelta(days=40)
    for part in ("day", "month", "year"):
        if name.endswith(f"-{part}"):
            return str(getattr(day, part))
    if name in CLOCK:
        return CLOCK[name]
    return "3" if box.get("inputmode") in {"numeric", "decimal"} else f"Some words {name}"


def first_of_everything(form: Element) -> dict[str, Any]:
    data = shown_data(form)
    for box in boxes_of(form):
        name = box.get("name", "")
        if name == "csrfmiddlewaretoken" or box.get("type") == "hidden":
            continue
        if name in ALL_OF_THEM:
            data[name] = [*data.get(name, []), box.get("value", "on")]
        elif not data.get(name):
            data[name] = first_answer(box)
    return {name: value for name, value in data.items() if value is not None}


def filled_in(world: World, name: str) -> tuple[dict[str, Any], list[str]]:
    """What is sent, as the page says it, and which of it was typed."""
    row, url, client = MATRIX[name], address(world, name), client_of(world, name)
    data = {k: world.person(v[1:]).public_id if v.startswith("@") else v for k, v in (row.data or {}).items()}
    form = form_of(client.get(url).content.decode()) if "get" in methods(name) else None
    if form is None:
        return data | SAID.get(name, {}), []
    said = {**SAID["*"], **SAID.get(name, {})}
    data = {**first_of_everything(form), **data}
    data |= {n: v for n, v in said.items() if n in data or n in SAID.get(name, {})}
    return data, [b.get("name", "") for b in boxes_of(form) if is_typed(b)]


# What is uploaded, by page.
FILES = {
    "selection:import-create": lambda: SimpleUploadedFile("log.xlsx", workbook(HEADINGS, [person("Nadia", "New")])),
    "cohorts:attendance-import-create": lambda: SimpleUploadedFile(
        "came.csv", b"Name,Email\nNina Nobody,nina@example.net\n"
    ),
    "selection:score-import-create": lambda: SimpleUploadedFile(
        "marks.xlsx", workbook(("Reference", "Assessor", *CRITERIA), [["X1", "Nobody", 1, 2, 3]])
    ),
    "tenancy:district-lookup": lambda: SimpleUploadedFile(
        "districts.csv", b"LAD24NM,RUC21NM\nNorthvale,Predominantly urban\n"
    ),
}


def fill(world: World, name: str, *, anew: bool = False) -> Filled:
    """The form of this URL as its first allowed role would send it; MATRIX's own data where the page has no form.

    A world that is kept for many tests is asked for each form once, `anew` by a test that has changed what the page
    shows, or counts on its having been opened.
    """
    url, client = address(world, name), client_of(world, name)
    if world.shown is None or anew:
        data, typed = filled_in(world, name)
    else:
        if name not in world.filled:
            world.filled[name] = filled_in(world, name)
        data, typed = deepcopy(world.filled[name])
    if name == "cohorts:invitation-accept":
        # of somebody who has no account yet
        about = world.at["invitation"]["public_id"]
        with tenant_context(world.tenant):
            ina = Invitation.objects.select_related("person").get(public_id=about).person
            token = mint_link(person=ina, purpose="invitation", about=about)
        url = reverse(name, kwargs={"tenant": "essex", "token": token})
    if name == "cohorts:event-here":
        with tenant_context(world.tenant):
            data["code"] = current_code(Event.objects.get(public_id=world.at["underway"]["public_id"]))
    if name == "cohorts:seating-pair":
        # the first of both lists is one and the same
        data |= {who: world.person(n).public_id for who, n in (("first", "participant"), ("second", "teammate"))}
    if name == "selection:moderation-list":
        data["applications"] = [world.at["moderated"]["public_id"]]
    if name in FILES:
        data["file"] = FILES[name]()
    return Filled(
        url, client, data, [n for n in typed if n not in CLOCK and not n.endswith(("-day", "-month", "-year"))]
    )


__all__ = ["POSTS", "Filled", "client_of", "fill", "first_of_everything", "form_of", "shown_data"]
