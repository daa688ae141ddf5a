"""What the task list, check answers and the review page show of one application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat, linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from engine.forms import count_words
from engine.transitions import history
from selection.models import (
    Application,
    ApplicationAnswer,
    ApplicationFile,
    Question,
)
from selection.selectors.application_files import files_by_question
from selection.selectors.record import words_shown
from selection.steps import by_whom, in_words
from tenancy.models import Change, Person, Tenant, TenantModel

Answers = list[tuple[Any, ApplicationAnswer | ApplicationFile | None]]


def answers_by_question(application: Application) -> Answers:
    """Each question of the round with its answer or file, in order: two queries, kept on the object for `what_is_left`, and one more
    where the framework asks for files."""
    given: dict[int, ApplicationAnswer | ApplicationFile] = {a.question_id: a for a in application.answers.all()}
    given |= files_by_question(application)
    return [(question, given.get(question.pk)) for question in application.round.questions.all()]


def task_items(
    application: Application, answers: Answers, tenant: Tenant, *, interest: bool, adjustment: bool
) -> list[dict[str, Any]]:
    """The task list: no colour is done, blue is begun or to do. Whether they've said which projects interest them and asked for an
    adjustment, whoever asks knows."""

    def href(name: str, **more: Any) -> str:
        return reverse(f"selection:{name}", kwargs={"tenant": tenant.slug, "public_id": application.public_id, **more})

    endorsers = application.endorsers_confirmed and application.line_manager_id and application.sponsor_id
    items = [
        _task(_("Your details"), href("application-details"), application.details_confirmed),
        _task(_("What you decide in your job"), href("application-scope"), scope_said(application)),
    ]
    for question, answer in answers:
        if question.is_file:
            items.append(_file_task(question, answer, href("application-question", position=question.position)))
            continue
        words = count_words(answer.text) if isinstance(answer, ApplicationAnswer) else 0
        hint = _("%(words)d of %(limit)d words") % {"words": words, "limit": question.word_limit}
        items.append(_task(question.text, href("application-question", position=question.position), bool(words), hint))
    items.append(_optional(_("Projects that interest you"), href("application-interest"), interest))
    items.append(_task(_("Who endorses you"), href("application-endorsers"), bool(endorsers)))
    # Nobody has to: it never counts as left.
    optional = {"status": _("Optional")}
    items.append({"text": _("Who shouldn’t assess you"), "href": href("application-assessors"), "hint": "", **optional})
    items.append(_optional(_("Tell us if you need anything to take part"), href("application-adjustment"), adjustment))
    return items


def scope_said(application: Application) -> bool:
    """What they decide, and the band where the round is for certain bands."""
    return bool(application.decision_scope.strip()) and bool(application.band_id or not application.round.names_bands)


def _task(text: str, href: str, done: bool, hint: str = "") -> dict[str, Any]:
    status = {"status": _("Completed")} if done else {"status": _("Not yet done"), "colour": "blue"}
    return {"text": text, "href": href, "hint": hint, **status}


def _file_task(question: Question, given: Any, href: str) -> dict[str, Any]:
    hint = given.file.name if given else question.asks
    if question.optional and not given:
        return _optional(question.text, href, False) | {"hint": hint}
    return _task(question.text, href, bool(given), hint)


def _optional(text: str, href: str, said: bool) -> dict[str, Any]:
    return {"text": text, "href": href, "hint": "", "status": _("Completed") if said else _("Optional")}


def summary_rows(application: Application, answers: Answers, tenant: Tenant, *, change: bool) -> list[dict[str, Any]]:
    """Rows of a summary list; with `change`, each leads to the page that changes it."""

    def row(key: str, value: Any, name: str, **more: Any) -> dict[str, Any]:
        kwargs = {"tenant": tenant.slug, "public_id": application.public_id, **more}
        found: dict[str, Any] = {"key": key, "value": value or _("Nothing yet")}
        return found | {"href": reverse(f"selection:{name}", kwargs=kwargs)} if change else found

    rows = [
        row(_("Employer"), application.organisation.name, "application-details"),
        row(_("Job title"), application.job_title, "application-details"),
        row(_("Grade or band"), application.grade, "application-details"),
        row(_("Service or function"), application.service_area, "application-details"),
        row(
            _("What you decide") if change else _("What they decide"),
            paragraphs(application.decision_scope),
            "application-scope",
        ),
        row(_("Seniority band"), application.band.name if application.band else "", "application-scope"),
    ]
    for question, answer in answers:
        given: SafeString | str = ""
        if isinstance(answer, ApplicationFile):
            given = file_link(application, question, answer, tenant)
        elif answer:
            given = paragraphs(answer.text)
        rows.append(row(question.text, given, "application-question", position=question.position))
    rows.append(
        row(
            _("Line manager"), person_text(application.line_manager, application.manager_named), "application-endorsers"
        )
    )
    rows.append(
        row(_("Chief officer"), person_text(application.sponsor, application.sponsor_named), "application-endorsers")
    )
    return rows


def file_link(application: Application, question: Question, given: ApplicationFile, tenant: Tenant) -> SafeString:
    """The file's name, leading to its download, and how large it is. `given` comes with its file."""
    kwargs = {"tenant": tenant.slug, "public_id": application.public_id, "position": question.position}
    href = reverse("selection:application-file", kwargs=kwargs)
    name = given.file.name if given.file else ""
    return format_html('<a class="govuk-link" href="{}">{}</a> ({})', href, name, filesizeformat(given.size))


def person_text(person: Person | None, named: str) -> str:
    """An endorser as the application names them, not as the tenant may know them besides."""
    return f"{named or person.name}, {person.email}" if person else ""


def paragraphs(text: str) -> SafeString | str:
    """Escaped text with its line breaks kept."""
    return linebreaksbr(text) if text.strip() else ""


def readable_history(
    obj: TenantModel, *, steps: Iterable[Change] | None = None, withheld: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The steps of an object's history, as it tells them: those given, or all. `withheld` as steps_shown() has it."""
    return [
        {
            "at": step.at,
            "text": in_words(step.name, getattr(obj, "machine", ())),
            "by_label": by_whom(step),
            "reason": words_shown(step.name, step.reason, withheld or {}),
        }
        for step in (history(obj) if steps is None else steps)
    ]
