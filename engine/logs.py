"""Structured logs without personal data."""

from __future__ import annotations

import logging
import re

ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;]+")
# Endorsement, invitation and calendar tokens are 43 characters of base64url in a path.
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{40,}(?![A-Za-z0-9_-])")


def without_personal_data(text: str) -> str:
    return TOKEN.sub("[token]", ADDRESS.sub("[address]", text))


class WithoutPersonalData(logging.Filter):
    """Takes e-mail addresses and link tokens out of a record, its arguments and its traceback before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = without_personal_data(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = without_personal_data(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        # Django attaches the request: its repr holds the path, its attributes everything.
        record.__dict__.pop("request", None)
        return True
