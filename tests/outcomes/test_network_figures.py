"""Figures of a network against numbers worked out by hand: on the page of staff, in the report, and to the person alone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from cohorts.models import Participation
from cohorts.services.participation import rejoin_participant, withdraw_participant
from engine.jobs import run
from engine.reports import check_figure, report_sections
from outcomes.models import CohortReport, NetworkChange, NetworkMetric, NetworkStanding
from outcomes.services.network_counts import count_wave
from outcomes.services.networks import ask_joiners, close_network_wave
from outcomes.services.reports import make_report
from outcomes.services.surveys import set_thresholds
from outcomes.tasks import count_networks
from tenancy.models import Person, Role
from tenancy.scope import tenant_context
from tests.factories.cohorts import sign_in_as
from tests.factories.outcomes import SYSTEM, answered_network, ask_network, make_cohort, name_people, place
from tests.factories.tenancy import make_organisation
from tests.outcomes.conftest import COMMITTED
from tests.queries import page_queries

pytestmark = COMMITTED
# Five organisations, three of them of one sector; person n is at organisation n % 5, so who is 5 or 10 further is a colleague.
SECTORS = ("health", "health", "health", "police", "police")


def make_people(cohort, count: int) -> list[Person]:
    places = [make_organisation(f"Body {n}", sector) for n, sector in enumerate(SECTORS)]
    people = []
    for n in range(count):
        person = Person.objects.create(
            name=f"Person {n:02}", email=f"p{n}@{cohort.slug}.example", organisation=places[n % 5]
        )
        place(cohort, person)
        people.append(person)
    return people


@pytest.fixture
def twenty(essex, cohort):
    with tenant_context(essex):
        return make_people(cohort, 20)


def ring(n: int, steps, people: int = 20, relation: str = "work") -> dict[int, list[str]]:
    return {(n + step) % people: [relation] for step in steps}


def answers(steps, who=range(20), people: int = 20) -> dict[int, dict[int, list[str]]]:
    return {n: ring(n, steps, people) for n in who}


def metric(essex, wave, relation="work") -> NetworkMetric:
    with tenant_context(essex):
        return NetworkMetric.objects.get(wave=wave, relation=relation)


def page(cohort, client) -> str:
    return client.get(
        reverse("outcomes:network-list", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    ).content.decode()


def test_what_twenty_say(essex, cohort, twenty, staff):
    """Each names the next, the second next, and two colleagues 5 and 10 on: 80 ties of 380; half lead to colleagues; whoever is 10 on
    names back, so 10 of 70 pairs are mutual. Expected: 320 of 380 pairs are between organisations, so (320 − 60) / 380."""
    wave = answered_network(essex, cohort, twenty, answers((1, 2, 5, 10)))
    found = metric(essex, wave)
    assert (found.invited, found.answered, found.density, found.reciprocity) == (20, 20, 21, 15)
    assert (found.cross_ties, found.own_ties, found.ei_organisation) == (40, 40, 0.0)
    assert found.ei_organisation_expected == pytest.approx(0.68) and found.ei_organisation_p == 0.0
    assert found.ei_sector is not None and found.centralisation == 0
    # nobody was named as known or asked: that isn't shown as a figure
    assert metric(essex, wave, "know").density is None
    text = page(cohort, staff.client)
    for words in (
        "20 of 20 answered",
        "21%",
        "15%",
        "+0.68",
        "&lt;0.01",
        "Krackhardt and Stern 1988",
        "dyads, not arcs",
    ):
        assert words in text, words
    assert "Provisional" not in text and twenty[0].name not in text
    assert (
        page_queries(
            staff.client, reverse("outcomes:network-list", kwargs={"tenant": "essex", "public_id": cohort.public_id})
        )
        <= 12
    )


def test_missing_answers_make_figures_provisional_and_then_withhold_betweenness(essex, cohort, twenty, staff):
    """15 answered and name all four: 60 of 15 × 19. What others say of the five who didn't counts."""
    before = answered_network(essex, cohort, twenty, answers((1, 2, 5, 10), range(15)))
    found = metric(essex, before)
    assert (found.answered, found.density, found.cross_ties, found.own_ties) == (15, 21, 30, 30)
    assert found.centralisation is not None
    text = page(cohort, staff.client)
    assert "Provisional, as fewer than 80% answered: Before" in text
    end = answered_network(essex, cohort, twenty, answers((1, 2, 5, 10), range(13)), "end")
    found = metric(essex, end)
    assert (found.answered, found.density, found.centralisation) == (13, 21, None)
    with tenant_context(essex):
        assert set(NetworkStanding.objects.values_list("wave", flat=True)) == {before.pk}


