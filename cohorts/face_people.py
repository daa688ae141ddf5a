"""What the directory, asks and offers answer: what is held of them, and the number of the report."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.face_notebook import NOTEBOOK
from cohorts.models import Ask, AskAnswer, AskText, DirectoryLine, Thanks
from cohorts.selectors.asks import help_counts
from reminders.kinds import name_kinds
from tenancy.models import Person
from tenancy.privacy import Holding, holdings

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
        "thanked": gettext_lazy("Thanks for help"),
    },
)


def help_figures(cohort_id: int) -> list[dict[str, Any]]:
    """How often somebody was helped by a contact, of what its people let count; withheld while that is seldom."""
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
