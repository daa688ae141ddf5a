"""What the rows of a log say about each other: whose address it is, whom a host belongs to, who stands there twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from engine.names import sort_key
from selection.services.nominations.drafts import NominationDraft
from selection.services.nominations.register import SHARED_HOSTS, Register

_TOKENS = re.compile(r"[^\W\d_]+")
_ALIKE = 0.8
# How many rows must agree, and by what share, before a host counts as an organisation's.
_ROWS, _SHARE = 2, 0.6


def host_of(address: str) -> str:
    return address.rpartition("@")[2]


def fits(name: str, address: str) -> bool | None:
    """Whether an address reads like the name; None when it doesn't read like anybody's ('info@', 'ab12@')."""
    tokens = [
        token for token in _TOKENS.findall(sort_key(address.partition("@")[0].replace(".", " "))) if len(token) > 1
    ]
    words = sort_key(name).split()
    joined = "".join(words)
    if not words or len(tokens) < 2:
        return True if tokens and any(len(w) > 2 and w in tokens[0] for w in words) else None
    return any(
        token in joined or any(SequenceMatcher(None, token, word, autojunk=False).ratio() >= _ALIKE for word in words)
        for token in tokens
        if len(token) > 2
    )


def hosts_by_use(drafts: list[NominationDraft]) -> dict[str, str]:
    """{host: organisation} where most rows with that host, and at least two, name one organisation for certain."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for draft in drafts:
        host = host_of(draft.email)
        if draft.email and host not in SHARED_HOSTS and draft.organisation_is_certain:
            uses[host][draft.organisation] += 1
    found = {}
    for host, counts in uses.items():
        organisation, rows = counts.most_common(1)[0]
        if rows >= _ROWS and rows >= _SHARE * counts.total():
            found[host] = organisation
    return found


def addresses_by_name(drafts: list[NominationDraft]) -> dict[tuple[str, str], tuple[str, int]]:
    """{(name, host): (address, row)} of every endorser whose name has one address only at that host."""
    seen: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for draft in drafts:
        for kind in ("manager", "sponsor"):
            name, address = sort_key(draft.values[f"{kind}_name"]), draft.values[f"{kind}_email"]
            if name and address and address != draft.email and fits(name, address) is not False:
                seen[(name, host_of(address))].setdefault(address, draft.number)
    return {key: next(iter(found.items())) for key, found in seen.items() if len(found) == 1}


def mark_shared_addresses(drafts: list[NominationDraft]) -> None:
    """Rows with one address: the same person twice, or an address that is somebody else's."""
    by_address: dict[str, list[NominationDraft]] = defaultdict(list)
    for draft in drafts:
        if draft.email and not draft.left_out:
            by_address[draft.email].append(draft)
    for address, rows in by_address.items():
        if len(rows) < 2:
            continue
        names = {row.name_key for row in rows}
        if len(names) > 1:
            _mark_two_names(address, rows)
        seen: dict[str, int] = {}
        for row in rows:
            if row.name_key in seen:
                row.refuse("duplicate", _("The same person as row %(row)d.") % {"row": seen[row.name_key]}, "email")
            else:
                seen[row.name_key] = row.number


def _mark_two_names(address: str, rows: list[NominationDraft]) -> None:
    """The one row whose name the address reads like may keep it; if that doesn't tell, none may."""
    owners = {row.name_key for row in rows if fits(row.name, address)}
    owner = next((row for row in rows if row.name_key in owners), None) if len(owners) == 1 else None
    for row in rows:
        if owner is not None and row.name_key == owner.name_key:
            continue
        other = owner or next(each for each in rows if each.name_key != row.name_key)
        words = {"address": address, "name": other.name, "row": other.number}
        if owner is not None:
            row.refuse(
                "address_of_another", _("%(address)s is the address of %(name)s in row %(row)d.") % words, "email"
            )
        else:
            text = _("Row %(row)d gives the same address for %(name)s. We can’t tell whose it is.") % words
            row.refuse("address_of_another", text, "email")


def mark_same_names(drafts: list[NominationDraft], register: Register) -> None:
    """One name twice in one organisation, with two addresses: perhaps one person, so staff look."""
    seen: dict[tuple[str, str], NominationDraft] = {}
    for draft in drafts:
        if not draft.name or not draft.organisation or draft.left_out:
            continue
        key = (draft.name_key, draft.organisation)
        first = seen.setdefault(key, draft)
        if first is not draft and first.email != draft.email:
            draft.assume(
                "same_name",
                _("Row %(row)d names the same person at the same organisation with another address.")
                % {"row": first.number},
                "name",
            )
        other = register.nominated_names.get(key)
        if other and other != draft.email:
            draft.assume(
                "same_name",
                _("Somebody of this name and organisation is already nominated as %(address)s.") % {"address": other},
                "name",
            )
