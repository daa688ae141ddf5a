"""Six ways in which selection systems have really leaked: into another round, names in a reviewer's history, others' reviews, any
application by its address, assessors in the applicant's feed, a home page that forgot the setting."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reminders.models import Message
from tenancy.privacy import export_person
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene

# what is held about somebody is read as the third role too
pytestmark = pytest.mark.django_db(databases=["default", "owner", "sys"])

POINTS = [7, 1, 6]


@pytest.fixture
def half(essex, staff):
    """Two of three assessors of the first application are done, the first of them."""
    scene = make_scene(essex, staff, applications=3, assessors=3, places=1, per_application=3)
    scene.start()
    scene.score(scene.assessors[0], scene.applications[0], POINTS)
    return scene


def texts(scene, who, *pages):
    return "\n".join(who.client.get(page).content.decode() for page in pages)


def home(scene):
    return reverse("portal:home", kwargs={"tenant": scene.tenant.slug})


def held(scene, who, application):
    with scene.inside(who):
        return scene.allocation(application, who).public_id


def test_nothing_leaks_to_an_assessor(half, essex, staff):
    first, second, _third = half.assessors
    application = half.applications[0]
    other = make_scene(essex, staff, applications=1, assessors=1, places=1, per_application=1)
    theirs = url(half, "assess-application", held(half, first, application))
    # any application by its address: somebody else's piece of work, the application's own pages, the staff's lists
    for page in (
        theirs,
        url(half, "application-detail", application.public_id),
        url(half, "moderation-detail", application.public_id),
        url(half, "moderation-meeting", application.public_id),
        url(half, "assess-why", application.public_id),
        url(half, "moderation-severity"),
        url(half, "assess-minutes"),
        url(half, "application-list"),
    ):
        assert second.client.get(page).status_code == 403, page
    assert first.client.get(theirs).status_code == 200
    # another round of the same programme, by somebody who assesses there alone
    stranger = make_scene(essex, staff, applications=1, assessors=1, places=1, per_application=1).staff
    assert stranger is staff  # the same staff look after both
    assert other.round.pk != half.round.pk
    # others' reviews, and names, on every page that mentions the work: pile, home, the earlier ones, what is finished
    mine = url(half, "assess-application", held(half, second, application))
    done = url(half, "assess-pile")
    seen = texts(half, second, mine, done, home(half)) + texts(half, first, theirs, done, home(half))
    with half.inside(staff):
        for a in half.applications:
            assert a.applicant.name not in seen and a.applicant.email not in seen
            assert a.organisation.name not in seen
        mails = "\n".join(Message.objects.filter(kind="selection.pile").values_list("body_text", flat=True))
        assert mails and not any(a.applicant.name in mails or a.organisation.name in mails for a in half.applications)
    assert first.person.name not in texts(half, second, mine, done)
    with half.inside(second):
        copy = str(export_person(second.person))
        assert "'points': 7" not in copy
    with half.inside(first):
        assert "'points': 7" in str(export_person(first.person))


def test_nothing_of_assessors_or_scores_reaches_the_applicant(half):
    application = half.applications[0]
    for who in half.assessors[1:]:
        half.score(who, application, POINTS)
    applicant = half.member(application)
    pages = [home(half), url(half, "application-detail", application.public_id)]
    seen = texts(half, applicant, *pages)
    assert application.reference in seen
    with half.inside(applicant):
        copy = str(export_person(applicant.person))
    assert application.reference in copy
    for text in (seen, copy):
        assert not any(who.person.name in text for who in half.assessors)
        assert "'points'" not in text and "4.67" not in text
    for page in (
        url(half, "assess-pile"),
        url(half, "moderation-detail", application.public_id),
        url(half, "assess-why", application.public_id),
    ):
        assert applicant.client.get(page).status_code == 403


def test_staff_read_no_score_before_all_are_in_on_any_page(half, staff):
    application = half.applications[0]
    pages = [
        url(half, "moderation-list") + "?show=all",
        url(half, "moderation-detail", application.public_id),
        url(half, "moderation-meeting", application.public_id),
        url(half, "moderation-severity"),
        url(half, "application-list"),
        url(half, "assess-person", person=half.assessors[0].person.public_id),
        home(half),
    ]
    seen = texts(half, staff, *pages)
    assert "4.67" not in seen and "There are no scores to show" in seen
    for who in half.assessors[1:]:
        half.score(who, application, POINTS)
    assert "4.67" in texts(half, staff, pages[0])
