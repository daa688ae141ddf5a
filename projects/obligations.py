"""What is owed in projects: a decision by the sponsor, an update by the lead, a learning goal by each member."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import MapQuestion, Project, ProjectMembership, Stakeholder, StakeholderEntry
from projects.rules import DECISION
from projects.selectors import latest_update
from projects.states import ENDED, RUNNING, TEAM_CHANGES, ProjectState
from reminders.obligations import ObligationSource, last_minute_of, obligation_sources

# An update is asked for when the last is a month old, and is late a week after that.
UPDATE_AFTER = timedelta(days=30)
DAYS_OF_GRACE = timedelta(days=7)
GOAL_WITHIN = timedelta(days=7)
NEW_LEAD_WITHIN = timedelta(days=7)


def later(start: str | Coalesce, by: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper((F(start) if isinstance(start, str) else start) + by, output_field=DateTimeField())


def text(name: str) -> Cast:
    return Cast(F(name), TextField())


def decisions_owed() -> QuerySet:
    return Project.objects.filter(state=ProjectState.PROPOSED, sponsor__isnull=False).annotate(
        owed_by=Cast(F("sponsor_id"), BigIntegerField()),
        owed_about=text("title"),
        owed_key=text("public_id"),
        owed_due=F("decide_by"),
        owed_since=F("proposed_at"),
        owed_cohort=Cast(F("cohort_id"), BigIntegerField()),
    )


def updates_owed() -> QuerySet:
    """Of live projects whose last update, or approval where there's none, is more than 30 days old: by the lead."""
    last = Coalesce(latest_update("at"), F("decided_at"))
    return (
        Project.objects.filter(state__in=RUNNING, memberships__is_lead=True)
        .annotate(last_heard=last)
        .annotate(
            owed_by=Cast(F("memberships__person_id"), BigIntegerField()),
            owed_about=text("title"),
            owed_key=text("public_id"),
            owed_due=later("last_heard", UPDATE_AFTER + DAYS_OF_GRACE),
            owed_since=later("last_heard", UPDATE_AFTER),
            owed_cohort=Cast(F("cohort_id"), BigIntegerField()),
        )
        .filter(owed_since__lte=Now())
    )


def goals_owed() -> QuerySet:
    return ProjectMembership.objects.filter(learning_goal="", project__state__in=TEAM_CHANGES).annotate(
        owed_by=Cast(F("person_id"), BigIntegerField()),
        owed_about=text("project__title"),
        owed_key=text("project__public_id"),
        owed_due=later("joined_at", GOAL_WITHIN),
        owed_since=F("joined_at"),
        owed_cohort=Cast(F("project__cohort_id"), BigIntegerField()),
    )


def whom_on_which() -> Coalesce:
    """Who it is, and on which project; to whoever may not read who, as the task that reminds, the project alone."""
    both = Concat(F("name"), Value(" ("), F("project__title"), Value(")"), output_field=TextField())
    entry = StakeholderEntry.objects.filter(stakeholder=OuterRef("pk")).annotate(both=both)
    return Coalesce(Subquery(entry.values("both")[:1]), text("project__title"))


def steps_owed() -> QuerySet:
    """Next steps with stakeholders, by the one of the team who leads the relationship; none while the project is paused."""
    return (
        Stakeholder.objects.filter(step_due__isnull=False, lead__isnull=False)
        .exclude(project__state__in=(*ENDED, ProjectState.PAUSED))
        .annotate(
            owed_by=Cast(F("lead__person_id"), BigIntegerField()),
            owed_about=whom_on_which(),
            owed_key=text("public_id"),
            owed_due=last_minute_of("step_due"),
            owed_since=F("step_set_at"),
            owed_cohort=Cast(F("project__cohort_id"), BigIntegerField()),
        )
    )


def relationships_owed() -> QuerySet:
    """Stakeholders whose relationship nobody leads since somebody left the team: by the project's lead."""
    return (
        Stakeholder.objects.filter(lead__isnull=True, project__memberships__is_lead=True)
        .exclude(project__state__in=ENDED)
        .annotate(unled=Coalesce("unled_at", "added_at"))
        .annotate(
            owed_by=Cast(F("project__memberships__person_id"), BigIntegerField()),
            owed_about=whom_on_which(),
            owed_key=text("public_id"),
            owed_due=later("unled", NEW_LEAD_WITHIN),
            owed_since=F("unled"),
            owed_cohort=Cast(F("project__cohort_id"), BigIntegerField()),
        )
    )


def map_questions_owed() -> QuerySet:
    """What somebody asks of a project's stakeholder map, by the project's lead; also once the project is over. Not who asks."""
    return MapQuestion.objects.filter(answered_at__isnull=True, project__memberships__is_lead=True).annotate(
        owed_by=Cast(F("project__memberships__person_id"), BigIntegerField()),
        owed_about=text("project__title"),
        owed_key=text("public_id"),
        owed_due=F("answer_by"),
        owed_since=F("asked_at"),
        owed_cohort=Cast(F("project__cohort_id"), BigIntegerField()),
    )


def page(name: str, slug: str, key: str) -> str:
    return reverse(f"projects:{name}", kwargs={"tenant": slug, "public_id": key})


SOURCES = (
    ObligationSource(
        kind="projects.decision",
        label=_("Decide on the project “{about}”"),
        board_label=_("Project decisions"),
        rows=decisions_owed,
        path=lambda slug, key: page("project-decide", slug, key),
        link_purpose=DECISION,
        ends=_("The sponsor approves, sends back or declines, or the team takes the proposal back."),
    ),
    ObligationSource(
        kind="projects.update",
        label=_("Post an update on “{about}”"),
        board_label=_("Project updates"),
        rows=updates_owed,
        path=lambda slug, key: page("project-update", slug, key),
        ends=_("Any member of the team posts an update, or the project is paused or ends."),
    ),
    ObligationSource(
        kind="projects.goal",
        label=_("Say what you want to learn from “{about}”"),
        board_label=_("Learning goals"),
        rows=goals_owed,
        path=lambda slug, key: page("project-goal", slug, key),
        ends=_("The member writes a learning goal or leaves the team."),
    ),
    ObligationSource(
        kind="projects.stakeholder_step",
        label=_("Take your next step with a stakeholder: {about}"),
        board_label=_("Next steps with stakeholders"),
        rows=steps_owed,
        path=lambda slug, key: page("stakeholder-detail", slug, key),
        ends=_("Any member of the team writes down what came of it, or the step is taken away."),
        private=True,
    ),
    ObligationSource(
        kind="projects.map_question",
        label=_("Answer somebody about your stakeholder map: {about}"),
        board_label=_("Questions about stakeholder maps"),
        rows=map_questions_owed,
        path=lambda slug, key: page("map-question", slug, key),
        ends=_("Any member of the team says that whoever asked has been answered."),
    ),
    ObligationSource(
        kind="projects.stakeholder_lead",
        label=_("Say who leads the relationship, since somebody left: {about}"),
        board_label=_("Relationships with stakeholders that nobody leads"),
        rows=relationships_owed,
        path=lambda slug, key: page("stakeholder-edit", slug, key),
        ends=_("Somebody on the team is named, the stakeholder is deleted, or the project ends."),
        private=True,
    ),
)


def register() -> None:
    for source in SOURCES:
        obligation_sources.register(source.kind, source)
