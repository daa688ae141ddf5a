"""What happened to an application, in order; and who read or downloaded it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Programme
from portal.views.your_data import plain
from selection.models import Application, AssessorAllocation, Endorsement
from selection.services.choosing import depart_from_rank
from selection.services.support import save_adjustment
from tenancy.actors import Actor
from tenancy.models import Access, Role
from tenancy.privacy import export_person
from tenancy.scope import tenant_context
from tenancy.selectors import actor_of
from tenancy.services.people import give_role
from tests.conftest import make_member
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])


@pytest.fixture
def scene(essex, staff):
    return make_scene(essex, staff, applications=3, assessors=2, places=1)


def test_everything_that_happened_in_order(essex, staff, stranger, scene):
    scene.moderating()
    one = scene.applications[0]
    with scene.inside(staff):
        row = Application.objects.get(pk=one.pk)
        row.job_title = "Chief of something"
        row.save()
        Endorsement.objects.filter(application=one).update(comment="Secretly lukewarm")
        depart_from_rank(
            round=scene.round, applications=[one.public_id], direction="out", reason="Has left", by=staff.actor
        )
    page = url(scene, "application-history", one.public_id)
    text = staff.client.get(page).content.decode()
    wanted = ["Application made", "Given to an assessor", "Scored", "Step away from the ranking"]
    places = [text.index(words) for words in wanted]
    assert places == sorted(places) and "Changed: job title" in text
    assert "Taken out: Has left" in text and "Assessor A" in text and "Sita Staff" in text
    assert "canary0" not in text and "Secretly lukewarm" not in text
    assert page_queries(staff.client, page) <= 12
    assert "Moderation started" in staff.client.get(url(scene, "round-history")).content.decode()
    assert scene.member(one).client.get(page).status_code == 403
    assert scene.assessors[0].client.get(page).status_code == 403
    assert stranger.client.get(page).status_code == 404


def test_who_read_and_downloaded_is_on_record_once_an_hour(essex, staff, stranger, scene):
    scene.start()
    one, who = scene.applications[0], scene.assessors[0]
    with scene.inside(who):
        mine = AssessorAllocation.objects.get(application=one, assessor=who.person)
    scene.member(one).client.get(url(scene, "application-detail", one.public_id))  # one's own isn't recorded
    for _time in range(3):
        staff.client.get(url(scene, "application-detail", one.public_id))
        who.client.get(url(scene, "assess-application", mine.public_id))
    staff.client.get(url(scene, "application-list"), {"download": "csv", "state": "eligible"})
    with tenant_context(essex):
        found = {(a.by_label, a.by_role, a.what) for a in Access.objects.filter(act="opened")}
        assert (
            found
            == {
                ("Sita Staff", "Programme staff", "Application"),
                ("Assessor A", "Assessor", "Application"),
            }
            and Access.objects.filter(act="opened").count() == 2
        )
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        with tenant_context(essex):
            before = Access.objects.count()
        staff.client.get(url(scene, "application-detail", one.public_id))
        with tenant_context(essex):
            assert Access.objects.count() == before + 1
    readers = url(scene, "application-readers", one.public_id)
    text = staff.client.get(readers).content.decode()
    assert (
        text.count("Assessor A") == 1
        and "Assessor A" not in staff.client.get(readers, {"name": "Sita"}).content.decode()
    )
    with tenant_context(essex):
        assert Access.objects.filter(what="Record of readers").exists()  # looking at it is on it
    whole = staff.client.get(url(scene, "round-readers"), {"act": "downloaded"}).content.decode()
    assert "Applications, Cohort 2" in whole and "state: eligible" in whole and "3 rows" in whole
    assert page_queries(staff.client, url(scene, "round-readers")) <= 12
    assert who.client.get(readers).status_code == 403 and stranger.client.get(readers).status_code == 404


def test_the_applicant_learns_in_what_part_and_when_not_who(essex, staff, scene):
    scene.start()
    one, who = scene.applications[0], scene.assessors[0]
    with scene.inside(who):
        mine = AssessorAllocation.objects.get(application=one, assessor=who.person)
    who.client.get(url(scene, "assess-application", mine.public_id))
    with tenant_context(essex, one.applicant):
        copy = export_person(one.applicant)["Applications and nominations"][0]
    assert [row["as"] for row in copy["opened by others"]] == ["Assessor"]
    assert "Assessor A" not in json.dumps(copy, default=plain)


def test_the_record_is_added_to_and_never_altered(essex, staff, scene):
    staff.client.get(url(scene, "application-detail", scene.applications[0].public_id))
    with tenant_context(essex):
        assert Access.objects.count() == 1
        for change in (lambda: Access.objects.update(by_label="Nobody"), lambda: Access.objects.all().delete()):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                change()
        assert Access.objects.get().by_label == "Sita Staff"


def test_who_read_what_about_one_person_over_all_their_applications(essex, staff, stranger, scene):
    """Their page, each application, what they need to take part; of cohorts the reader is staff of, and of nobody else."""
    one, other = scene.applications[:2]
    with tenant_context(essex, one.applicant):
        save_adjustment(application=one, text="A hearing loop", version=0, by=actor_of(one.applicant))
    person = {"tenant": "essex", "public_id": one.applicant.public_id}
    for address in (
        url(scene, "application-detail", one.public_id),
        url(scene, "adjustment-arrange", one.public_id),
        reverse("tenancy:person-detail", kwargs=person),
        url(scene, "application-detail", other.public_id),
    ):
        assert staff.client.get(address).status_code == 200
    readers = reverse("tenancy:person-readers", kwargs=person)
    assert readers in staff.client.get(reverse("tenancy:person-detail", kwargs=person)).content.decode()
    page = staff.client.get(readers)
    assert {line["row"].what for line in page.context["rows"]} == {
        "Application",
        "Adjustment asked for",
        "Person’s page",
    }
    assert {line["reference"] for line in page.context["rows"]} == {one.reference, ""}
    assert "hearing" not in page.content.decode()
    assert f"Who has read or downloaded what about {one.applicant.name}</h1>" in page.content.decode()
    lines = b"".join(staff.client.get(readers + "?download=csv")).decode("utf-8-sig").splitlines()
    assert len(lines) == 5  # with the page of readers, opened just now
    assert page_queries(staff.client, readers) <= 12
    elsewhere = make_member(essex, "Stan Elsewhere")
    with tenant_context(essex):
        programme = Programme.objects.create(slug="another", name="Another")
        give_role(person=elsewhere.person, role=Role.STAFF, programme_id=programme.pk, by=Actor.system("set-up"))
    assert elsewhere.client.get(readers).status_code == 403
    assert scene.assessors[0].client.get(readers).status_code == 403
    assert stranger.client.get(readers).status_code == 404
