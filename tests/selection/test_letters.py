"""The letter about an outcome: the words of the page, tagged, in the tenant's colour, and nothing that is for staff alone."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from datetime import date
from io import BytesIO

import pikepdf
import pytest
from django.utils import timezone

from engine import pdf
from engine.dates import uk_date
from reminders.models import Message
from selection.letters import LETTERED, Letter
from selection.models import Application, Deferral, Departure, Moderation, Offer
from selection.services.choosing import send_not_selected
from selection.services.offers import accept_offer
from selection.states import ApplicationState as S
from tenancy.models import Change
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

needs_pango = pytest.mark.skipif(pdf.pdf_ready() is not None, reason=str(pdf.pdf_ready()))
CANARY = "in place of Rotkehlchen because health had 6 of 9 seats"


@pytest.fixture
def outcomes(essex, staff):
    """One accepted, one offered, one reserve, one not selected; whatever staff wrote for themselves says CANARY."""
    scene = make_scene(essex, staff, applications=4, places=2, reserve_length=1).decided()
    who = scene.member(scene.applications[0])
    with scene.inside(who):
        accept_offer(application=scene.applications[0], by=who.actor)
    with scene.inside(staff):
        send_not_selected(
            round=scene.round,
            applications=[scene.applications[3].public_id],
            reason=CANARY,
            feedback="Show us more of what you did yourself.",
            by=staff.actor,
        )
        now = timezone.now()
        for application in scene.applications:
            Departure.objects.create(
                application=application, direction="in", reason=CANARY, sentence=CANARY, by=staff.person, at=now
            )
            Moderation.objects.update_or_create(
                application=application, defaults={"points": 5, "reason": CANARY, "by": staff.person, "at": now}
            )
        Offer.objects.update(in_place_of=scene.applications[3], reason=CANARY)
    return scene


def letter_pages(scene):
    for application in scene.applications:
        client = scene.member(application).client
        yield application, client, url(scene, "letter", application.public_id)


def text_of(content, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_every_outcome_has_its_letter_in_the_words_of_the_page(outcomes):
    headings = []
    for application, client, target in letter_pages(outcomes):
        page = client.get(url(outcomes, "offer-answer", application.public_id)).content.decode()
        assert target in page
        letter = client.get(target).content.decode()
        fresh = outcomes.fresh(application)
        assert f"Reference {application.reference}" in letter and f"Dear {fresh.applicant.name}" in letter
        assert uk_date(timezone.localdate()) in letter and "The programme team, " in letter
        words = [w for w in letter_words(client, target) if len(w) > 40]
        assert words and all(w in page for w in words)
        headings.append(letter.split('<h1 class="govuk-heading-m">')[1].split("<")[0])
    assert headings == [
        "Your place is confirmed",
        "You’ve been offered a place",
        "You’re on the reserve list",
        "No place this time",
    ]
    assert "what you did yourself" in client.get(target).content.decode()


def letter_words(client, target):
    body = client.get(target).context["letter"]
    return [*body.paragraphs, body.feedback]


@needs_pango
def test_the_pdf_is_tagged_and_says_the_same(outcomes, essex, tmp_path):
    application, client, target = list(letter_pages(outcomes))[3]
    answer = client.get(f"{target}pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{application.reference.lower()}.pdf"'
    with pikepdf.open(BytesIO(answer.content)) as document:
        assert document.Root.MarkInfo.Marked and "pdfuaid" in str(document.open_metadata())
        assert str(document.Root.Lang) == "en" and application.reference in str(document.docinfo["/Title"])
        tags = {str(o.S) for o in document.objects if isinstance(o, pikepdf.Dictionary) and "/S" in o and "/P" in o}
        assert {"/H1", "/H2", "/P"} <= tags
    if shutil.which("pdftotext"):
        text = text_of(answer.content, tmp_path)
        for words in ("Essex Partners", "No place this time", "what you did yourself", application.reference):
            assert words in text
        assert "Rotkehlchen" not in text


def test_only_the_applicant_and_staff_open_it(outcomes, bystander, stranger):
    application = outcomes.applications[0]
    rival = outcomes.member(outcomes.applications[1])
    for name in ("letter", "letter-pdf"):
        target = url(outcomes, name, application.public_id)
        for other in (bystander, rival, outcomes.assessors[0]):
            assert other.client.get(target).status_code == 403
        assert stranger.client.get(target).status_code == 404
    assert outcomes.staff.client.get(url(outcomes, "letter", application.public_id)).status_code == 200


def test_no_letter_page_or_mail_can_say_why_one_came_before_another(outcomes):
    """Whatever staff and auditors read of the choice is on record here, and none of it comes out."""
    outcomes_told = 0
    for application, client, target in letter_pages(outcomes):
        for address in (target, url(outcomes, "offer-answer", application.public_id)):
            page = client.get(address).content.decode()
            assert "Rotkehlchen" not in page and "in place of" not in page.lower()
            assert not any(a.reference in page for a in outcomes.applications if a.pk != application.pk)
        outcomes_told += 1
    assert outcomes_told == 4
    with outcomes.inside(outcomes.staff):
        assert Change.objects.filter(reason__contains="Rotkehlchen").exists()
        applicants = [a.applicant_id for a in outcomes.applications]
        bodies = [m.subject + m.body_text for m in Message.objects.filter(recipient__in=applicants)]
        assert len(bodies) >= 5 and not any("Rotkehlchen" in b or "in place of" in b.lower() for b in bodies)


def test_a_letter_holds_words_and_nothing_that_leads_elsewhere():
    kinds = {f.name: f.type for f in dataclasses.fields(Letter)}
    assert set(kinds.values()) == {"str", "date", "tuple[str, ...]"} and date is not None


def test_where_nothing_is_decided_there_is_no_letter(outcomes):
    application = outcomes.applications[1]
    who = outcomes.member(application)
    for state in S.values:
        with outcomes.inside(outcomes.staff):
            Application.objects.filter(pk=application.pk).update(state=state)
            if state == S.DEFERRED:
                Deferral.objects.create(
                    application=application,
                    state="agreed",
                    wish="x",
                    asked_at=timezone.now(),
                    keep_until=date(2099, 1, 1),
                )
        status = who.client.get(url(outcomes, "letter", application.public_id)).status_code
        assert status == (200 if state in LETTERED else 404), state


def test_without_the_library_the_page_says_so(outcomes, monkeypatch):
    monkeypatch.setattr("engine.pdf._loads", lambda name: False)
    application, client, target = next(letter_pages(outcomes))
    answer = client.get(url(outcomes, "letter-pdf", application.public_id), follow=True)
    assert answer.redirect_chain[-1][0] == target and pdf.INSTALL_COMMAND in answer.content.decode()
