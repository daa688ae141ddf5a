"""The dry run: what would become of each row of a log, and why. Reads nothing and writes nothing by itself."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.imports import with_blank_rows
from engine.names import sort_key
from engine.sheets import Table
from selection.services.nominations import columns
from selection.services.nominations.drafts import NominationDraft, read_drafts
from selection.services.nominations.evidence import (
    addresses_by_name,
    fits,
    host_of,
    hosts_by_use,
    mark_same_names,
    mark_shared_addresses,
)
from selection.services.nominations.register import SHARED_HOSTS, Register


class Outcome(models.TextChoices):
    """What becomes of a row. The values stand in the command's JSON."""

    GOOD = "good", gettext_lazy("Good")
    GUESSED = "guessed", gettext_lazy("Guessed: look at these")
    WRONG = "wrong", gettext_lazy("Wrong: won’t be written")
    THERE = "already there", gettext_lazy("Already nominated")
    LEFT_OUT = "left out", gettext_lazy("Left out by you")
    EMPTY = "empty", gettext_lazy("Empty row")


WRITABLE = (Outcome.GOOD, Outcome.GUESSED)
# Reasons that say the row isn't this person's at all; anything else may be wrong with a row that was written before.
_NOT_THE_PERSON = {"duplicate", "address_of_another"}


