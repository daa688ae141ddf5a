"""A tenant's own administration: settings, organisations, people and roles, conflicts, one's own data."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse

from tenancy.conflicts import conflicts_between
from tenancy.errors import NotAllowed, Refused
from tenancy.models import ConflictDeclaration, Employment, Organisation, Person, Role, RoleAssignment, Sector, Tenant
from tenancy.scope import tenant_context
from tenancy.selectors import people_for_staff
from tenancy.services.conflicts import declare_conflict, lift_conflict
from tenancy.services.people import give_role
from tenancy.services.settings import save_organisation, update_tenant
from tests.conftest import make_member
from tests.factories.cohorts import SYSTEM, make_cohort, make_participant, make_person, sign_in_as
from tests.factories.tenancy import make_organisation
from tests.queries import page_queries


def url(name, **at):
    return reverse(f"tenancy:{name}", kwargs={"tenant": "essex", **at})


SETTINGS = {
    "name": "Essex Futures",
    "colour": "#005A30",
    "reply_to": "hello@essex.example",
    "nation": "england-and-wales",
    "work_starts": "8:30am",
    "work_ends": "5pm",
    "ways": ["code"],
    "word_learning_set": "action set, action sets",
}


def settings_now(staff, **changes):
    """The form filled in, with the mark of the settings that its page showed."""
    return {**SETTINGS, "seen": staff.client.get(url("tenant-settings")).context["form"]["seen"].value(), **changes}


def test_staff_change_the_look_and_the_hours(essex, staff):
    page = staff.client.get(url("tenant-settings")).content.decode()
    assert 'value="8am"' in page and 'value="Essex Partners"' in page
    # the fixture's staff signed in by code, which stays accepted
    assert staff.client.post(url("tenant-settings"), settings_now(staff)).status_code == 302
    essex = Tenant.objects.get(slug="essex")
    assert (essex.name, essex.colour, essex.accepts_password, essex.accepts_code) == (
        "Essex Futures",
        "#005a30",
        False,
        True,
    )
    assert essex.work_starts.isoformat() == "08:30:00"
    assert essex.vocabulary == {"learning set": ["action set", "action sets"]}
    css = staff.client.get(url("brand-css"))
    assert css["Content-Type"].startswith("text/css") and "#005a30" in css.content.decode()
    assert "immutable" in css["Cache-Control"]
    assert staff.client.get(url("tenant-settings")).content.decode().count("Essex Futures") > 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "#ffee00"}, "Choose a darker colour"),
        ({"colour": "red"}, "six digits"),
        ({"colour": "#fff}</"}, "six digits"),
        ({"ways": []}, "at least one way"),
        ({"work_ends": "7am"}, "must end after they start"),
        ({"word_learning_set": "intake"}, "comma between"),
        ({"reply_to": "nobody"}, "valid email"),
    ],
)
def test_settings_that_cant_work_are_refused(essex, staff, changes, words):
    response = staff.client.post(url("tenant-settings"), settings_now(staff, **changes))
    assert response.status_code == 422 and words in response.content.decode()
    assert Tenant.objects.get(slug="essex").name == "Essex Partners"


def test_a_service_takes_no_other_field_and_no_other_actor(essex, staff):
    with tenant_context(essex):
        with pytest.raises(ValueError, match="slug"):
            update_tenant(tenant=essex, by=staff.actor, slug="hsmc")
        with pytest.raises(NotAllowed):
            update_tenant(tenant=essex, by=make_member(essex, "Mo").actor, name="x")


def test_organisations_and_their_spellings(essex, staff):
    assert staff.client.post(url("sector-create"), {"name": "Health"}).status_code == 302
    assert "already a sector" in staff.client.post(url("sector-create"), {"name": "health"}).content.decode()
    with tenant_context(essex):
        sector = Sector.objects.get(name="Health")
    form = {"name": "Mid Essex Trust", "sector": sector.pk, "aliases": "MEHT\nMid-Essex Hospital\n\nMEHT"}
    assert staff.client.post(url("organisation-create"), form).status_code == 302
    with tenant_context(essex):
        trust = Organisation.objects.get(name="Mid Essex Trust")
        assert trust.aliases == ["MEHT", "Mid-Essex Hospital"]
        for name, aliases in (("mid essex trust", []), ("meht", []), ("Other", ["MEHT"])):
            with pytest.raises(Refused):
                save_organisation(organisation=None, name=name, sector=sector, aliases=aliases, by=SYSTEM)
    edit = url("organisation-edit", public_id=trust.public_id)
    seen = staff.client.get(edit).context["form"]["seen"].value()
    assert staff.client.post(edit, {**form, "name": "Mid and South Essex Trust", "seen": seen}).status_code == 302
    page = staff.client.get(url("organisation-list")).content.decode()
    assert "Mid and South Essex Trust" in page and "MEHT, Mid-Essex Hospital" in page


def test_people_are_found_by_any_part_of_their_name(essex, staff):
    with tenant_context(essex):
        make_person("Seán Ó Briain-Smith", email="sean@example.org")
        make_person("李小龙", email="li@example.org")
        make_person("Zoë 'Zed' Müller", email="zoe@example.org")
    for query, name in (
        ("obriain", None),
        ("briain sean", "Seán Ó Briain-Smith"),
        ("SMITH", "Seán Ó Briain-Smith"),
        ("muller", "Zoë"),
        ("小龙", "李小龙"),
        ("li@example", "李小龙"),
        ("%", None),
        ("nobody", None),
    ):
        page = staff.client.get(url("person-list"), {"q": query}).content.decode()
        if name:
            assert name in page and "1 person" in page, query
        else:
            assert "Nobody found" in page, query


def test_fifty_a_page_and_the_same_cost(essex, staff):
    first = page_queries(staff.client, url("person-list"))
    with tenant_context(essex):
        for n in range(60):
            make_person(f"Person {n:02}", f"Org {n % 7}")
    assert page_queries(staff.client, url("person-list")) == first <= 12
    page = staff.client.get(url("person-list")).content.decode()
    assert page.count('<th scope="row">') == 50 and "61 people" in page
    assert staff.client.get(url("person-list"), {"per_page": "500"}).content.decode().count('<th scope="row">') == 61
    assert staff.client.get(url("person-list"), {"per_page": "²", "page": "x"}).status_code == 200


@pytest.fixture
def cohort_staff(essex):
    """Staff of one cohort only, and a participant of it and one of another."""
    with tenant_context(essex):
        mine, other = make_cohort("Mine"), make_cohort("Other")
        make_participant(mine, "Minnie Mine")
        make_participant(other, "Otto Other")
        person = make_person("Cora Cohortstaff")
    member = sign_in_as(essex, person, Role.STAFF, cohort=mine)
    member.mine, member.other = mine, other
    return member


def test_staff_of_one_cohort_reach_its_people_only(essex, cohort_staff):
    page = cohort_staff.client.get(url("person-list")).content.decode()
    assert "Minnie Mine" in page and "Otto Other" not in page
    with tenant_context(essex):
        minnie, otto = Person.objects.get(name="Minnie Mine"), Person.objects.get(name="Otto Other")
        assert otto not in people_for_staff(cohort_staff.actor)
    assert cohort_staff.client.get(url("person-detail", public_id=minnie.public_id)).status_code == 200
    for name in ("person-detail", "role-give", "employer-change"):
        assert cohort_staff.client.get(url(name, public_id=otto.public_id)).status_code == 403
    # nor may they give a role beyond their cohort
    give = url("role-give", public_id=minnie.public_id)
    page = cohort_staff.client.get(give).content.decode()
    assert "Mine" in page and "The whole of this portal" not in page
    for scope in ("", f"cohort:{cohort_staff.other.public_id}"):
        assert cohort_staff.client.post(give, {"role": "mentor", "scope": scope}).status_code == 422
    assert (
        cohort_staff.client.post(give, {"role": "mentor", "scope": f"cohort:{cohort_staff.mine.public_id}"}).status_code
        == 302
    )


def test_roles_given_and_ended(essex, staff):
    with tenant_context(essex):
        person = make_person("Mel Mentor")
    give, page = url("role-give", public_id=person.public_id), url("person-detail", public_id=person.public_id)
    assert staff.client.post(give, {"role": "mentor", "scope": ""}).status_code == 302
    assert staff.client.post(give, {"role": "mentor", "scope": ""}).status_code == 302
    assert staff.client.post(give, {"role": "participant", "scope": ""}).status_code == 422
    with tenant_context(essex):
        row = RoleAssignment.objects.get(person=person)
    assert "Mentor" in staff.client.get(page).content.decode()
    end = url("role-end", public_id=person.public_id, role=row.public_id)
    assert staff.client.post(end).status_code == 302
    assert staff.client.post(end).status_code == 404
    with tenant_context(essex):
        row.refresh_from_db()
        assert row.valid_to is not None
    assert "end role" in staff.client.get(page).content.decode()


def test_a_role_beyond_ones_cohort_is_refused_as_such(essex, cohort_staff):
    """Staff of one cohort reach the person, and end what they gave; a role in another cohort isn't theirs to end."""
    with tenant_context(essex):
        minnie = Person.objects.get(name="Minnie Mine")
        ends = {
            cohort: url(
                "role-end",
                public_id=minnie.public_id,
                role=give_role(person=minnie, role=Role.MENTOR, by=SYSTEM, cohort_id=cohort.pk).public_id,
            )
            for cohort in (cohort_staff.mine, cohort_staff.other)
        }
    assert cohort_staff.client.post(ends[cohort_staff.mine]).status_code == 302
    assert cohort_staff.client.post(ends[cohort_staff.other]).status_code == 403
    with tenant_context(essex):
        still = RoleAssignment.objects.get(person=minnie, role=Role.MENTOR, valid_to__isnull=True)
        assert still.cohort_id == cohort_staff.other.pk


