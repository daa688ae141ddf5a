"""What people keep for themselves: what of it is held, and how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.attaching import about
from cohorts.models import (
    ActionTie,
    ActionTieFact,
    AppraisalShare,
    AppraisalSummary,
    DevelopmentGoal,
    Experiment,
    ExperimentFact,
    GoalReview,
    LeadershipHistoryEntry,
    LeadershipHistoryNod,
    Notebook,
    OnwardStep,
    Reflection,
    ReflectionDraft,
    ReflectionFact,
    ReflectionShare,
    WorkObjective,
)
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds

NOTEBOOK = "cohorts.notebook"


def export_reflections(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else none of them."""
    rows = list(Reflection.objects.filter(author=person).order_by("written_at"))
    concerns = about(rows)
    shared: dict[int, list[str]] = {}
    for share in ReflectionShare.objects.filter(author=person).select_related("with_person", "learning_set"):
        shared.setdefault(share.reflection_id, []).append(
            str(share.with_person.name if share.with_person else share.learning_set)
        )
    return [
        *(
            {
                "written": r.written_at,
                "changed": r.changed_at,
                "about": r.kind,
                "title": r.title,
                "text": r.body,
                "concerns": {str(label): words for label, words in concerns.get(r.pk, [])},
                "shared with": shared.get(r.pk, []),
            }
            for r in rows
        ),
        *(
            {"draft": d.title, "text": d.body, "about": d.kind, "kept": d.kept_at}
            for d in ReflectionDraft.objects.filter(author=person)
        ),
    ]


def export_history(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else none of them."""
    rows = LeadershipHistoryEntry.objects.filter(owner=person)
    given = LeadershipHistoryNod.objects.filter(by_person=person).select_related("owner")
    got = LeadershipHistoryNod.objects.filter(owner=person).select_related("by_person")
    return [
        *(
            {
                "year": e.year,
                "what happened": e.title,
                "text": e.body,
                "was": e.tone,
                "shown to": e.audience,
                "written": e.written_at,
            }
            for e in rows
        ),
        *({"answer from": n.by_person.name, "says": n.kind, "at": n.given_at} for n in got),
        *({"answered": n.owner.name, "says": n.kind, "at": n.given_at} for n in given),
    ]


def export_plan(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else none of them."""
    shares = AppraisalShare.objects.filter(owner=person).select_related("reader")
    shown = AppraisalShare.objects.filter(reader=person).select_related("owner")
    return [
        *(
            {
                "wants to be better at": g.better_at,
                "how they'll know": g.measure,
                "by": g.due_on,
                "stands at": g.standing,
            }
            for g in DevelopmentGoal.objects.filter(owner=person)
        ),
        *(
            {"goal": r.goal.better_at, "said": r.body, "stands at": r.standing, "at": r.written_at}
            for r in GoalReview.objects.filter(owner=person).select_related("goal")
        ),
        *(
            {"work objective": o.title, "why": o.why, "by": o.due_on, "done": o.done}
            for o in WorkObjective.objects.filter(owner=person)
        ),
        *(
            {"action taken on": t.action.made_at, "is for the objective": t.objective.title}
            for t in ActionTie.objects.filter(owner=person).select_related("action", "objective")
        ),
        *(
            {"summary for appraisal": s.introduction, "says": s.content, "made": s.made_at}
            for s in AppraisalSummary.objects.filter(owner=person)
        ),
        *(
            {"summary shared with": s.reader.name, "until": s.until, "at": s.shared_at, "taken back": s.taken_back_at}
            for s in shares
        ),
        *(
            {
                "to learn next": s.what,
                "in which way": s.way,
                "towards": s.goal.better_at if s.goal else "",
                "by": s.due_on,
                "done": s.done,
                "took from it": s.learned,
            }
            for s in OnwardStep.objects.filter(owner=person).select_related("goal")
        ),
        *({"was shown a summary of": s.owner.name, "until": s.until, "at": s.shared_at} for s in shown),
    ]


def export_experiments(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives their own words; as anybody else none of them."""
    return [
        {
            "tried": e.title,
            "with": e.method.name if e.method else "",
            "expected": e.expects,
            "what came of it": e.result,
            "outcome": e.outcome,
            "looked at": e.look_on,
            "shown to": e.audience,
            "written": e.written_at,
        }
        for e in Experiment.objects.filter(owner=person).select_related("method")
    ]


def export_notebooks(person: Person) -> list[dict[str, Any]]:
    rows = Notebook.objects.filter(owner=person).select_related("cohort")
    return [{"cohort": n.cohort.name, "begun": n.opened_at, "last written in": n.used_at} for n in rows]


def notebooks_due(before: datetime) -> QuerySet[Notebook]:
    """Of cohorts whose last day was before, not written in since."""
    return Notebook.objects.filter(cohort__ends_on__lt=timezone.localdate(before), used_at__lt=before).order_by("pk")


holdings.register(
    "cohorts.reflections",
    Holding(
        label=_("Your reflections"),
        models=tuple(m._meta.label for m in (Reflection, ReflectionShare, ReflectionFact, ReflectionDraft)),
        export=export_reflections,
        kind=NOTEBOOK,
        private_to_author=True,
    ),
)
holdings.register(
    "cohorts.leadership_history",
    Holding(
        label=_("Your leadership history"),
        models=(LeadershipHistoryEntry._meta.label, LeadershipHistoryNod._meta.label),
        export=export_history,
        kind=NOTEBOOK,
        private_to_author=True,
    ),
)
holdings.register(
    "cohorts.development",
    Holding(
        label=_("Your development plan and summaries for appraisal"),
        models=tuple(
            m._meta.label
            for m in (
                DevelopmentGoal,
                GoalReview,
                WorkObjective,
                ActionTie,
                ActionTieFact,
                AppraisalSummary,
                AppraisalShare,
                OnwardStep,
            )
        ),
        export=export_plan,
        kind=NOTEBOOK,
        private_to_author=True,
    ),
)
holdings.register(
    "cohorts.experiments",
    Holding(
        label=_("What you’re trying at work"),
        models=(Experiment._meta.label, ExperimentFact._meta.label),
        export=export_experiments,
        kind=NOTEBOOK,
        private_to_author=True,
    ),
)
holdings.register(
    NOTEBOOK,
    Holding(
        label=_("That you keep something for yourself"),
        models=(Notebook._meta.label,),
        export=export_notebooks,
        kind=NOTEBOOK,
    ),
)


def delete_notebooks(rows: Sequence[Notebook]) -> None:
    """And in the database with them all that stands in them, which portal_sys can't read."""
    delete_rows(Notebook, [row.pk for row in rows])


retention_kinds.register(
    NOTEBOOK,
    RetentionKind(
        label=_(
            "What people keep for themselves and show whom they pick: reflections, history, plan, experiments, asks"
        ),
        after=_("after the last day of their cohort, and after they last wrote"),
        days=1096,
        least=183,
        most=3653,
        due=notebooks_due,
        delete=delete_notebooks,
    ),
)
