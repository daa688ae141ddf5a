"""Six ways in which selection systems have really leaked: into another round, names in a reviewer's history, others' reviews, any
application by its address, assessors in the applicant's feed, a home page that forgot the setting."""

from __future__ import annotations

import pytest
from django.urls import reverse

from reminders.models import Message
from selection.models import AssessorAllocation
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


def pages_of(scene, application, first):
    """Every page about one application: an assessor's piece of work, and staff's."""
    return (
        url(scene, "assess-application", held(scene, first, application)),
        url(scene, "application-detail", application.public_id),
        url(scene, "moderation-detail", application.public_id),
        url(scene, "moderation-meeting", application.public_id),
        url(scene, "assess-why", application.public_id),
        url(scene, "moderation-severity"),
        url(scene, "assess-minutes"),
        url(scene, "application-list"),
    )


def test_nothing_of_a_round_reaches_whoever_assesses_in_another(half, essex, staff):
    first, application = half.assessors[0], half.applications[0]
    # three of the four assess in both rounds
    other = make_scene(essex, staff, applications=4, assessors=4, places=1, per_application=1)
    other.start()
    elsewhere = other.assessors[3]
    with other.inside(staff):
        given = AssessorAllocation.objects.get(assessor=elsewhere.person)
        reference = given.application.reference
    assert other.round.pk != half.round.pk and elsewhere.person.pk not in {who.person.pk for who in half.assessors}
    pages = pages_of(half, application, first)
    for page in pages:
        assert elsewhere.client.get(page).status_code == 403, page
    assert first.client.get(pages[0]).status_code == 200
    theirs = url(other, "assess-application", given.public_id)
    assert elsewhere.client.get(theirs).status_code == 200 and first.client.get(theirs).status_code == 403
    seen = texts(other, elsewhere, home(other), url(other, "assess-pile"), theirs)
    assert reference in seen
    assert not any(a.reference in seen for a in half.applications)


def test_no_application_opens_by_its_address(half):
    """Not somebody else's piece of work, nor what staff read, though the application is on the assessor's own pile."""
    first, second, _third = half.assessors
    pages = pages_of(half, half.applications[0], first)
    for page in pages:
        assert second.client.get(page).status_code == 403, page
    assert first.client.get(pages[0]).status_code == 200


def test_no_name_stands_in_what_an_assessor_has_had_to_do(half, staff):
    """Pile, home, what is finished, and the mails that told of it."""
    first, second, _third = half.assessors
    application = half.applications[0]
    seen = "".join(
        texts(
            half,
            who,
            url(half, "assess-application", held(half, who, application)),
            url(half, "assess-pile"),
            home(half),
        )
        for who in (first, second)
    )
    assert application.reference in seen
    with half.inside(staff):
        mails = "\n".join(Message.objects.filter(kind="selection.pile").values_list("body_text", flat=True))
        assert mails
        for a in half.applications:
            for text in (seen, mails):
                assert not any(word in text for word in (a.applicant.name, a.applicant.email, a.organisation.name))


def test_assessors_dont_see_each_others_reviews(half):
    first, second, _third = half.assessors
    application = half.applications[0]
    mine = url(half, "assess-application", held(half, second, application))
    seen = texts(half, second, mine, url(half, "assess-pile"), home(half))
    assert first.person.name not in seen
    with half.inside(second):
        assert "'points': 7" not in str(export_person(second.person))
    # the same in what the reviewer holds themselves
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


def test_staff_read_no_score_before_all_are_in_on_any_page_nor_at_home(half, staff):
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