def test_a_participants_role_ends_with_the_place_only(essex, staff):
    with tenant_context(essex):
        place = make_participant(make_cohort(), "Pat Participant")
        row = RoleAssignment.objects.get(person=place.person)
    page = staff.client.get(url("person-detail", public_id=place.person.public_id)).content.decode()
    end = url("role-end", public_id=place.person.public_id, role=row.public_id)
    assert "Participant" in page and end not in page
    assert "ends with it" in staff.client.post(end, follow=True).content.decode()
    with tenant_context(essex):
        row.refresh_from_db()
        assert row.valid_to is None


def test_the_last_member_of_staff_stays(essex, staff):
    with tenant_context(essex):
        row = RoleAssignment.objects.get(person=staff.person)
    end = url("role-end", public_id=staff.person.public_id, role=row.public_id)
    assert "last member of staff" in staff.client.post(end, follow=True).content.decode()
    with tenant_context(essex):
        give_role(person=make_person("Second"), role=Role.STAFF, by=SYSTEM)
    staff.client.post(end)
    assert staff.client.get(url("tenant-settings")).status_code == 403


def test_a_person_changes_employer_and_nothing_is_lost(essex, staff):
    with tenant_context(essex):
        person = make_person("Pat Mover", "Essex County Council", on=date(2020, 1, 1))
        new = make_organisation("Essex Police", "police and fire")
        make_person("Someone Else", email="taken@example.org")
    form = {
        "organisation": new.pk,
        "job_title": "Head of change",
        "on-day": "1",
        "on-month": "6",
        "on-year": "2026",
        "email": "",
    }
    change = url("employer-change", public_id=person.public_id)
    assert "has this address" in staff.client.post(change, {**form, "email": "Taken@example.org"}).content.decode()
    assert staff.client.post(change, {**form, "email": "pat@police.example"}).status_code == 302
    with tenant_context(essex):
        person.refresh_from_db()
        assert (person.organisation, person.email) == (new, "pat@police.example")
        assert Employment.objects.filter(person=person).count() == 2
    assert "Essex County Council" in staff.client.get(url("person-detail", public_id=person.public_id)).content.decode()


