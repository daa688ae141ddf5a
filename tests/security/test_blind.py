"""A blind assessor meets applications by their reference: no page, mail, file or title says who wrote one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reminders.models import Message
from selection.models import AssessorAllocation
from tenancy.models import ConflictDeclaration
from tests.access.rows import BY_LINK, MATRIX
from tests.access.test_every_url import GETS
from tests.security.test_canary import own_addresses, text_of
from tests.selection.assess_setup import make_scene


@pytest.fixture
def scene(essex, staff):
    made = make_scene(essex, staff, applications=4, assessors=2)
    made.start()
    return made


def words_of_applicants(scene) -> set[str]:
    """What would tell who an applicant is."""
    with scene.inside(scene.staff):
        rows = [scene.fresh(a) for a in scene.applications]
        return {w for a in rows for w in (a.applicant.name, a.applicant.email, a.applicant.public_id, a.public_id)}


def declare(scene, who) -> AssessorAllocation:
    with scene.inside(who):
        allocation = AssessorAllocation.objects.select_related("application").filter(assessor=who.person).first()
    at = reverse("selection:assess-conflict", kwargs={"tenant": "essex", "public_id": allocation.public_id})
    answer = who.client.post(at, {"kind": "relative"}, follow=True)
    assert answer.status_code == 200 and allocation.application.reference in text_of(answer)
    return allocation


def everything_shown_to(scene, who) -> dict[str, str]:
    pages = {url: text_of(who.client.get(url)) for url in own_addresses("essex")}
    pile = reverse("selection:assess-pile", kwargs={"tenant": "essex", "public_id": scene.round.public_id})
    pages[pile] = text_of(who.client.get(pile))
    with scene.inside(who):
        rows = list(AssessorAllocation.objects.filter(assessor=who.person).values_list("public_id", flat=True))
        for m in Message.objects.filter(recipient=who.person):
            at = reverse("reminders:message-detail", kwargs={"tenant": "essex", "public_id": m.public_id})
            pages[at] = text_of(who.client.get(at)) + m.body_html + m.subject + m.body_text
    for name in ("assess-application", "assess-conflict"):
        for public_id in rows:
            at = reverse(f"selection:{name}", kwargs={"tenant": "essex", "public_id": public_id})
            pages[at] = text_of(who.client.get(at))
    return pages


def test_nothing_names_an_applicant_to_a_blind_assessor(scene) -> None:
    who = scene.assessors[0]
    telling = words_of_applicants(scene)
    declared = declare(scene, who)
    pages = everything_shown_to(scene, who)
    assert len(pages) > 40
    assert {(url, word) for url, text in pages.items() for word in telling if word in text} == set()
    # the declaration is there, under the name the assessor knows it by
    assert declared.application.reference in pages[reverse("tenancy:conflict-list", kwargs={"tenant": "essex"})]


def test_staff_read_who_it_is_about(scene) -> None:
    declared = declare(scene, scene.assessors[0])
    page = text_of(scene.staff.client.get(reverse("tenancy:conflict-list", kwargs={"tenant": "essex"})))
    with scene.inside(scene.staff):
        assert ConflictDeclaration.objects.get().other.name in page
    assert declared.application.reference not in page


def test_where_names_are_shown_the_declaration_shows_one(scene) -> None:
    """The reference stands in for a name only where the round was blind."""
    with scene.inside(scene.staff):
        type(scene.round).objects.filter(pk=scene.round.pk).update(blind=False)
    who = scene.assessors[0]
    declare(scene, who)
    page = text_of(who.client.get(reverse("tenancy:conflict-list", kwargs={"tenant": "essex"})))
    with scene.inside(scene.staff):
        assert ConflictDeclaration.objects.get().other.name in page


def test_an_assessors_own_copy_of_their_data_names_no_applicant(scene) -> None:
    who = scene.assessors[0]
    telling = words_of_applicants(scene)
    declared = declare(scene, who)
    copy = text_of(who.client.get(reverse("tenancy:your-data-download", kwargs={"tenant": "essex"})))
    assert declared.application.reference in copy
    assert not [word for word in telling if word in copy]


def test_pages_about_applications_refuse_an_assessor(scene) -> None:
    """Every page whose address has an application or an applicant in it, asked for by somebody who has guessed the id."""
    who = scene.assessors[0]
    with scene.inside(scene.staff):
        application = scene.fresh(scene.applications[0])
    tried = 0
    for name in GETS:
        row = MATRIX[name]
        if (
            row.about not in {"application", "sent", "offered", "reserve", "moderated", "person"}
            or row.allowed == BY_LINK
        ):
            continue
        public_id = application.applicant.public_id if row.about == "person" else application.public_id
        at = reverse(name, kwargs={"tenant": "essex", "public_id": public_id, **dict(row.more)})
        assert who.client.get(at).status_code == 403, name
        tried += 1
    assert tried > 10
