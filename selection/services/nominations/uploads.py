"""A log on its way in, as far as nominations differ from other sheets: what staff say of organisations. The rest is engine.imports."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from engine.imports.steps import changeable, check_again, correct_texts, row_of, table_of, upload_sheet
from selection.models import NominationImport, SelectionRound
from selection.services.nominations.checking import spelling_key
from selection.services.nominations.drafts import EDITABLE
from selection.services.nominations.kind import NOMINATIONS
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import Organisation, Sector
from tenancy.services.settings import NAMES
from tenancy.turns import take_turns_at


def upload_nominations(*, round: SelectionRound, name: str, content: bytes, by: Actor) -> NominationImport:
    return upload_sheet(kind=NOMINATIONS, about=round, name=name, content=content, by=by)


@transaction.atomic
def correct_row(
    *,
    nominations: NominationImport,
    number: int,
    texts: dict[str, str],
    organisation: Organisation | None,
    everywhere: bool,
    by: Actor,
) -> NominationImport:
    """Staff's own reading of one row, which then counts as confirmed. `everywhere`: the organisation stands for each row
    with this spelling, and the spelling is remembered when the log is written."""
    nominations = changeable(nominations, by)
    entry = row_of(nominations, number)
    correction: dict[str, Any] = correct_texts(nominations, entry, {k: texts[k] for k in EDITABLE if k in texts})
    correction["confirmed"] = True
    if organisation is not None:
        if everywhere and entry["written_as"]:
            spellings = nominations.corrections.setdefault("organisations", {})
            spellings[spelling_key(entry["written_as"])] = organisation.public_id
            correction.pop("organisation_id", None)
        else:
            correction["organisation_id"] = organisation.public_id
    return check_again(nominations, table_of(nominations))


@transaction.atomic
def add_organisation_for_row(
    *, nominations: NominationImport, number: int, name: str, sector: Sector, by: Actor
) -> NominationImport:
    """A new organisation for every row with the spelling of this one. The one step that's kept before the log is written."""
    nominations = changeable(nominations, by)
    entry = row_of(nominations, number)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Enter the organisation’s name."), field="name")
    take_turns_at(NAMES)
    if Organisation.objects.filter(name__iexact=name).exists():
        raise Refused(_("There is an organisation of this name already. Choose it in the list."), field="name")
    made = Organisation.objects.create(name=name, sector=sector)
    spellings = nominations.corrections.setdefault("organisations", {})
    spellings[spelling_key(entry["written_as"] or name)] = made.public_id
    if not entry["written_as"]:
        nominations.corrections.setdefault("rows", {}).setdefault(str(number), {})["organisation_id"] = made.public_id
    return check_again(nominations, table_of(nominations))
