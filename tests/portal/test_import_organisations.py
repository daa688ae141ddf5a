"""manage.py import_organisations: a new tenant's list of organisations, from a CSV file."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenancy.models import Organisation, Sector, Tenant
from tenancy.scope import tenant_context

LIST = """name,sector,short_name,place
Mid and South Essex NHS Foundation Trust,Health,MSE,Basildon
Colchester Borough Homes,Housing,,Colchester
Essex Police,Police and fire,,
مجلس المدينة,health,,Harlow
"""


def load(path: Path) -> str:
    told = io.StringIO()
    call_command("import_organisations", str(path), tenant="essex", stdout=told)
    return told.getvalue().strip()


def test_a_list_brings_names_spellings_sectors_and_places_once(essex: Tenant, hsmc: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    path.write_text(LIST, encoding="utf-8-sig")  # as Excel saves it
    assert load(path) == "4 added, 0 already listed."
    path.write_text(LIST.replace("Essex Police", "ESSEX POLICE"), encoding="utf-8")
    assert load(path) == "0 added, 4 already listed."
    with tenant_context(essex):
        found = Organisation.objects.values_list("name", "short_name", "place", "sector__name")
        assert set(found) == {
            ("Mid and South Essex NHS Foundation Trust", "MSE", "Basildon", "Health"),
            ("Colchester Borough Homes", "", "Colchester", "Housing"),
            ("Essex Police", "", "", "Police and fire"),
            ("مجلس المدينة", "", "Harlow", "Health"),
        }
        assert Sector.objects.count() == 3
    with tenant_context(hsmc):
        assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,kind\nEssex Police,police\n", "needs the columns name and sector"),
        ("name,sector\nEssex Police,Police\nNo Sector,\n", "Row 3: enter both"),
        (f"name,sector\nEssex Police,Police\n{'x' * 301},Police\n", "Row 3: "),
    ],
)
def test_a_row_that_is_wrong_is_named_and_nothing_is_added(
    essex: Tenant, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "organisations.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=words):
        load(path)
    with tenant_context(essex):
        assert not Organisation.objects.exists() and not Sector.objects.exists()


def test_what_cannot_be_read_is_an_error_and_no_traceback(essex: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    with pytest.raises(CommandError, match="can't be read"):
        load(path)
    path.write_bytes(b"name,sector\n\xff\xfe,x\n")
    with pytest.raises(CommandError, match="can't be read"):
        load(path)
    with pytest.raises(CommandError, match="There is no tenant"):
        call_command("import_organisations", str(path), tenant="nowhere")
