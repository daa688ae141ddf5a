"""What the engagement signal answers when the lower floors ask: panels of the home page, what is owed, what is held, how long.

No report has it: a count of people who needed a word would point at them in a small cohort, and says nothing about the programme."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.copying import CopiedLine, CopySource, copy_sources
from cohorts.models import CheckIn, Cohort, DayJobText, DayJobWord, EngagementPause, EngagementSignal
from cohorts.selectors.engagement import check_ins_owed, mine, staff_words_owed, to_ask
from cohorts.services.engagement import copy_limits
from cohorts.shifting import Shift
from engine.home import Line, Lines, Panel, lines_of, panel_sources
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.actors import Actor
from tenancy.models import Person, Role, Tenant
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds


def engagement_panels(actor: Actor, tenant: Tenant) -> list[Panel | Lines]:
    if actor.person_id is None:
        return []
    panels: list[Panel | Lines] = []
    if actor.holds(Role.PARTICIPANT):
        signals = lines_of(mine(actor.person_id), key="public_id", title="cohort__name")
        panels.append(Lines(signals, how_it_goes))
    if actor.holds(Role.FACILITATOR) and (asked := list(to_ask(actor.person_id))):
        panels.append(Panel("cohorts/panels/check_ins.html", {"signals": asked}, 19))
    return panels


def how_it_goes(lines: list[Line]) -> Panel:
    return Panel("cohorts/panels/how_it_goes.html", {"lines": lines}, 12 if lines else 48)


panel_sources.register("cohorts.engagement", engagement_panels)


def to_check_in(slug: str, key: str) -> str:
    return reverse("cohorts:check-in", kwargs={"tenant": slug, "public_id": key})


obligation_sources.register(
    "cohorts.check_in",
    ObligationSource(
        kind="cohorts.check_in",
        label=_("Ask {about} how they are"),
        board_label=_("Facilitators’ check-ins"),
        rows=check_ins_owed,
        path=to_check_in,
        ends=_("when they note that they’ve spoken, things are going again, or the person is away"),
        private=True,
    ),
)
obligation_sources.register(
    "cohorts.staff_word",
    ObligationSource(
        kind="cohorts.staff_word",
        label=_("Have a word with {about}"),
        board_label=_("People who need a word"),
        rows=staff_words_owed,
        path=to_check_in,
        ends=_("when one of staff notes that they’ve spoken, things are going again, or the person is away"),
        chase=False,
    ),
)


def export_engagement(person: Person) -> list[dict[str, Any]]:
    """Read as that person; another's copy says of check-ins only what the reader may know."""
    signals = EngagementSignal.objects.filter(person=person).select_related("cohort")
    got = CheckIn.objects.filter(person=person).select_related("by_person", "cohort")
    held = CheckIn.objects.filter(by_person=person).select_related("person", "cohort")
    return [
        *({"may need a word": s.cohort.name, "since": s.since, "until": s.closed_at} for s in signals),
        *({"spoke with": c.by_person.name, "cohort": c.cohort.name, "at": c.spoke_at} for c in got),
        *({"spoke with": c.person.name, "cohort": c.cohort.name, "at": c.spoke_at} for c in held),
    ]


def export_pauses(person: Person) -> list[dict[str, Any]]:
    away = EngagementPause.objects.filter(person=person).select_related("cohort")
    said = EngagementPause.objects.filter(set_by=person).exclude(person=person).select_related("person")
    return [
        *({"away from": p.cohort.name, "since": p.begins_at, "until": p.ends_at} for p in away),
        *({"said was away": p.person.name, "until": p.ends_at} for p in said),
    ]


def export_words(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words, and those written to them; as anybody else none of them."""
    own = DayJobWord.objects.filter(author=person).select_related("to_person", "cohort")
    told = DayJobWord.objects.filter(to_person=person).select_related("author", "cohort")
    texts = {
        text.word_id: text.body
        for text in [
            *DayJobText.objects.filter(author=person),
            *DayJobText.objects.filter(word__to_person=person),
        ]
    }
    return [
        *(
            {
                "wrote to": w.to_person.name if w.to_person else str(_("Programme staff")),
                "cohort": w.cohort.name,
                "at": w.sent_at,
                "text": texts.get(w.pk, ""),
            }
            for w in own
        ),
        *(
            {"was written to by": w.author.name, "cohort": w.cohort.name, "at": w.sent_at, "text": texts.get(w.pk, "")}
            for w in told
        ),
    ]


def signals_due(before: datetime) -> QuerySet[EngagementSignal]:
    return EngagementSignal.objects.filter(closed_at__lt=before).order_by("pk")


def pauses_due(before: datetime) -> QuerySet[EngagementPause]:
    return EngagementPause.objects.filter(ends_at__lt=before).order_by("pk")


def words_due(before: datetime) -> QuerySet[DayJobWord]:
    return DayJobWord.objects.filter(sent_at__lt=before).order_by("pk")


holdings.register(
    "cohorts.engagement",
    Holding(
        label=_("Whether you may need a word, and who spoke with you"),
        models=(EngagementSignal._meta.label, CheckIn._meta.label),
        export=export_engagement,
        kind="cohorts.engagement",
        private_to_author=True,
    ),
)
holdings.register(
    "cohorts.pauses",
    Holding(
        label=_("When you were away"),
        models=(EngagementPause._meta.label,),
        export=export_pauses,
        kind="cohorts.pauses",
        private_to_author=True,
    ),
)
holdings.register(
    "cohorts.day_job",
    Holding(
        label=_("What you wrote, or were written, about the day job"),
        models=(DayJobWord._meta.label, DayJobText._meta.label),
        export=export_words,
        kind="cohorts.day_job",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.engagement",
    RetentionKind(
        label=_("That somebody may have needed a word, and who spoke with them"),
        after=_("after things were going again"),
        days=183,
        least=30,
        most=366,
        due=signals_due,
        delete=lambda rows: delete_rows(EngagementSignal, [row.pk for row in rows]),
    ),
)
retention_kinds.register(
    "cohorts.pauses",
    RetentionKind(
        label=_("When people were away"),
        after=_("after they were back"),
        # an event of that time counts as long as none has been attended since
        days=366,
        least=183,
        most=731,
        due=pauses_due,
        delete=lambda rows: delete_rows(EngagementPause, [row.pk for row in rows]),
    ),
)
retention_kinds.register(
    "cohorts.day_job",
    RetentionKind(
        label=_("What people wrote about the day job"),
        after=_("after it was sent"),
        days=183,
        least=60,
        most=366,
        due=words_due,
        delete=lambda rows: delete_rows(DayJobWord, [row.pk for row in rows]),
    ),
)


def limits_lines(cohort: Cohort, shift: Shift) -> list[CopiedLine]:
    if getattr(cohort, "engagement_limits", None) is None:
        return []
    return [CopiedLine(str(_("When somebody may need a word")), None, None, str(_("By the same numbers")))]


copy_sources.register("cohorts.engagement", CopySource(limits_lines, copy_limits))
name_kinds("cohorts", {"day_job": _("Somebody’s day job is in the way")}, private=("day_job",))
