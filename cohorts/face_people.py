"""What the directory, asks and offers answer: what is held of them, and the number of the report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.face_notebook import NOTEBOOK
from cohorts.models import (
    Ask,
    AskAnswer,
    AskText,
    DirectoryLine,
    Introduction,
    IntroductionQuestion,
    IntroductionWords,
    Notice,
    Thanks,
)
from cohorts.selectors.asks import help_counts
from cohorts.selectors.introductions import introduction_counts, questions_owed
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds

# Fewer times than this and the count might point at someone.
FEWEST_TIMES = 5


def export_directory(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words and what was said to them; as anybody else none of it."""
    lines = DirectoryLine.objects.filter(owner=person)
    texts = AskText.objects.filter(owner=person).select_related("ask__cohort")
    got = AskAnswer.objects.filter(owner=person).select_related("by_person")
    given = AskAnswer.objects.filter(by_person=person).select_related("owner")
    said = Thanks.objects.filter(owner=person).select_related("helper", "count")
    heard = Thanks.objects.filter(helper=person).select_related("owner")
    counted = Ask.objects.filter(owner=person).exclude(pk__in=texts.values("ask_id")).select_related("cohort")
    return [
        *(
            {
                "shows": line.kind,
                "says": line.body,
                "ready": line.readiness,
                "to": line.audience,
                "since": line.audience_at,
                "changed": line.changed_at,
            }
            for line in lines
        ),
        *(
            {
                t.ask.kind: t.title,
                "says": t.body,
                "cohort": t.ask.cohort.name,
                "meant for": t.ask.audience,
                "at": t.ask.asked_at,
                "until": t.ask.ends_at,
                "state": t.ask.state,
            }
            for t in texts
        ),
        *({a.kind: a.cohort.name, "at": a.asked_at, "until": a.ends_at, "state": a.state} for a in counted),
        *(
            {"answer from": a.by_person.name, "to": a.about, "says": a.body, "contact": a.contact, "at": a.answered_at}
            for a in got
        ),
        *(
            {"answered": a.owner.name, "on": a.about, "says": a.body, "contact": a.contact, "at": a.answered_at}
            for a in given
        ),
        *(
            {"helped by": t.helper.name, "with": t.body, "at": t.thanked_at, "counts": hasattr(t, "count")}
            for t in said
        ),
        *({"helped": t.owner.name, "with": t.body, "at": t.thanked_at} for t in heard),
    ]


def export_introductions(person: Person) -> list[dict[str, Any]]:
    """Those they made or were asked about, read as that person; as anybody else only that they were asked."""
    rows = IntroductionWords.objects.filter(Q(by_person=person) | Q(first=person) | Q(second=person))
    asked = IntroductionQuestion.objects.filter(person=person).select_related("introduction")
    return [
        *(
            {
                "introduced by": w.by_person.name,
                "introduced": w.first.name,
                "to": w.second.name if w.second else "",
                "why": w.why,
                "staff answered": w.reply,
                "state": w.introduction.state,
                "begun": w.introduction.begun_at,
            }
            for w in rows.select_related("by_person", "first", "second", "introduction")
        ),
        *({"asked about an introduction": q.asked_at, "answered": q.answered_at} for q in asked),
    ]


def export_notices(person: Person) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(author=person).select_related("cohort")
    return [
        {
            "notice": n.title,
            "says": n.body,
            "cohort": n.cohort.name,
            "at": n.posted_at,
            "until": n.ends_at,
            "is": n.state,
        }
        for n in rows
    ]


def introductions_due(before: datetime) -> QuerySet[Introduction]:
    return Introduction.objects.filter(begun_at__lt=before).order_by("pk")


