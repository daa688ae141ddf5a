"""What staff call each kind of message. The apps that send them say so in their face.py."""

from __future__ import annotations

from collections.abc import Mapping

from tenancy.registry import Registry
from tenancy.words import Words

message_kinds: Registry[Words] = Registry("What is this kind of message called?")


def name_kinds(app: str, names: Mapping[str, Words]) -> None:
    """Name the messages of one app, by the stems of their templates in `app`/email/."""
    for stem, name in names.items():
        message_kinds.register(f"{app}.{stem}", name)


def kind_in_words(kind: str) -> str:
    """The name of a kind; of one that is no longer sent, what its own name says."""
    names = dict(message_kinds.items())
    return str(names.get(kind) or kind.rsplit(".", 1)[-1].replace("_", " ").capitalize())
