"""What staff call each kind of message. The apps that send them say so in their face.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tenancy.registry import Registry
from tenancy.words import Words

message_kinds: Registry[Words] = Registry("What is this kind of message called?")
# Kinds whose being sent is itself between those concerned: staff see neither to whom one went nor about what (reminders.rules).
private_kinds: set[str] = set()


def name_kinds(app: str, names: Mapping[str, Words], *, private: Collection[str] = ()) -> None:
    """Name the messages of one app, by the stems of their templates in `app`/email/; `private` are those of them that aren't for staff."""
    if unknown := set(private) - set(names):
        raise ValueError(f"{sorted(unknown)} are private and have no name.")
    for stem, name in names.items():
        message_kinds.register(f"{app}.{stem}", name)
    private_kinds.update(f"{app}.{stem}" for stem in private)


def kind_in_words(kind: str) -> str:
    """The name of a kind; of one that is no longer sent, what its own name says."""
    names = dict(message_kinds.items())
    return str(names.get(kind) or kind.rsplit(".", 1)[-1].replace("_", " ").capitalize())
