"""Lists taken away: the page's rows, columns and order, as data, and on record."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest

from selection.models import Endorsement
from tenancy.models import Access, Person, Role
from tenancy.scope import tenant_context
from tests.conftest import make_member
from tests.selection.assess_pages import url
from tests.selection.assess_setup import make_scene


def as_csv(answer) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def as_xlsx(answer) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(BytesIO(answer.content)).active.values]


@pytest.fixture
def scene(essex, staff):
    return make_scene(essex, staff, applications=4, assessors=2, sectors=("health", "police")).moderating()


def test_applications_as_the_page_narrows_and_sorts_them(essex, staff, scene):
    page = url(scene, "application-list")
    health = scene.applications[0].organisation.sector.public_id
    with scene.inside(staff):
        # What anybody may type about themselves, and what a spreadsheet would run.
        Person.objects.filter(pk=scene.applications[0].applicant_id).update(name='=HYPERLINK("https://x.example")')
    assert "download=xlsx" in staff.client.get(page).content.decode()
    rows = as_csv(staff.client.get(page, {"sector": health, "sort": "-reference", "download": "csv", "page": "9"}))
    assert [row[1] for row in rows[1:]] == [scene.applications[n].reference for n in (2, 0)]
    assert rows[0][:4] == ["Name", "Reference", "Organisation", "Sector"] and rows[2][0].startswith("'=HYPERLINK")
    sheet = as_xlsx(staff.client.get(page, {"download": "xlsx"}))
    assert len(sheet) == 5 and sheet[1][0] == '=HYPERLINK("https://x.example")'
    points = dict(zip(sheet[0], sheet[1], strict=True))
    assert points["Points"] == 7 and isinstance(points["Points"], Decimal | float | int)
    with scene.inside(staff):
        kept = list(Access.objects.filter(act="downloaded").order_by("pk"))
    assert [(a.form, a.rows, a.by_label, a.by_role) for a in kept] == [
        ("csv", 2, "Sita Staff", "Programme staff"),
        ("xlsx", 4, "Sita Staff", "Programme staff"),
    ]
    assert kept[0].filters == f"sector: {health}, sort: -reference" and kept[0].subject_id == scene.round.public_id


def test_dates_are_dates_and_each_list_has_its_rows(staff, scene):
    with scene.inside(staff):
        asked = Endorsement.objects.get(application=scene.applications[1])
        Endorsement.objects.filter(pk=asked.pk).update(asked_at="2026-07-01T23:30:00Z", comment=" @SUM(1)")
    rows = as_csv(staff.client.get(url(scene, "endorsement-list"), {"download": "csv"}))
    line = dict(zip(rows[0], next(r for r in rows if scene.applications[1].reference in r), strict=True))
    # half past eleven at night in UTC is the next day in Essex
    assert line["Asked"] == "2026-07-02" and line["What they wrote"] == "' @SUM(1)"
    sheet = as_xlsx(staff.client.get(url(scene, "endorsement-list"), {"download": "xlsx"}))
    column = sheet[0].index("Asked")
    assert date(2026, 7, 2) in {row[column].date() for row in sheet[1:] if row[column]}
    moderation = as_csv(staff.client.get(url(scene, "moderation-list"), {"show": "all", "download": "csv"}))
    assert len(moderation) == 5 and "Name" not in moderation[0]
    assert not any("Nominee" in cell for row in moderation for cell in row)  # a blind round stays blind in the file
    board = as_xlsx(staff.client.get(url(scene, "choosing-board"), {"download": "xlsx"}))
    assert [(row[0], row[6]) for row in board[1:]] == [(1, "In"), (2, "In"), (3, "Reserve 1"), (4, "Reserve 2")]
    assert board[0][-1] == "Why in or out" and all(row[-1] for row in board[1:])
    assert as_csv(staff.client.get(url(scene, "assess-round"), {"download": "csv"}))[1][2:] == ["4", "4", "0"]


def test_an_assessor_takes_their_own_pile_only(essex, staff, scene):
    first = scene.assessors[0]
    pile = as_csv(first.client.get(url(scene, "assess-pile"), {"download": "csv"}))
    assert {row[0] for row in pile[1:]} == {a.reference for a in scene.applications}
    assert first.client.get(url(scene, "moderation-list"), {"download": "csv"}).status_code == 403
    with tenant_context(essex):
        assert Access.objects.get().by_person_id == first.person.pk
    nobody = make_member(essex, "Nora Nobody", Role.PARTICIPANT)
    assert nobody.client.get(url(scene, "assess-pile"), {"download": "csv"}).status_code == 403


def test_offers_and_reserves_are_two_lists(essex, staff):
    scene = make_scene(essex, staff, applications=4, assessors=2, places=2).decided()
    offers = as_csv(staff.client.get(url(scene, "offer-list"), {"download": "csv"}))
    reserves = as_csv(staff.client.get(url(scene, "offer-list"), {"download": "csv", "list": "reserves"}))
    assert [row[1] for row in offers[1:]] == [a.reference for a in scene.applications[:2]]
    assert offers[0][-1] == "Why" and len(offers) == 3
    assert [(row[0], row[2]) for row in reserves[1:]] == [
        ("1", scene.applications[2].reference),
        ("2", scene.applications[3].reference),
    ]
    # what the record has said since the offers, for everybody and on the board too
    assert [row[-1] for row in offers[1:]] == [f"In by rank: number {n} for 2 places." for n in (1, 2)]
    assert reserves[0][-1] == "Why" and reserves[1][-1] == "Out by rank: number 3 for 2 places."
    board = as_csv(staff.client.get(url(scene, "choosing-board"), {"download": "csv"}))
    assert [row[-1] for row in board[1:]] == [row[-1] for row in (*offers[1:], *reserves[1:])]
    history = staff.client.get(url(scene, "application-history", scene.applications[2].public_id)).content.decode()
    assert "Why in or out when offers were made" in history and "Out by rank: number 3 for 2 places." in history
