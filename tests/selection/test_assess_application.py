"""The assessor's pages: the pile, blind marking, drafts, finishing; and the wall around scores in the database."""

from __future__ import annotations

import pytest
from django.db import connection

from selection.models import AssessorAllocation, Score
from selection.selectors.blind import Redactor
from selection.services.assessment import Mark, save_scores
from selection.states import ApplicationState as S
from tenancy.errors import NotAllowed, Refused, WrongState
from tenancy.models import Organisation, Person
from tests.queries import page_queries
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene


@pytest.fixture
def started(scene):
    scene.start()
    return scene


def first_of(scene, who):
    with scene.inside(who):
        return (
            AssessorAllocation.objects.filter(assessor=who.person)
            .select_related("application", "application__round")
            .order_by("public_id")
            .first()
        )


def form_data(scene, points, comment="seen"):
    data = {}
    for criterion, given in zip(scene.criteria, points, strict=True):
        data[f"points_{criterion.public_id}"] = "" if given is None else str(given)
        data[f"comment_{criterion.public_id}"] = comment
    return data


def test_the_pile_says_what_is_left_and_how_long(started):
    page = started.assessors[0].client.get(url(started, "assess-pile")).content.decode()
    assert "4 applications left, about 40 minutes." in page


def test_scoring_through_the_page_to_the_end_of_the_pile(started):
    who = started.assessors[0]
    target = url(started, "assess-application", first_of(started, who).public_id)
    for left in (3, 2, 1, 0):
        response = who.client.post(target, {**form_data(started, [4, 5, 6]), "finish": "1"}, follow=True)
        assert response.status_code == 200
        word = "application" if left == 1 else "applications"
        assert f"{left} {word} left." in response.content.decode()
        target = response.redirect_chain[-1][0]
    assert target == url(started, "assess-pile")
    assert "scored everything in your pile" in response.content.decode()


def test_a_draft_is_kept_and_offered_again(started):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    target = url(started, "assess-application", row.public_id)
    response = who.client.post(
        target, {**form_data(started, [4, None, None], "half a thought"), "save": "1"}, follow=True
    )
    assert "Your draft" in response.content.decode() and "Draft kept" in response.content.decode()
    page = who.client.get(target).content.decode()
    assert "half a thought" in page and page.count(" checked") == 1
    with started.inside(who):
        assert AssessorAllocation.objects.get(pk=row.pk).finished_at is None


