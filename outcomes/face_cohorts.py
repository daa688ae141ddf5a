"""What surveys add where cohorts are copied, compared and opened."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.comparing import Cell, Comparison, comparisons
from cohorts.copying import CopiedLine, CopySource, copy_sources
from cohorts.models import Cohort
from cohorts.readiness import ReadyLine, ready_sources
from cohorts.shifting import Shift
from outcomes.models import Indicator, Survey, SurveyInvitation
from outcomes.services.surveys import copy_survey
from tenancy.actors import Actor
from tenancy.models import Tenant


def survey_lines(cohort: Cohort, shift: Shift) -> list[CopiedLine]:
    """Each survey with its statements; when its waves would be asked, which is for staff to do: nothing is sent by itself."""
    found = []
    for survey in Survey.objects.filter(cohort=cohort).prefetch_related("waves").order_by("pk"):
        found.append(CopiedLine(_("The survey “%(name)s” with its statements") % {"name": survey.name}, None, None))
        for wave in survey.waves.all():
            was = timezone.localtime(wave.opens_at).date()
            found.append(
                CopiedLine(
                    _("“%(name)s”, %(wave)s") % {"name": survey.name, "wave": wave.get_kind_display().lower()},
                    was,
                    shift.move(was).day,
                    _("You open it yourselves when the day comes."),
                )
            )
    return found


def copy_surveys(source: Cohort, cohort: Cohort, by: Actor) -> None:
    for survey in Survey.objects.filter(cohort=source).order_by("pk"):
        copy_survey(survey=survey, cohort=cohort, by=by)


def answered(cohorts: Sequence[Cohort], tenant: Tenant) -> dict[int, list[Cell]]:
    rows = (
        SurveyInvitation.objects.filter(wave__survey__cohort__in=[row.pk for row in cohorts])
        .order_by("wave__survey__cohort")
        .values_list("wave__survey__cohort")
        .annotate(
            surveys=Count("wave__survey", distinct=True),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            asked=Count("pk"),
        )
    )
    found = {cohort: (surveys, n, asked) for cohort, surveys, n, asked in rows}
    listed = reverse("outcomes:survey-list", kwargs={"tenant": tenant.slug})
    return {
        row.pk: [
            Cell(
                str(found[row.pk][0]),
                f"{listed}?cohort={row.public_id}",
                _("in all, %(n)d of %(all)d answers in") % {"n": found[row.pk][1], "all": found[row.pk][2]},
            )
        ]
        for row in cohorts
        if row.pk in found
    }


def survey_is_ready(cohort: Cohort, tenant: Tenant) -> list[ReadyLine]:
    ready = Indicator.objects.filter(survey__cohort=cohort).exists()
    listed = reverse("outcomes:survey-list", kwargs={"tenant": tenant.slug})
    return [
        ReadyLine(
            _("A survey is ready to be asked before it starts"),
            ready,
            f"{listed}?cohort={cohort.public_id}",
            _("This cohort has no survey yet."),
            position=25,
        )
    ]


copy_sources.register("outcomes.surveys", CopySource(survey_lines, copy_surveys))
comparisons.register("outcomes.surveys", Comparison(gettext_lazy("Surveys"), 70, answered))
ready_sources.register("outcomes.surveys", survey_is_ready)