def check_rows(
    table: Table, mapping: columns.Mapping, register: Register, corrections: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """One plain entry per row of the sheet, in order, blank rows included."""
    corrections = corrections or {}
    drafts = read_drafts(table, mapping, corrections.get("rows", {}))
    for draft in drafts:
        _find_organisation(draft, register, corrections)
    hosts = hosts_by_use(drafts)
    for draft in drafts:
        _compare_host(draft, register, hosts)
    mark_shared_addresses(drafts)
    mark_same_names(drafts, register)
    known = addresses_by_name(drafts)
    for draft in drafts:
        _compare_person(draft, register)
        for kind in ("manager", "sponsor"):
            _check_endorser(draft, kind, register, known, hosts)
        _compare_endorsers(draft)
    return with_blank_rows(table, [_entry(draft, register) for draft in drafts], _blank)


def spelling_key(text: str) -> str:
    return sort_key(text)


def _find_organisation(draft: NominationDraft, register: Register, corrections: dict[str, Any]) -> None:
    text = draft.values["organisation"]
    chosen = corrections.get("rows", {}).get(str(draft.number), {}).get("organisation_id", "")
    chosen = chosen or corrections.get("organisations", {}).get(spelling_key(text), "")
    if chosen in register.organisations:
        draft.organisation, draft.organisation_is_certain = chosen, True
        return
    if not text:
        return
    found = register.guess(text)
    if found.best is None:
        return
    draft.organisation = str(found.best)
    known = register.organisations[draft.organisation]
    if register.is_own_name(text, draft.organisation) or _is_alias(text, known.aliases[1:] if known.aliases else ()):
        draft.organisation_is_certain = True
        return
    draft.assume(
        "organisation_guessed",
        _("We read “%(text)s” as %(name)s.") % {"text": text, "name": register.name_of(draft.organisation)},
        "organisation",
    )


def _is_alias(text: str, aliases: tuple[str, ...] | Any) -> bool:
    return any(sort_key(text) == sort_key(alias) for alias in aliases)


def _compare_host(draft: NominationDraft, register: Register, hosts: dict[str, str]) -> None:
    """Where the address and the organisation disagree, staff look; where the organisation is missing, the address tells."""
    host = host_of(draft.email)
    by_use = hosts.get(host, "")
    likely = by_use or (register.organisation_of_host(host) if host not in SHARED_HOSTS else "")
    text = draft.values["organisation"]
    if draft.organisation:
        if likely and likely != draft.organisation and not draft.corrected.get("organisation"):
            named_after = register.host_label(host).replace(" ", "")
            if by_use or named_after not in sort_key(register.name_of(draft.organisation)).replace(" ", ""):
                draft.assume(
                    "address_points_elsewhere",
                    _("The organisation says %(one)s, but the address looks like %(other)s.")
                    % {"one": register.name_of(draft.organisation), "other": register.name_of(likely)},
                    "organisation",
                )
        return
    if likely:
        draft.organisation = likely
        words = {"text": text, "name": register.name_of(likely)}
        if text:
            message = _("We don’t know “%(text)s”. The address looks like %(name)s.") % words
        else:
            message = _("The organisation is missing. The address looks like %(name)s.") % words
        draft.assume("organisation_guessed", message, "organisation")
    elif "organisation" in draft.unreadable:
        return
    elif not text:
        draft.refuse("organisation_missing", _("The organisation is missing."), "organisation")
    else:
        draft.refuse("organisation_unknown", _unknown(text, register), "organisation")


def _unknown(text: str, register: Register) -> str:
    near = [register.name_of(str(other)) for other in register.guess(text).alternatives[:3]]
    if near:
        words = {"text": text, "names": str(_(" or ")).join(near)}
        return _("We don’t know the organisation “%(text)s”. Do you mean %(names)s?") % words
    return _("We don’t know the organisation “%(text)s”. Choose one, or add it.") % {"text": text}


def _compare_person(draft: NominationDraft, register: Register) -> None:
    if not draft.email or not draft.name:
        return
    known = register.people.get(draft.email)
    if known and sort_key(known.name) != draft.name_key:
        draft.assume(
            "known_under_other_name",
            _("We know %(address)s as %(name)s, and will keep that name.")
            % {"address": draft.email, "name": known.name},
            "name",
        )
    elif fits(draft.name, draft.email) is False and not any(r.code == "address_of_another" for r in draft.reasons):
        draft.assume(
            "name_differs_from_address",
            _("The address %(address)s doesn’t read like %(name)s.") % {"address": draft.email, "name": draft.name},
            "email",
        )
    draft.there = draft.email in register.nominated


def _check_endorser(
    draft: NominationDraft,
    kind: str,
    register: Register,
    known: dict[tuple[str, str], tuple[str, int]],
    hosts: dict[str, str],
) -> None:
    name, address = draft.values[f"{kind}_name"], draft.values[f"{kind}_email"]
    who = _("line manager") if kind == "manager" else _("chief officer")
    elsewhere = known.get((sort_key(name), host_of(draft.email))) if name else None
    if address and address == draft.email:
        text = _("The %(who)s’s address is the nominee’s own.") % {"who": who}
        if elsewhere:
            text += " " + _("In row %(row)d %(name)s has %(address)s.") % {
                "row": elsewhere[1],
                "name": name,
                "address": elsewhere[0],
            }
        draft.refuse("endorser_is_applicant", text, f"{kind}_email")
    elif not address and not draft.texts[f"{kind}_email"]:
        _fill_endorser(draft, kind, who, elsewhere)
    host = host_of(draft.values[f"{kind}_email"])
    at = hosts.get(host) or register.organisation_of_host(host)
    draft.values[f"{kind}_organisation"] = at or (draft.organisation if host == host_of(draft.email) else "")


def _fill_endorser(draft: NominationDraft, kind: str, who: str, elsewhere: tuple[str, int] | None) -> None:
    name = draft.values[f"{kind}_name"]
    if elsewhere:
        draft.values[f"{kind}_email"] = elsewhere[0]
        draft.assume(
            "endorser_address_found",
            _("The %(who)s’s address is missing. Row %(row)d has %(address)s for %(name)s.")
            % {"who": who, "row": elsewhere[1], "address": elsewhere[0], "name": name},
            f"{kind}_email",
        )
    else:
        draft.assume(
            "endorser_missing",
            _("There is no address of a %(who)s, so the applicant will be asked.") % {"who": who},
            f"{kind}_email",
        )


def _compare_endorsers(draft: NominationDraft) -> None:
    values = draft.values
    same_address = values["manager_email"] and values["manager_email"] == values["sponsor_email"]
    if same_address and sort_key(values["manager_name"]) != sort_key(values["sponsor_name"]):
        draft.assume(
            "one_address_two_endorsers",
            _("%(one)s and %(other)s have the same address.")
            % {"one": values["manager_name"], "other": values["sponsor_name"]},
            "sponsor_email",
        )


def _outcome(draft: NominationDraft) -> Outcome:
    if draft.left_out:
        return Outcome.LEFT_OUT
    wrong = draft.wrong
    if draft.there and not any(reason.code in _NOT_THE_PERSON for reason in wrong):
        return Outcome.THERE
    if wrong:
        return Outcome.WRONG
    return Outcome.GUESSED if draft.reasons and not draft.confirmed else Outcome.GOOD


def _entry(draft: NominationDraft, register: Register) -> dict[str, Any]:
    outcome = _outcome(draft)
    reasons = draft.reasons
    if outcome == Outcome.THERE:
        reasons = []
    elif draft.confirmed:
        reasons = draft.wrong
    return {
        "row": draft.number,
        "name": draft.name,
        "email": draft.email,
        "outcome": outcome.value,
        "reasons": [reason.as_entry() for reason in reasons],
        "organisation": register.name_of(draft.organisation),
        "organisation_id": draft.organisation,
        "written_as": draft.texts["organisation"],
        "certain": draft.organisation_is_certain,
        "texts": draft.texts,
        "values": draft.values,
    }


def _blank(number: int) -> dict[str, Any]:
    return {
        "row": number,
        "name": "",
        "email": "",
        "outcome": Outcome.EMPTY.value,
        "reasons": [],
        "organisation": "",
        "organisation_id": "",
        "written_as": "",
        "certain": False,
        "texts": {},
        "values": {},
    }
