"""Structured logs without personal data."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Mapping
from smtplib import SMTPException

import psycopg2
from django.core.exceptions import FieldError, ImproperlyConfigured, PermissionDenied
from django.db import utils as db
from django.template import TemplateDoesNotExist, TemplateSyntaxError

ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;]+")
# Endorsement, invitation and calendar tokens are 43 characters of base64url in a path.
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{40,}(?![A-Za-z0-9_-])")
# Errors whose messages name what the program or the machine lacks. All others may quote what somebody typed.
ABOUT_CODE = (
    AttributeError,
    FieldError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    OSError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    TypeError,
)
# The formatter writes whatever else a library hangs on a record: Django the request, Celery the error and its arguments.
OURS = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "status_code"}
Arguments = tuple[object, ...] | Mapping[str, object] | None


def without_personal_data(text: str) -> str:
    return TOKEN.sub("[token]", ADDRESS.sub("[address]", text))


def database_says(error: BaseException) -> str:
    """The code, and the constraint and table if any: PostgreSQL's own words quote the row."""
    cause = error if isinstance(error, psycopg2.Error) else error.__cause__
    if not isinstance(cause, psycopg2.Error):
        return ""
    if cause.pgcode is None:
        # No answer of the server: it couldn't be reached, or it went away.
        return str(cause) if isinstance(cause, psycopg2.OperationalError | psycopg2.InterfaceError) else ""
    return " ".join(filter(None, (cause.pgcode, cause.diag.table_name, cause.diag.constraint_name)))


def error_says(error: BaseException) -> str:
    """As much of an error's message as can't be anybody's data."""
    if isinstance(error, psycopg2.Error | db.Error):
        return database_says(error)
    if isinstance(error, SMTPException):
        return str(getattr(error, "smtp_code", ""))
    return str(error) if isinstance(error, ABOUT_CODE) else ""


def name_of(error: BaseException) -> str:
    says = error_says(error)
    name = type(error).__qualname__
    return f"{name}: {says}" if says else name


def trace_of(error: BaseException, seen: frozenset[int] = frozenset()) -> str:
    """The traceback with what led to it, as Python prints it, save for messages that may quote data."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    first = f"{trace_of(before, seen | {id(error)})}\n\nThen:\n\n" if before and id(before) not in seen else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{first}Traceback (most recent call last):\n{frames}{name_of(error)}"


class WithoutPersonalData(logging.Filter):
    """Takes e-mail addresses, link tokens and what errors quote out of a record and its traceback before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        record.args = safe_arguments(record.args, error)
        record.msg = without_personal_data(record.getMessage())
        record.args = None
        # A page refused is no fault: its address says what was asked, and the rule that refuses it stands at its view.
        if error is not None and not isinstance(error, PermissionDenied):
            record.exc_text = without_personal_data(trace_of(error))
        record.exc_info = None
        for name in set(vars(record)) - OURS:
            delattr(record, name)
        return True


def safe_arguments(arguments: Arguments, error: BaseException | None) -> Arguments:
    """A message's arguments: an error among them by its name alone; Celery hands one on as text, under 'exc'."""
    if isinstance(arguments, Mapping):
        known = {"exc": type(error).__qualname__ if error else "", "traceback": ""}
        return {name: known.get(name, safe_argument(value)) for name, value in arguments.items()}
    return tuple(safe_argument(value) for value in arguments) if isinstance(arguments, tuple) else arguments


def safe_argument(value: object) -> object:
    return name_of(value) if isinstance(value, BaseException) else value