def notices_due(before: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(ends_at__lt=before).order_by("pk")


def questions() -> QuerySet[IntroductionQuestion]:
    return questions_owed().annotate(
        owed_by=F("person_id"),
        owed_about=Cast(Value(""), TextField()),
        owed_key=Cast("introduction__public_id", TextField()),
        owed_due=F("introduction__until"),
        owed_since=F("asked_at"),
        owed_cohort=F("introduction__cohort_id"),
    )


obligation_sources.register(
    "cohorts.introduction",
    ObligationSource(
        kind="cohorts.introduction",
        label=gettext_lazy("Say whether you’d like to be introduced to somebody"),
        board_label=gettext_lazy("Introductions"),
        rows=questions,
        path=lambda slug, key: reverse("cohorts:introduction-detail", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when they say yes or no, somebody else said no, or four weeks have passed"),
        private=True,
    ),
)
holdings.register(
    "cohorts.introductions",
    Holding(
        label=gettext_lazy("Introductions: who, to whom and why"),
        models=(IntroductionWords._meta.label, IntroductionQuestion._meta.label),
        export=export_introductions,
        kind="cohorts.introductions",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.introductions",
    RetentionKind(
        label=gettext_lazy("Introductions: who, to whom and why"),
        after=gettext_lazy("after they were begun"),
        days=731,
        least=90,
        most=1827,
        due=introductions_due,
        delete=lambda rows: delete_rows(Introduction, [row.pk for row in rows]),
    ),
)
holdings.register(
    "cohorts.notices",
    Holding(
        label=gettext_lazy("Notices you put up"),
        models=(Notice._meta.label,),
        export=export_notices,
        kind="cohorts.notices",
    ),
)
retention_kinds.register(
    "cohorts.notices",
    RetentionKind(
        label=gettext_lazy("Notices on the boards of cohorts"),
        after=gettext_lazy("after their last day on the board"),
        days=183,
        least=30,
        most=1096,
        due=notices_due,
        delete=lambda rows: delete_rows(Notice, [row.pk for row in rows]),
    ),
)
holdings.register(
    "cohorts.directory",
    Holding(
        label=gettext_lazy("Directory: what you show, asks, offers and thanks"),
        models=tuple(m._meta.label for m in (DirectoryLine, Ask, AskText, AskAnswer, Thanks)),
        export=export_directory,
        kind=NOTEBOOK,
        private_to_author=True,
    ),
)
name_kinds(
    "cohorts",
    {
        "ask_answered": gettext_lazy("Answer to what you asked or offered"),
        "introduction_made": gettext_lazy("Introduced: both said yes"),
        "introduction_question": gettext_lazy("Whether you’d like to be introduced"),
        "introduction_wish": gettext_lazy("Staff asked for an introduction"),
        "notice_down": gettext_lazy("Notice taken down"),
        "thanked": gettext_lazy("Thanks for help"),
    },
    private=("ask_answered", "introduction_made", "introduction_question", "thanked"),
)


def help_figures(cohort_id: int) -> list[dict[str, Any]]:
    """How often introductions came about and contacts helped, of what people let count; withheld while that is seldom."""
    return [*introduction_figures(cohort_id), *thanks_figures(cohort_id)]


def introduction_figures(cohort_id: int) -> list[dict[str, Any]]:
    counts = introduction_counts(cohort_id)
    if counts["made"] < FEWEST_TIMES:
        return []
    return [
        {
            "key": "introductions",
            "title": _("%(n)d introductions came about") % {"n": counts["made"]},
            "definition": _(
                "Introductions begun by people of the cohort or its staff in which both people said yes. Between whom is known to"
                " those people alone."
            ),
            "kind": "number",
            "data": {"value": counts["made"]},
        }
    ]


def thanks_figures(cohort_id: int) -> list[dict[str, Any]]:
    counts = help_counts(cohort_id)
    if counts["helped"] < FEWEST_TIMES:
        return []
    return [
        {
            "key": "helped",
            "title": _("Contacts helped %(n)d times") % {"n": counts["helped"]},
            "definition": _(
                "How often people of the cohort wrote down that a contact from the programme had helped them with something, and let it"
                " count. Who, by whom and with what is known to the two of them alone; deleted ones aren’t counted."
            ),
            "kind": "number",
            "data": {"value": counts["helped"]},
        },
        *(
            [
                {
                    "key": "helped-across",
                    "title": _("%(n)d of %(of)d times the contact was from another organisation")
                    % {"n": counts["other_organisation"], "of": counts["helped"]},
                    "definition": _(
                        "Of the times that a contact helped, those where the two were employed by different organisations when it was"
                        " written down."
                    ),
                    "kind": "number",
                    "data": {"value": counts["other_organisation"], "of": counts["helped"]},
                }
            ]
            if counts["other_organisation"] >= FEWEST_TIMES
            and counts["helped"] - counts["other_organisation"] not in range(1, FEWEST_TIMES)
            else []
        ),
    ]