@pytest.fixture
def mates(essex):
    """Two participants of one cohort, an applicant of it, and somebody of another cohort."""
    with tenant_context(essex):
        cohort, other = make_cohort("Mine"), make_cohort("Other")
        pat = make_participant(cohort, "Pat Participant").person
        make_participant(cohort, "Olu Other", "Essex Police")
        make_participant(other, "Far Away")
        give_role(person=make_person("Abe Applicant"), role=Role.APPLICANT, by=SYSTEM, cohort_id=cohort.pk)
    return sign_in_as(essex, pat)


def test_a_member_declares_a_conflict_and_it_counts_at_once(essex, mates, staff):
    page = mates.client.get(url("conflict-declare")).content.decode()
    assert "Olu Other" in page and "Sita Staff" in page
    # who applied, and who is on other cohorts, isn't theirs to know
    assert "Abe Applicant" not in page and "Far Away" not in page
    with tenant_context(essex):
        olu, far = Person.objects.get(name="Olu Other"), Person.objects.get(name="Far Away")
        assert conflicts_between(mates.person.pk, olu.pk) == []
    assert mates.client.post(url("conflict-declare"), {"other": far.public_id, "kind": "veto"}).status_code == 422
    for _twice in range(2):
        assert mates.client.post(url("conflict-declare"), {"other": olu.public_id, "kind": "veto"}).status_code == 302
    with tenant_context(essex):
        assert [c.kind for c in conflicts_between(olu.pk, mates.person.pk)] == ["declared"]
        declaration = ConflictDeclaration.objects.get()
    assert "Olu Other" in mates.client.get(url("conflict-list")).content.decode()
    member = sign_in_as(essex, olu)
    assert "Pat Participant" not in member.client.get(url("conflict-list")).content.decode()
    lift = url("conflict-lift", public_id=declaration.public_id)
    assert mates.client.get(lift).status_code == 403
    assert staff.client.post(lift, {"reason": ""}).status_code == 422
    assert staff.client.post(lift, {"reason": "They made up"}).status_code == 302
    with tenant_context(essex):
        assert conflicts_between(mates.person.pk, olu.pk) == []
        with pytest.raises(Refused):
            lift_conflict(declaration=declaration, reason="again", by=staff.actor)
    assert "They made up" in staff.client.get(url("conflict-list")).content.decode()


