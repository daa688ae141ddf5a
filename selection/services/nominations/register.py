"""What is already known when a log is checked: organisations, people, and who is nominated in this round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.names import Guess, Known, guess, sort_key
from selection.models import Application, SelectionRound
from tenancy.models import Organisation, Person

# Addresses there say nothing about the employer.
SHARED_HOSTS = frozenset(
    "aol.com btinternet.com gmail.com googlemail.com hotmail.co.uk hotmail.com icloud.com live.co.uk live.com me.com msn.com"
    " nhs.net outlook.com proton.me protonmail.com sky.com virginmedia.com yahoo.co.uk yahoo.com".split()
)
# Ends of host names that name no organisation.
_SUFFIXES = frozenset("ac co com edu example gov invalid net nhs org sch test uk".split())


@dataclass(frozen=True)
class KnownPerson:
    name: str
    organisation: str  # public id, '' when unknown


@dataclass
class Register:
    """Plain data, so that checking rows is a pure function. Organisations go by public id, people by address."""

    organisations: dict[str, Known]
    people: dict[str, KnownPerson] = field(default_factory=dict)
    nominated: set[str] = field(default_factory=set)
    # (sort key of the name, public id of the organisation) → address, of those nominated in this round.
    nominated_names: dict[tuple[str, str], str] = field(default_factory=dict)
    _guesses: dict[str, Guess] = field(default_factory=dict)
    _hosts: dict[str, str] = field(default_factory=dict)

    def name_of(self, organisation: str) -> str:
        known = self.organisations.get(organisation)
        return known.name if known else ""

    def guess(self, text: str) -> Guess:
        """Which organisation a spelling means; each spelling is worked out once."""
        if text not in self._guesses:
            self._guesses[text] = guess(text, self.organisations.values())
        return self._guesses[text]

    def is_own_name(self, text: str, organisation: str) -> bool:
        """Whether the spelling is the organisation's own name, but for case and punctuation."""
        return sort_key(text) == sort_key(self.name_of(organisation))

    def host_label(self, host: str) -> str:
        labels = [label for label in host.split(".") if label not in _SUFFIXES]
        return " ".join(labels[-2:])

    def organisation_of_host(self, host: str) -> str:
        """The organisation a host is plainly named after ('essexpolice.example'), or ''."""
        if host in SHARED_HOSTS:
            return ""
        if host not in self._hosts:
            label = self.host_label(host)
            found = ""
            for text in dict.fromkeys((label, label.split(" ")[-1])):
                result = self.guess(text) if text else None
                if result and result.best and result.confidence >= 0.9:
                    found = str(result.best)
                    break
            self._hosts[host] = found
        return self._hosts[host]


def read_register(round_: SelectionRound, addresses: Iterable[str]) -> Register:
    """The register for a log that names these addresses. Three queries, however long the log."""
    organisations = {
        row.public_id: Known(row.public_id, row.name, tuple(filter(None, [row.short_name, *row.aliases])))
        for row in Organisation.objects.order_by("id")
    }
    wanted = {address.lower() for address in addresses if address}
    people = {
        email.lower(): KnownPerson(name, organisation or "")
        for email, name, organisation in Person.objects.exclude(email="").values_list(
            "email", "name", "organisation__public_id"
        )
        if email.lower() in wanted
    }
    register = Register(organisations, people)
    rows = Application.objects.filter(round=round_).values_list(
        "applicant__email", "applicant__name", "organisation__public_id"
    )
    for email, name, organisation in rows:
        register.nominated.add(email.lower())
        register.nominated_names[(sort_key(name), organisation)] = email.lower()
    return register