@pytest.mark.parametrize("who", [range(7), range(8)])
def test_fewer_than_eight_answers_say_nothing(essex, cohort, twenty, who):
    found = metric(essex, answered_network(essex, cohort, twenty, answers((1, 2, 5, 10), who)))
    assert (found.density is None) == (found.cross_ties is None) == (found.ei_organisation is None) == (len(who) < 8)
    assert found.answered == len(who)


def test_a_part_that_few_tell_of_is_not_shown_nor_its_rest(essex, cohort, twenty, staff):
    """Everybody names the next one; only four name a colleague: to show either number would tell of the four."""
    named = answers((1,))
    for n in range(4):
        named[n] |= ring(n, (5,))
    found = metric(essex, answered_network(essex, cohort, twenty, named))
    assert found.density is not None
    assert found.cross_ties is found.own_ties is found.ei_organisation is found.ei_organisation_p is None
    assert found.ei_organisation_expected is not None, "it follows from the sizes of the groups"
    assert "not shown" in page(cohort, staff.client)


def test_a_tenant_may_ask_for_more(essex, cohort, twenty, staff):
    with tenant_context(essex, staff.person):
        set_thresholds(min_count=5, min_mean=21, min_breakdown=25, by=staff.actor)
    assert metric(essex, answered_network(essex, cohort, twenty, answers((1, 2, 5)))).density is None


def two_waves(essex, cohort, people, *, second=range(20), n: int = 20) -> NetworkChange:
    answered_network(essex, cohort, people, answers((1, 2, 5, 10), range(n), n))
    after = answered_network(essex, cohort, people, answers((1, 3, 5), second, n), "end")
    with tenant_context(essex):
        return NetworkChange.objects.get(wave=after, relation="work")


def test_the_same_people_twice(essex, cohort, twenty, staff):
    """80 ties, then 60, of which the next and the colleague 5 on are named again: 40 of 80 kept. 40 of 60 lead elsewhere."""
    found = two_waves(essex, cohort, twenty)
    assert (found.people, found.answered, found.density_before, found.density_after) == (20, 20, 21, 16)
    assert (found.cross_before, found.cross_after, found.kept) == (50, 65, 50)
    text = page(cohort, staff.client)
    assert "About 50% of the ties of working together" in text and "On both lists: 20 people" in text


def test_only_people_in_both_are_compared(essex, cohort, twenty):
    """One leaves and one joins in between, and one answers once: what they say and what is said of the first two is left out."""
    answered_network(essex, cohort, twenty, answers((1, 2, 5, 10)))
    with tenant_context(essex):
        Participation.objects.filter(person=twenty[0]).update(state="withdrawn")
        newcomer = make_people_more(cohort)
    people = [*twenty, newcomer]
    named = {n: {m: said for m, said in ring(n, (1, 3, 5)).items() if m} | {20: ["work"]} for n in range(1, 19)}
    named[20] = {1: ["work"]}
    after = answered_network(essex, cohort, people, named, "end")
    assert metric(essex, after).invited == 20
    with tenant_context(essex):
        found = NetworkChange.objects.get(wave=after, relation="work")
    assert (found.people, found.answered) == (19, 18)
    # of 1 to 18, the ties among 1 to 19: 64 of 18 × 18 before, and 48 after
    assert (found.density_before, found.density_after) == (expected(1, 2, 5, 10), expected(1, 3, 5))


def make_people_more(cohort) -> Person:
    person = Person.objects.create(
        name="Nora Newcomer", email="nora@new.example", organisation=make_organisation("Body 0", "health")
    )
    place(cohort, person)
    return person


def expected(*steps: int) -> int:
    ties = [(n, (n + s) % 20) for n in range(1, 19) for s in steps if (n + s) % 20]
    return round(100 * len(ties) / (18 * 18))


