"""What assessment and offers tell the lower floors: conflicts, holdings, panels, navigation, report."""

from __future__ import annotations

import json

from engine.reports import check_figure, report_sections
from selection.face_assessment import offer_panels, pile_panels, round_steps
from selection.models import Score
from selection.services.assessment import allocate_assessors
from selection.services.offers import accept_offer
from selection.states import RoundState
from tenancy.conflicts import conflicts_between
from tenancy.privacy import holdings
from tests.selection.assess_setup import make_scene


def kinds(a, b):
    return {c.kind for c in conflicts_between(a, b)}


def test_who_assessed_or_endorsed_somebody_is_no_match_for_them(scene):
    scene.start()
    application = scene.applications[0]
    with scene.inside(scene.staff):
        assessor, endorser = scene.assessors[0].person.pk, application.endorsements.get().endorser_id
        assert "selection.assessor" in kinds(assessor, application.applicant_id)
        assert "selection.endorser" in kinds(endorser, application.applicant_id)
        assert not {"selection.assessor", "selection.endorser"} & kinds(assessor, endorser)


def test_having_assessed_somebody_is_no_bar_to_assessing_them(scene):
    assert scene.start().missing == 0
    with scene.inside(scene.staff):
        assert allocate_assessors(round=scene.round, by=scene.staff.actor).added == 0


def test_the_export_of_an_assessor_holds_their_own_scores_only(scene):
    scene.start()
    one, two = scene.assessors
    application = scene.applications[0]
    scene.score(one, application, [4, 4, 4])
    scene.score(two, application, [2, 2, 2])
    with scene.inside(one):
        assert Score.objects.count() == 6
        rows = holdings["selection.assessing"].export(one.person)
        given = [s["points"] for row in rows for s in row["scores"]]
        assert given == [4, 4, 4]


def test_the_export_of_an_applicant_holds_the_outcome(scene):
    scene.decided()
    application = scene.applications[0]
    with scene.inside(scene.staff):
        (held,) = holdings["selection.outcome"].export(application.applicant)
        assert len(held["offers"]) == 1 and held["offers"][0]["answered"] is None


def test_the_assessor_sees_the_pile_first_and_only_while_there_is_one(scene, bystander):
    scene.start()
    one = scene.assessors[0]
    with scene.inside(one):
        (panel,) = pile_panels(one.actor, scene.tenant)
        assert panel.context["piles"][0]["left"] == 4
        assert pile_panels(bystander.actor, scene.tenant) == []
    page = one.client.get(f"/{scene.tenant.slug}/").content.decode()
    assert "4 applications left to score for Cohort 2" in page
    for application in scene.applications:
        scene.score(one, application, [4, 4, 4])
    with scene.inside(one):
        assert pile_panels(one.actor, scene.tenant) == []


def test_the_applicant_sees_the_offer_until_it_is_answered(scene):
    scene.decided()
    application = scene.applications[0]
    who = scene.member(application)
    with scene.inside(who):
        (panel,) = offer_panels(who.actor, scene.tenant)
        assert panel.position < 10
    assert "You’ve been offered a place on Cohort 2" in who.client.get(f"/{scene.tenant.slug}/").content.decode()
    with scene.inside(who):
        accept_offer(application=application, by=who.actor)
        assert offer_panels(who.actor, scene.tenant) == []


def test_the_side_navigation_follows_the_round(scene, bystander):
    def texts(state):
        scene.round.state = state
        scene.cohort.round = scene.round
        return [item.text for item in round_steps(scene.cohort, scene.staff.actor, scene.tenant)]

    with scene.inside(scene.staff):
        assert texts(RoundState.OPEN) == []
        assert texts(RoundState.ASSESSING) == ["Assessment", "Conflicts"]
        assert texts(RoundState.DECIDED) == ["Assessment", "Conflicts", "Moderation", "Choosing", "Offers", "Feedback"]
        assert round_steps(scene.cohort, bystander.actor, scene.tenant) == []


def test_the_report_says_the_funnel_and_the_balance(essex, staff):
    scene = make_scene(essex, staff, applications=4, places=2, targets={"health": 2}).decided()
    who = scene.member(scene.applications[0])
    with scene.inside(who):
        accept_offer(application=scene.applications[0], by=who.actor)
    with scene.inside(staff):
        section = report_sections["selection"]
        funnel, balance = section.figures(scene.cohort.pk)
        assert [count for _label, count in funnel["data"]] == [4, 4, 4, 4, 2, 1]
        assert balance["data"]["groups"] == [["health", 1, 2]]
        assert funnel["title"] == "1 of 4 people took a place" and balance["title"] == "health has 1 of 2 places"
        for figure in (funnel, balance):
            check_figure(json.loads(json.dumps(figure)))
        assert section.position == 10 and all(f["definition"] for f in (funnel, balance))


def test_a_cohort_without_a_round_says_nothing(essex, staff):
    scene = make_scene(essex, staff, applications=0)
    with scene.inside(staff):
        assert report_sections["selection"].figures(scene.cohort.pk) == []
