"""Every list that may be downloaded × every role: whoever may open the page gets its list, in both forms, and it is written down."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest

from engine.views.downloads import TYPES, Downloads
from tenancy.models import Access
from tenancy.scope import tenant_context
from tests.access.rows import MATRIX
from tests.access.small_world import PRIVATE, ROLES, World, undone
from tests.access.test_every_url import GETS, PATTERNS, address

LISTS = [name for name in GETS if issubclass(PATTERNS[name].callback.view_class, Downloads)]


def test_the_lists_are_many() -> None:
    assert len(LISTS) >= 20


def rows_of(content: bytes, form: str) -> list[list[object]]:
    if form == "csv":
        return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    return [list(row) for row in openpyxl.load_workbook(BytesIO(content)).active.values]


@pytest.mark.parametrize("name", LISTS)
def test_a_download_is_the_pages_own(world: World, name: str) -> None:
    url = address(world, name)
    with undone():
        answered = 0
        row = MATRIX[name]
        for role in ROLES:
            may = role in row.allowed
            # whoever may gets both forms, the others are refused one
            for form in TYPES if role == row.allowed[0] else ("csv",):
                answer = world.cast[role].client.get(url, {"download": form})
                wanted = row.but.get(role, row.get if may else 404 if row.hidden else 403)
                assert answer.status_code == wanted, role
                if "Content-Disposition" in answer:
                    assert answer["Content-Type"] == TYPES[form] and f".{form}" in answer["Content-Disposition"]
                    rows = rows_of(answer.content, form)
                    assert len(rows[0]) >= 3
                    words = " ".join(str(cell) for row in rows for cell in row)
                    assert not any(word in words for word in PRIVATE.values())
                    answered += 1
        with tenant_context(world.cast["staff"].tenant):
            rows = list(Access.objects.filter(act=Access.Act.DOWNLOADED))
        assert len(rows) == answered
        assert all(row.what and row.by_person_id and row.rows is not None and not row.hour for row in rows)
        assert world.stranger.client.get(url, {"download": "csv"}).status_code == 404
        assert world.visitor.get(url, {"download": "csv"}).status_code == 302