def test_the_few_who_answered_once_are_not_told_from_the_difference(essex):
    with tenant_context(essex):
        small = make_cohort("Cohort 7")
        people = make_people(small, 12)
    found = two_waves(essex, small, people, second=range(11), n=12)
    assert found.answered == 11 and found.density_before is found.density_after is found.kept is None


def test_somebody_sees_where_they_stand_and_nobody_else(essex, cohort, twenty, staff):
    """Everybody names person 0 and 0 names everybody: all ways between others lead through them."""
    named = {n: {0: ["work"]} for n in range(1, 20)} | {0: {n: ["work"] for n in range(1, 20)}}
    answered_network(essex, cohort, twenty, named)
    hub, other = (sign_in_as(essex, twenty[n], Role.PARTICIPANT, cohort=cohort) for n in (0, 1))
    mine = reverse("outcomes:network-mine", kwargs={"tenant": "essex", "public_id": cohort.public_id})
    assert "about 100 in 100" in hub.client.get(mine).content.decode()
    assert "fewer than 3 in 100" in other.client.get(mine).content.decode()
    assert hub.person.name in other.client.get(mine).content.decode()
    with tenant_context(essex, other.person):
        assert set(NetworkStanding.objects.values_list("person", flat=True)) == {other.person.pk}
    with tenant_context(essex, staff.person):
        assert not NetworkStanding.objects.exists()
    assert "100%" in page(cohort, staff.client), "in total it is shown"


def test_a_wave_is_counted_once_however_often_it_is_asked(essex, cohort, twenty):
    wave = answered_network(essex, cohort, twenty, answers((1, 2, 5)))
    assert count_networks() == 0
    with tenant_context(essex):
        assert count_wave(wave=wave) is False
        assert NetworkMetric.objects.count() == 3
    # and nothing said afterwards is in it
    assert metric(essex, wave).density == 16


def test_what_was_not_asked_is_no_lack_of_a_tie(essex, cohort, twenty):
    """The newcomer is asked after 19 have answered: of them only what they said of the others counts."""
    with tenant_context(essex):
        wave = ask_network(cohort)
    for n, ties in answers((1, 2, 5, 10)).items():
        name_people(essex, wave, twenty[n], {twenty[m]: r for m, r in ties.items()})
    with tenant_context(essex):
        newcomer = make_people_more(cohort)
        assert ask_joiners(wave=wave, by=SYSTEM) == 1
    name_people(essex, wave, newcomer, {twenty[n]: ["work"] for n in range(4)})
    with tenant_context(essex):
        close_network_wave(wave=wave, by=SYSTEM)
    count_networks()
    # 84 of 20 × 19 + 20
    assert metric(essex, wave).density == 21 and metric(essex, wave).invited == 21


def test_the_report_has_the_same_figures_on_page_and_paper(essex, cohort, twenty, staff):
    two_waves(essex, cohort, twenty)
    with tenant_context(essex):
        figures = report_sections["outcomes.network"].figures(cohort.pk)
        for figure in figures:
            check_figure(figure)
        assert report_sections["outcomes.network"].figures(make_cohort("Cohort 8").pk) == []
    assert [f["key"] for f in figures] == [
        "network-response",
        "network-density",
        "network-crossing",
        "network-ei-organisation",
        "network-ei-sector",
        "network-reciprocity",
        "network-betweenness",
        "network-change-end",
        "network-kept",
    ]
    text = page(cohort, staff.client)
    assert all(escape(f["title"]) in text and escape(f["definition"]) in text for f in figures)
    with tenant_context(essex, staff.person):
        job = make_report(cohort=cohort, by=staff.actor)
    run(job.tenant_id, job.pk)
    with tenant_context(essex):
        report = CohortReport.objects.select_related("pdf").get(cohort=cohort)
        titles = [s["title"] for s in report.snapshot["sections"]]
        assert "Who knows and works with whom" in titles
        assert report.pdf is not None and bytes(report.pdf.content).startswith(b"%PDF")


