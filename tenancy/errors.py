"""What a service raises when it can't do what was asked; the message is for the person who asked."""

from __future__ import annotations


class Refused(Exception):
    """Base: a rule of the business says no. `str(error)` is a sentence to show; `field` names the form field, if any."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(Refused):
    """The actor may not do this to this object (a view answers 403)."""


class WrongState(Refused):
    """The object isn't in a state that permits this, often because someone else was quicker."""


class StaleEdit(Refused):
    """Someone saved the same row since this form was opened. `theirs` holds the values now stored."""

    def __init__(self, message: str, *, theirs: dict | None = None) -> None:
        super().__init__(message)
        self.theirs = theirs or {}


class AlreadySaved(StaleEdit):
    """What is stored is what was typed: a double click, or two people who agree. Nothing needs doing."""