def test_nobody_declares_for_another_or_lifts_their_own(essex, mates, staff):
    with tenant_context(essex):
        olu = Person.objects.get(name="Olu Other")
        with pytest.raises(NotAllowed):
            declare_conflict(person=olu, other=staff.person, kind="other", by=mates.actor)
        with pytest.raises(Refused):
            declare_conflict(person=olu, other=olu, kind="other", by=SYSTEM)
        own = declare_conflict(person=staff.person, other=olu, kind="other", by=staff.actor)
        with pytest.raises(NotAllowed):
            lift_conflict(declaration=own, reason="fine", by=staff.actor)


def test_the_copy_of_ones_data_is_ones_own(essex, mates, staff):
    page = mates.client.get(url("your-data")).content.decode()
    assert "Profile, employers and roles" in page
    response = mates.client.get(url("your-data-download"))
    assert "attachment" in response["Content-Disposition"]
    copy = json.loads(response.content)
    assert copy["about"] == "Pat Participant"
    assert copy["records"]["Profile, employers and roles"][0]["email"] == "pat.participant@example.org"
    assert "Olu" not in response.content.decode()


def test_two_tenants_have_two_colours(essex, hsmc, staff, client):
    hsmc.colour = "#6b2c91"
    hsmc.save()
    other = client.get(reverse("tenancy:brand-css", kwargs={"tenant": "hsmc"})).content.decode()
    assert "#6b2c91" in other and "#6b2c91" not in client.get(url("brand-css")).content.decode()