def test_finishing_without_points_names_the_criterion_and_keeps_the_text(started):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    response = who.client.post(
        url(started, "assess-application", row.public_id), {**form_data(started, [4, None, 5], "kept"), "finish": "1"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose points for “Working across the system” before you finish" in page and page.count("kept") >= 3
    with started.inside(who):
        assert not Score.objects.exists()


def test_points_beyond_the_scale_are_refused(started):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    response = who.client.post(
        url(started, "assess-application", row.public_id), {**form_data(started, [4, 8, 5]), "finish": "1"}
    )
    assert response.status_code == 422
    with started.inside(who), pytest.raises(Refused):
        save_scores(allocation=row, marks={started.criteria[0].pk: Mark(8)}, by=who.actor)


def test_finished_scores_cannot_change_on_the_page_in_the_service_or_in_sql(started):
    who, application = started.assessors[0], started.applications[0]
    started.score(who, application, [4, 4, 4])
    row = first_of_application(started, who, application)
    target = url(started, "assess-application", row.public_id)
    assert "can’t be changed" in who.client.get(target).content.decode()
    response = who.client.post(target, {**form_data(started, [7, 7, 7]), "finish": "1"})
    assert response.status_code == 422
    with pytest.raises(WrongState):
        started.score(who, application, [7, 7, 7])
    with started.inside(who):
        assert Score.objects.filter(allocation=row).update(points=7) == 0
        assert set(Score.objects.filter(allocation=row).values_list("points", flat=True)) == {4}


def first_of_application(scene, who, application):
    with scene.inside(who):
        return scene.allocation(application, who)


def seen_by(scene, who):
    """Points that plain SQL shows this person: no manager, no template, only the database's own rule."""
    with scene.inside(who), connection.cursor() as cursor:
        cursor.execute("SELECT points FROM selection_score ORDER BY points")
        return [row[0] for row in cursor.fetchall()]


def test_scores_are_hidden_in_sql_until_all_are_in(started):
    one, two = started.assessors
    application = started.applications[0]
    started.score(one, application, [4, 4, 4])
    assert seen_by(started, one) == [4, 4, 4]
    assert seen_by(started, two) == seen_by(started, started.staff) == []
    started.score(two, application, [5, 5, 5], finish=False)
    assert seen_by(started, two) == [5, 5, 5]
    assert seen_by(started, started.staff) == []
    started.score(two, application, [5, 5, 5])
    everything = [4, 4, 4, 5, 5, 5]
    assert seen_by(started, one) == seen_by(started, two) == seen_by(started, started.staff) == everything


def test_scores_are_hidden_through_the_pages(started):
    one, two = started.assessors
    application = started.applications[0]
    started.score(one, application, [6, 6, 6])
    mine = first_of_application(started, two, application)
    page = two.client.get(url(started, "assess-application", mine.public_id)).content.decode()
    assert " checked" not in page
    theirs = first_of_application(started, one, application)
    assert two.client.get(url(started, "assess-application", theirs.public_id)).status_code == 403


def test_nobody_writes_scores_for_somebody_else_even_in_sql(started):
    one, two = started.assessors
    row = first_of_application(started, one, started.applications[0])
    with started.inside(two), pytest.raises(NotAllowed):
        save_scores(allocation=row, marks={started.criteria[0].pk: Mark(1)}, by=two.actor)
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError, match="row-level security"), started.inside(two):
        Score.objects.create(allocation=row, criterion=started.criteria[0], points=1)


def test_a_blind_page_says_nothing_of_who_wrote_it(started):
    for who in started.assessors:
        with started.inside(started.staff):
            rows = list(AssessorAllocation.objects.filter(assessor=who.person).select_related("application__applicant"))
        for row in rows:
            page = who.client.get(url(started, "assess-application", row.public_id)).content.decode()
            applicant = row.application.applicant
            surname = applicant.name.split()[1]
            assert "canary" in page and row.application.reference in page
            for secret in (applicant.name, surname, applicant.email, "health body", "Boss", applicant.public_id):
                assert secret not in page, secret
    for page in (
        who.client.get(url(started, "assess-pile")),
        who.client.get(url(started, "assess-conflict", row.public_id)),
    ):
        assert "Nominee" not in page.content.decode() and "health body" not in page.content.decode()


def test_a_round_that_is_not_blind_shows_names(started):
    with started.inside(started.staff):
        started.round.blind = False
        started.round.save()
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    page = who.client.get(url(started, "assess-application", row.public_id)).content.decode()
    assert "Nominee Number" in page and "health body" in page


REDACTIONS = [
    ("Priya's team: Priya Nair led it.", "[name]'s team: [name] led it."),
    ("PRIYA NAIR, priya.nair@essex.gov.uk", "[name], [e-mail]"),
    ("At Essex  County\nCouncil and at ECC, not at ecclesia.", "At [employer] and at [employer], not at ecclesia."),
    ("I will mark it; Mark will not.", "I will mark it; [name] will not."),
    ("O’Brien and O'Brien", "[name] and [name]"),
    ("José and Jose", "[name] and [name]"),
    ("See www.essex.gov.uk", "See www.[employer]"),
    ("Priyanka is somebody else", "Priyanka is somebody else"),
    ("山田太郎です", "[name]です"),
    ("Smith-Jones, Jones", "[name], [name]"),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
]


@pytest.mark.parametrize(("text", "expected"), REDACTIONS)
def test_redaction(text, expected):
    people = [
        Person(name="Priya Nair", email="priya.nair@essex.gov.uk"),
        Person(name="Mark O'Brien", email=""),
        Person(name="José de la Cruz"),
        Person(name="山田太郎"),
        Person(name="Ann Smith-Jones"),
        None,
    ]
    organisation = Organisation(name="Essex County Council", short_name="ECC", aliases=["Essex CC"])
    assert Redactor(people, [organisation, None])(text) == expected


def test_markup_in_answers_is_shown_as_text(started):
    with started.inside(started.staff):
        for application in started.applications:
            application.answers.update(text="<script>alert(1)</script> & more")
    who = started.assessors[0]
    page = who.client.get(url(started, "assess-application", first_of(started, who).public_id)).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


def test_an_application_withdrawn_meanwhile_leaves_the_pile(started):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    with started.inside(started.staff):
        row.application.state = S.WITHDRAWN
        row.application.save()
    assert row.application.reference not in who.client.get(url(started, "assess-pile")).content.decode()
    with pytest.raises(WrongState):
        started.score(who, row.application, [4, 4, 4])


def test_who_may_open_the_pile_and_the_application(started, stranger, bystander):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    pages = [
        url(started, "assess-pile"),
        url(started, "assess-application", row.public_id),
        url(started, "assess-conflict", row.public_id),
    ]
    for page in pages:
        assert who.client.get(page).status_code == 200
        assert bystander.client.get(page).status_code == 403
        assert stranger.client.get(page).status_code == 404
        # staff organise assessment, they don't open somebody's pile
        assert started.staff.client.get(page).status_code == 403


def test_the_time_an_application_takes_is_kept(started):
    who, row = started.assessors[0], first_of(started, started.assessors[0])
    who.client.get(url(started, "assess-application", row.public_id))
    started.score(who, row.application, [4, 4, 4])
    with started.inside(who):
        row.refresh_from_db()
        assert row.opened_at < row.finished_at


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_whatever_the_rows(essex, staff, count):
    scene = make_scene(essex, staff, applications=count)
    scene.start()
    who = scene.assessors[0]
    row = first_of(scene, who)
    who.client.get(url(scene, "assess-application", row.public_id))
    assert page_queries(who.client, url(scene, "assess-pile")) == 6
    assert page_queries(who.client, url(scene, "assess-application", row.public_id)) == 12