def test_what_one_who_left_had_said_is_not_told_by_the_comparison(essex):
    """Ten answered; the tenth neither named nor was named, and withdrew. Beside 30% of the ten, 38% of the nine would tell so."""
    with tenant_context(essex):
        small = make_cohort("Cohort 7")
        people = make_people(small, 10)
    named = {n: ring(n, (1, 2, 3), 9) for n in range(9)} | {9: {}}
    before = answered_network(essex, small, people, named)
    assert metric(essex, before).density == 30
    with tenant_context(essex):
        Participation.objects.filter(person=people[9]).update(state="withdrawn")
    after = answered_network(essex, small, people, {n: ring(n, (1, 2, 4), 9) for n in range(9)}, "end")
    with tenant_context(essex):
        found = NetworkChange.objects.get(wave=after, relation="work")
    assert metric(essex, after).density == 38, "of the nine it is shown"
    assert (found.people, found.density_before, found.density_after, found.cross_before, found.kept) == (9, *[None] * 4)


def test_ties_that_all_lead_to_one_person_are_no_figure(essex):
    """One person alone is of another organisation: how many ties lead across is how many name them."""
    with tenant_context(essex):
        small = make_cohort("Cohort 7")
        body, other = make_organisation("Body 0", "health"), make_organisation("Body 3", "police")
        people = [Person.objects.create(name=f"P {n}", organisation=other if n == 11 else body) for n in range(12)]
        for person in people:
            place(small, person)
    named = {n: ring(n, (1, 2), 11) for n in range(11)} | {11: {}}
    for n in range(6):
        named[n][11] = ["work"]
    found = metric(essex, answered_network(essex, small, people, named))
    assert found.density is not None
    assert found.cross_ties is found.own_ties is found.ei_organisation is found.ei_sector is None


def test_kept_is_not_shown_where_few_named_somebody_new(essex):
    """Of 36 ties six are lost and one is new: kept and the two densities would tell of the one."""
    with tenant_context(essex):
        small = make_cohort("Cohort 7")
        people = make_people(small, 12)
    answered_network(essex, small, people, {n: ring(n, (1, 2, 3), 12) for n in range(12)})
    named = {n: ring(n, (1, 2) if n < 6 else (1, 2, 3), 12) for n in range(12)}
    named[11][5] = ["work"]
    after = answered_network(essex, small, people, named, "end")
    with tenant_context(essex):
        found = NetworkChange.objects.get(wave=after, relation="work")
    assert (found.density_before, found.density_after, found.kept) == (27, 23, None)


def test_a_newcomer_named_and_saved_counts_without_sending_anew(essex, cohort, twenty):
    with tenant_context(essex):
        wave = ask_network(cohort)
    for n, ties in answers((1, 2, 5, 10)).items():
        name_people(essex, wave, twenty[n], {twenty[m]: r for m, r in ties.items()})
    with tenant_context(essex):
        newcomer = make_people_more(cohort)
        ask_joiners(wave=wave, by=SYSTEM)
    for n in range(10):
        said = {twenty[m]: r for m, r in ring(n, (1, 2, 5, 10)).items()} | {newcomer: ["work"]}
        name_people(essex, wave, twenty[n], said, send=False)
    with tenant_context(essex):
        close_network_wave(wave=wave, by=SYSTEM)
    count_networks()
    found = metric(essex, wave)
    # 80 and 10 ties; twenty could name 19 others, and ten of them the newcomer
    assert (found.pairs, found.density) == (20 * 19 + 10, 23)


def test_who_left_and_came_back_was_not_asked_about_meanwhile(essex, cohort, twenty):
    with tenant_context(essex):
        wave = ask_network(cohort)
        row = Participation.objects.select_related("cohort__programme", "person").get(person=twenty[0])
        withdraw_participant(participation=row, reason="A new post", by=SYSTEM)
    for n in range(1, 20):
        named = {twenty[m]: r for m, r in ring(n, (1, 2, 5, 10)).items() if m}
        name_people(essex, wave, twenty[n], named)
    with tenant_context(essex):
        row.refresh_from_db()
        rejoin_participant(participation=row, by=SYSTEM)
        close_network_wave(wave=wave, by=SYSTEM)
    count_networks()
    found = metric(essex, wave)
    assert (found.invited, found.answered, found.pairs) == (20, 19, 19 * 18)
