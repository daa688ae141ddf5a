"""Districts: what's known of them, who comes from where, and how far people come."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from cohorts.face_where import where_figures
from cohorts.selectors.whereabouts import apart_km, by_deprivation, by_rurality, home_of, places_on, travel_of
from cohorts.services.lookups import read_lookup, take_lookup
from cohorts.services.venues import add_venue
from engine.reports import check_figure
from tenancy.errors import NotAllowed, Refused, StaleEdit
from tenancy.models import District, Organisation
from tenancy.scope import tenant_context
from tenancy.services.districts import save_district
from tenancy.services.settings import save_organisation
from tests.cohorts.test_events import url_of
from tests.factories.cohorts import SYSTEM, make_event, make_participant, ten_in_the_morning
from tests.queries import page_queries

NAMES = ("Northvale", "Southmere", "Eastwold")
CLASSES = b"""LAD24CD,LAD24NM,Rural Urban Classification 2021 (3 fold)
E07000901,Northvale,Predominantly Rural
E07000902,Southmere,Urban with Significant Rural
E07000903,Nowhere Else,Predominantly Urban
"""
# Four districts by rank: deciles of the whole file, 1 the most deprived.
RANKS = b"""Local Authority District code (2019),Local Authority District name (2019),IMD - Average score ,IMD - Rank of average score
E07000902,Southmere,41.2,1
E07000901,Northvale,20.1,3
E07000903,Nowhere Else,30.5,2
E07000904,Fourth Place,9.9,4
"""
CENTRES = b"""FID,LAD24CD,LAD24NM,BNG_E,BNG_N,LONG,LAT
1,E07000901,Northvale,1,1,0.50000,51.80000
2,E07000902,Southmere,1,1,0.70000,51.70000
3,E07000905,Eastwold,1,1,1.90000,52.60000
"""


def lookup(content: bytes) -> list:
    return read_lookup(io.BytesIO(content), "districts.csv")


@pytest.fixture
def districts(essex):
    with tenant_context(essex):
        rows = [save_district(district=None, name=name, by=SYSTEM) for name in NAMES]
        for content, source in ((CLASSES, "ONS 2021"), (RANKS, "MHCLG 2019"), (CENTRES, "ONS 2024")):
            take_lookup(rows=lookup(content), source=source, add=False, by=SYSTEM)
        return [District.objects.get(pk=row.pk) for row in rows]


def put(name: str, district: District | None, **more) -> None:
    Organisation.objects.filter(name=name).update(district=district, **more)


def test_what_is_published_fills_in_the_districts_of_the_list(essex, districts, in_essex):
    north, south, east = districts
    assert (north.code, north.rurality, north.decile, north.longitude) == ("E07000901", "rural", 8, Decimal("0.5"))
    # the second of four is in the first half: rank 1 of 4 lies in the third tenth
    assert (south.rurality, south.decile, south.source) == ("mixed", 3, "ONS 2024")
    assert (east.rurality, east.decile, east.code) == ("", None, "E07000905")
    assert not District.objects.filter(name="Nowhere Else").exists()
    again = take_lookup(rows=lookup(CLASSES), source="ONS 2021", add=False, by=SYSTEM)
    assert (again.filled, again.added, again.left) == (0, 0, 1)
    more = take_lookup(rows=lookup(CLASSES), source="ONS 2021", add=True, by=SYSTEM)
    assert (more.added, more.left) == (1, 0)
    # by code, though the name has changed
    renamed = take_lookup(
        rows=lookup(b"LAD24CD,LAD24NM,decile\nE07000901,North Vale,2\n"), source="x", add=True, by=SYSTEM
    )
    assert renamed.filled == 1 and District.objects.get(pk=north.pk).decile == 2
    for content, words in ((b"a,b\n1,2\n", "names of districts"), (b"name,b\nNorthvale,2\n", "rural-urban class")):
        with pytest.raises(Refused, match=words):
            lookup(content)
    with pytest.raises(Refused, match="Say where"):
        take_lookup(rows=lookup(CLASSES), source=" ", add=True, by=SYSTEM)


def test_staff_keep_the_list_and_bring_in_a_file(essex, staff, other_staff, stranger):
    page, new, figures = (f"/essex/districts/{end}" for end in ("", "new/", "figures/"))
    for member, status in ((staff, 200), (other_staff, 403)):
        assert [member.client.get(p).status_code for p in (page, new, figures)] == [status] * 3
    assert "No districts yet" in staff.client.get(page).content.decode()
    with tenant_context(essex):
        save_organisation(organisation=None, name="Northvale Council", sector=a_sector(), place="northvale", by=SYSTEM)
    for _click in range(2):
        assert staff.client.post(new, {"name": "Northvale"}).status_code == 302
    # an organisation that names it as its place lies there
    assert "Northvale" in staff.client.get("/essex/organisations/").content.decode()
    with tenant_context(essex):
        row = District.objects.get()
        assert Organisation.objects.get(name="Northvale Council").district == row
    assert "Choose a file" in staff.client.post(figures, {"source": "ONS"}).content.decode()
    wrong = staff.client.post(figures, {"source": "ONS", "file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")})
    assert "names of districts" in wrong.content.decode()
    none = staff.client.post(figures, {"source": "ONS", "file": SimpleUploadedFile("a.xlsx", b"PK nonsense")})
    assert "an Excel workbook we can read" in none.context["form"].errors["file"][0]
    done = staff.client.post(
        figures, {"source": "ONS 2021", "file": SimpleUploadedFile("a.csv", CLASSES)}, follow=True
    ).content.decode()
    assert "1 district filled in, 0 added, 2 in the file aren’t on your list." in done and "Predominantly rural" in done
    edit = f"/essex/districts/{row.public_id}/edit/"
    assert stranger.client.get(edit).status_code == 404
    stale = {"name": "Northvale", "version": "1", "decile": "3"}
    assert staff.client.post(edit, stale).status_code == 409
    assert "already on the list" in staff.client.post(new, {"name": "NORTHVALE", "decile": "3"}).content.decode()
    with tenant_context(essex):
        with pytest.raises(StaleEdit):
            save_district(district=row, version=1, name="Northvale", decile=4, by=staff.actor)
        with pytest.raises(Refused, match="both the latitude"):
            save_district(district=None, name="Halfway", latitude=Decimal(51), longitude=None, by=staff.actor)
        with pytest.raises(NotAllowed):
            save_district(district=None, name="Elsewhere", by=other_staff.actor)


def a_sector():
    from tenancy.models import Sector

    return Sector.objects.first() or Sector.objects.create(name="Local government", position=1)


def test_organisations_are_as_their_district_unless_staff_say_otherwise(essex, districts, staff):
    north, _south, _east = districts
    with tenant_context(essex):
        row = save_organisation(organisation=None, name="Vale Trust", sector=a_sector(), place="Northvale", by=SYSTEM)
        assert (row.district, row.rurality_there, row.decile_there, row.deprivation_there) == (
            north,
            "rural",
            8,
            "less",
        )
    page = f"/essex/organisations/{row.public_id}/edit/"
    shown = staff.client.get(page).content.decode()
    assert "As its district" in shown
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    data = {"name": "Vale Trust", "sector": row.sector_id, "place": "Northvale", "district": north.pk, "seen": seen}
    assert staff.client.post(page, {**data, "rurality": "urban", "decile": "2"}).status_code == 302
    with tenant_context(essex):
        row = Organisation.objects.select_related("district").get(pk=row.pk)
        assert (row.rurality_there, row.deprivation_there) == ("urban", "more")
    stale = staff.client.post(page, {**data, "rurality": "mixed"})
    assert stale.status_code == 409 and "Predominantly urban" in stale.content.decode()


@pytest.fixture
def spread(essex, cohort, districts):
    """Twelve from Northvale, eleven from Southmere, one from Eastwold, one from nowhere known; three events."""
    north, south, east = districts
    with tenant_context(essex):
        for n in range(25):
            body = "North Council" if n < 12 else "South Council" if n < 23 else f"Body {n}"
            make_participant(cohort, f"Person {n:02}", body)
        put("North Council", north)
        put("South Council", south)
        put("Body 23", east)
        halls = [
            add_venue(name=name, address="1 High Street", district=district, by=SYSTEM)
            for name, district in (("North Hall", north), ("Old Hall", north), ("South Hall", south), ("Tent", None))
        ]
        for n, hall in enumerate(halls):
            make_event(cohort, f"Day {n}", venue=hall, starts_at=ten_in_the_morning(5 + n))
    return halls


def test_staff_see_how_far_people_come_and_where_events_are(essex, cohort, spread, staff, other_staff, participant):
    page = url_of("cohort-where", cohort)
    for member, status in ((other_staff, 403), (participant, 403)):
        assert member.client.get(page).status_code == status
    with tenant_context(essex):
        homes = [home_of(place) for place in places_on(cohort.pk)]
        travel = travel_of(cohort, homes)
        # Pat Participant's organisation has no district either
        assert next(dict(j.counts) for j in travel.journeys) == {"same": 12, "near": 11, "far": 1, "unknown": 2}
        assert travel.journeys[3].there is None and travel.events_unknown == 1 and travel.people_unknown == 2
        assert [(s.district.name, s.events, s.events_percent, s.people) for s in travel.shares] == [
            ("Northvale", 2, 67, 12),
            ("Southmere", 1, 33, 11),
            ("Eastwold", 0, 0, 1),
        ]
        north, south = travel.shares[0].district, travel.shares[1].district
        assert 15 < apart_km(north, south) < 20
    shown = staff.client.get(page).content.decode()
    assert "2 events, 67% of those whose place is known, are in Northvale, where 50% of people come from." in shown
    assert "of 2 people, by their organisation; the district of 1 event, by its venue." in " ".join(shown.split())
    assert page in staff.client.get(url_of("event-list", cohort)).content.decode()
    assert page_queries(staff.client, page) <= 12
    sheet = staff.client.get(page, {"download": "csv"}).content.decode("utf-8-sig")
    assert "Day 0" in sheet and "North Hall" in sheet


def test_small_numbers_of_kinds_of_place_are_left_out(essex, cohort, spread, staff):
    with tenant_context(essex):
        homes = [home_of(place) for place in places_on(cohort.pk)]
        rural = dict(by_rurality(homes, 10))
        assert rural["Predominantly rural"] == 12
        # three aren't known, and with the total the eleven would tell it
        assert rural["Not known"] is None and rural["Urban with significant rural"] is None
        # one more, who would be alone
        put("Body 24", None, rurality="urban")
        homes = [home_of(place) for place in places_on(cohort.pk)]
        rural = dict(by_rurality(homes, 10))
        assert rural["Predominantly urban"] is None and rural["Not known"] is None
        assert dict(by_deprivation(homes, 10))["Less deprived (deciles 8 to 10)"] == 12
        figures = {figure["key"]: figure for figure in where_figures(cohort.pk)}
        assert set(figures) == {"rurality", "deprivation", "travel"}
        for figure in figures.values():
            check_figure(figure)
        assert ["Predominantly rural", 12] in figures["rurality"]["data"]["rows"]
        assert ["Predominantly urban", "Left out"] in figures["rurality"]["data"]["rows"]
        assert figures["travel"]["title"] == "67% of events in a room were in Northvale"
        # 1 of 25 comes from far, three times over
        assert "times somebody was to come" not in figures["travel"]["definition"]
    shown = staff.client.get(url_of("cohort-where", cohort)).content.decode()
    assert "The districts above are exact" in shown
    assert "Left out" in shown and "Less deprived (deciles 8 to 10)" in shown


def test_journeys_of_one_person_arent_told_however_many_they_are(essex, cohort, districts, spread):
    _north, _south, east = districts
    with tenant_context(essex):
        for n in range(10):
            make_event(cohort, f"More {n}", venue=spread[0], starts_at=ten_in_the_morning(20 + n))

        def told():
            travel = travel_of(cohort, [home_of(place) for place in places_on(cohort.pk)])
            figure = next(figure for figure in where_figures(cohort.pk) if figure["key"] == "travel")
            return travel.people_near, travel.people_far, figure["definition"]

        # one person from Eastwold is 13 journeys from far
        near, far, text = told()
        assert (near, far) == (23, 1) and "times somebody was to come" not in text
        for n in range(9):
            make_participant(cohort, f"Eastern {n}", "East Council")
        put("East Council", east)
        near, far, text = told()
        assert (near, far) == (23, 10)
        assert "299 of 429 times somebody was to come it was to their own district" in text


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "sys"])
def test_the_command_brings_in_a_file(essex, tmp_path, capsys):
    file = tmp_path / "classes.csv"
    file.write_bytes(CLASSES)
    call_command("import_districts", str(file), tenant="essex", source="ONS 2021", add=True)
    assert "0 filled in, 3 added, 0 not on the list." in capsys.readouterr().out
    with pytest.raises(CommandError, match="no tenant"):
        call_command("import_districts", str(file), tenant="nowhere", source="ONS 2021")
    file.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(CommandError, match="names of districts"):
        call_command("import_districts", str(file), tenant="essex", source="ONS 2021")
