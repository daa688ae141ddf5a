"""How far a movement has spread: counted for staff, and withheld for everybody else where a number is small."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from cohorts.face_spread import figures
from cohorts.models import MovementMember, Pledge
from cohorts.selectors.spread import safe_spread, spread_of
from cohorts.services.movement import bring_colleague, leave_movement
from cohorts.services.pledges import say_outcome
from engine.reports import check_figure
from tenancy.scope import tenant_context
from tests.cohorts.test_movement import at, by_link, joined, movement, row_of  # noqa: F401 -- a fixture
from tests.cohorts.test_pledges import pledged
from tests.factories.cohorts import make_organisation, make_participant, sign_in_as
from tests.queries import page_queries


def month_ago(n):
    today = timezone.localtime().replace(day=15, hour=12)
    month = today.month - 1 - n
    return today.replace(year=today.year + month // 12, month=month % 12 + 1)


@pytest.fixture
def spread(essex, cohort, movement, participant):
    """Seven by the page, six told by a participant, five told by the first of them, one of whom has left; pledges of two."""
    with tenant_context(essex):
        hospital = make_organisation("Mid Essex Hospital", "health")
        for n in range(7):
            joined(movement, f"Page {n}", f"page{n}@x.example", organisation=hospital, place="Harlow")
        for n in range(6):
            told(movement, participant.actor, f"one{n}@x.example")
        first = row_of(movement, "one0@x.example")
        for n in range(6):
            told(movement, by_link(first.person), f"two{n}@x.example", "Voices" if n else "VOICES", "Clacton")
        gone = row_of(movement, "two5@x.example")
        leave_movement(member=gone, erase=False, by=by_link(gone.person))
        pages = MovementMember.objects.filter(movement=movement, person__email__startswith="page")
        pages.update(joined_at=month_ago(2))
    return first


def told(movement, by, email, organisation="", place=""):
    from cohorts.consents import CURRENT_CONSENT
    from cohorts.services.movement import edit_membership, join_movement

    bring_colleague(movement=movement, name=email.partition("@")[0], email=email, by=by)
    row = row_of(movement, email)
    join_movement(member=row, consent_version=CURRENT_CONSENT, by=by_link(row.person))
    edit_membership(
        member=row, organisation=None, organisation_name=organisation, place=place, interests="", by=by_link(row.person)
    )


def test_staff_read_the_counts_as_they_are(essex, movement, spread, participant, staff, other_staff, stranger):
    words = pledged(essex, movement, participant, "me", what="One")
    pledged(essex, movement, spread.person, "movement", what="Two")
    with tenant_context(essex, participant.person):
        say_outcome(words=words, version=1, outcome="done", came_of_it="", by=participant.actor)
    with tenant_context(essex):
        found = spread_of(movement)
        assert (found.members, found.organisations, found.places) == (18, 2, 2)
        assert [n for _name, n in found.steps] == [7, 6, 5, 0]
        assert [(m.joined, m.in_all) for m in found.months] == [(7, 7), (0, 7), (11, 18)]
        assert (found.made, found.kept, found.months[-1].made, found.months[-1].kept) == (2, 1, 2, 1)
    page = staff.client.get(at("spread", movement.programme)).content.decode()
    assert "<strong>18</strong> people" in page and "from 2 organisations" in page and "Clacton" in page
    for who, status in ((other_staff, 403), (participant, 403), (stranger, 404)):
        assert who.client.get(at("spread", movement.programme)).status_code == status


def test_others_read_none_that_points_at_somebody(essex, movement, spread, participant, staff):
    """Two pledges are too few to say; a step with few people, and with it another, isn't told."""
    pledged(essex, movement, participant, "me", what="One")
    with tenant_context(essex):
        safe = safe_spread(movement)
        assert safe.members == 18 and [n for _name, n in safe.steps][:2] == [7, 6]
        assert safe.steps[2][1] is None and safe.steps[3][1] is None
        assert safe.made is None and safe.kept is None
        assert all(m.in_all is None for m in safe.months) and all(m.made is None for m in safe.months)
    inside = participant.client.get(at("far", movement.programme)).content.decode()
    public = Client().get(at("public", movement.programme)).content.decode()
    for page in (inside, public):
        assert "<strong>18</strong> people" in page and "withheld" in page
    with tenant_context(essex):
        movement.shows_spread = False
        movement.save(update_fields=["shows_spread"])
    assert "<strong>18</strong>" not in Client().get(at("public", movement.programme)).content.decode()
    assert page_queries(Client(), at("public", movement.programme)) <= 12
    for name in ("home", "far", "public"):
        assert page_queries(participant.client, at(name, movement.programme)) <= 12, name


def test_few_people_are_no_number(essex, cohort, movement, participant):
    with tenant_context(essex):
        joined(movement)
        assert safe_spread(movement).members is None
        assert figures(cohort.pk) == []
    page = Client().get(at("public", movement.programme)).content.decode()
    assert "Too few people" in page and "Mia" not in page


def test_the_report_has_the_counts(essex, cohort, movement, spread, participant):
    people = []
    with tenant_context(essex):
        for n in range(11):
            people.append(make_participant(cohort, f"Pledger {n}").person)
    for n, person in enumerate(people):
        who = sign_in_as(essex, person)
        words = pledged(essex, movement, who, "me", what=f"Secret {n}")
        if n < 6:
            with tenant_context(essex, person):
                say_outcome(words=words, version=1, outcome="done", came_of_it="", by=who.actor)
    with tenant_context(essex):
        found = {f["key"]: f for f in figures(cohort.pk)}
        assert list(found) == ["movement", "movement-months", "pledges"]
        for figure in found.values():
            check_figure(figure)
        assert found["pledges"]["data"] == {"value": 6, "of": 11}
        assert found["movement"]["title"].startswith("18 people")
        assert "Secret" not in str(found)
        assert Pledge.objects.count() == 11
