"""What the report says of outcomes: before and after, and who answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from outcomes.disclosure import Thresholds
from outcomes.models import Domain, Survey, WaveKind
from outcomes.services.aggregates import (
    ChangeLine,
    PairedResults,
    SectorLine,
    paired_results,
    response_by_sector,
    thresholds_of_tenant,
    wave_counts,
)
from tenancy.actors import Actor

SYSTEM = Actor.system("cohort report")


def report_figures(cohort_id: int) -> list[dict[str, Any]]:
    """Figures of the cohort's surveys whose waves have closed. Whoever asks for the report was checked by then."""
    surveys = (
        Survey.objects.filter(cohort_id=cohort_id).select_related("cohort").prefetch_related("waves", "indicators")
    )
    figures: list[dict[str, Any]] = []
    for survey in sorted(surveys, key=lambda s: s.pk):
        results = paired_results(survey=survey, by=SYSTEM)
        if results is not None:
            figures += paired_figures(survey, results)
        figures += response_figures(survey)
    return figures


def paired_figures(survey: Survey, results: PairedResults) -> list[dict[str, Any]]:
    """The domains, which way people moved, then the statements domain by domain."""
    domains = list(dict.fromkeys(line.domain for line in results.lines))
    return [
        domain_figure(survey, results),
        *([kind_figure(survey, results)] if results.kinds else []),
        direction_figure(survey, results),
        *(statement_figure(survey, results, domain) for domain in domains),
    ]


def interval(line: ChangeLine) -> str:
    if line.low is None or line.high is None:
        return _("not shown")
    return _("%(low)s to %(high)s") % {"low": f"{line.low:+.1f}", "high": f"{line.high:+.1f}"}


def cell(value: float | None, form: str = ".1f") -> str:
    return _("not shown") if value is None else format(value, form)


def change_table(lines: list[ChangeLine]) -> dict[str, Any]:
    header = [
        _("Measure"),
        _("Before"),
        _("After"),
        _("Change"),
        _("95% interval"),
        _("Effect size (d_z)"),
        _("People who answered both"),
    ]
    rows = [
        [
            line.text,
            cell(line.before),
            cell(line.after),
            cell(line.change, "+.1f"),
            interval(line),
            cell(line.dz),
            line.n,
        ]
        for line in lines
    ]
    return {"header": header, "rows": rows}


def people(results: PairedResults) -> str:
    before, after = results.counts
    paired = _("fewer than %(n)d") % {"n": results.thresholds.count} if results.paired is None else str(results.paired)
    return _(
        "Before: %(a1)d of %(i1)d invited answered. After: %(a2)d of %(i2)d. Both: %(paired)s, and only they are compared."
    ) % {"a1": before.answered, "i1": before.invited, "a2": after.answered, "i2": after.invited, "paired": paired}


def suppression_note(limits: Thresholds) -> str:
    return _(
        "Averages of fewer than %(mean)d people and counts under %(count)d are not shown, nor is any figure from which one of"
        " these could be worked out."
    ) % {"mean": limits.mean, "count": limits.count}


def headline(lines: list[ChangeLine], limits: Thresholds) -> str:
    """The answer in words: the domain that moved most, if any is shown."""
    seen = [line for line in lines if line.change is not None]
    if not seen and any(line.n is not None and line.n >= limits.mean for line in lines):
        # Enough answered both, but those who answered one only are so few that their answers could be worked out.
        return _("Not shown: a few people’s own answers could be worked out")
    if not seen:
        return _("Too few people answered both surveys to compare")
    most = max(seen, key=lambda line: line.change or 0)
    if (most.change or 0) <= 0:
        return _("No domain is rated higher after than before")
    return _("%(domain)s is rated %(change)s points higher after than before") % {
        "domain": most.text,
        "change": f"{most.change:.1f}",
    }


def change_data(lines: list[ChangeLine]) -> dict[str, Any]:
    return {"rows": [[line.text, line.before, line.after, line.n] for line in lines], "scale": [1, 5]}


def domain_figure(survey: Survey, results: PairedResults) -> dict[str, Any]:
    lines = [line for line in results.lines if line.is_domain]
    return {
        "key": f"change-domains-{survey.public_id}",
        "title": headline(lines, results.thresholds),
        "definition": _(
            "Mean rating, from 1 (not yet true of me) to 5 (completely true of me), over the statements of each domain of"
            " “%(survey)s”, by the same people before and after. The 95%% interval is that of the mean change (Student’s t);"
            " d_z is the mean change divided by the standard deviation of the changes. %(people)s"
        )
        % {"survey": survey.name, "people": people(results)},
        "kind": "change",
        "data": change_data(lines),
        "table": change_table(lines),
        "note": suppression_note(results.thresholds),
    }


def kind_figure(survey: Survey, results: PairedResults) -> dict[str, Any]:
    return {
        "key": f"change-kinds-{survey.public_id}",
        "title": _("What people do, are able to do and know: before and after"),
        "definition": _(
            "As for the domains, by the kind that staff said each statement is of; a statement of no kind counts in none. %(people)s"
        )
        % {"people": people(results)},
        "kind": "change",
        "data": change_data(results.kinds),
        "table": change_table(results.kinds),
        "note": suppression_note(results.thresholds),
    }


def statement_figure(survey: Survey, results: PairedResults, domain: str) -> dict[str, Any]:
    every = [line for line in results.lines if not line.is_domain]
    lines = [line for line in every if line.domain == domain]
    return {
        "key": f"change-{domain}-{survey.public_id}",
        "title": _("%(domain)s: before and after, by statement") % {"domain": Domain(domain).label},
        "definition": _(
            "As for the domains, for each statement. Of the %(n)d statements in all, one or two intervals that leave out 0 are to"
            " be expected by chance alone: read them together. %(people)s"
        )
        % {"n": len(every), "people": people(results)},
        "kind": "change",
        "data": change_data(lines),
        "table": change_table(lines),
        "note": suppression_note(results.thresholds),
    }


def direction_figure(survey: Survey, results: PairedResults) -> dict[str, Any]:
    """Two parts in the picture, as a withheld count beside a shown one would leave it empty; three in the table.

    The title names no domain where one is withheld: that may be the very one in which nearly everybody moved."""
    title = _("How many people moved, and which way")
    if results.paired and all(d.up is not None for d in results.directions):
        most = max(results.directions, key=lambda d: d.up or 0)
        words = {"up": most.up, "all": results.paired, "domain": most.domain}
        title = _("%(up)d of %(all)d people rate themselves higher in %(domain)s") % words
    return {
        "key": f"change-directions-{survey.public_id}",
        "title": title,
        "definition": _(
            "Of the people who answered both surveys: up or down means that their own mean rating of the domain changed by a"
            " quarter of a point or more. %(people)s"
        )
        % {"people": people(results)},
        "kind": "share",
        "data": {
            "series": [_("Up"), _("About the same, or down")],
            "rows": [
                [d.domain, [None, None] if d.up is None or not results.paired else [d.up, results.paired - d.up]]
                for d in results.directions
            ],
        },
        "table": {
            "header": [_("Domain"), _("Up"), _("About the same"), _("Down"), _("People who answered both")],
            "rows": [[d.domain, d.up, d.same, d.down, results.paired] for d in results.directions],
        },
        "note": suppression_note(results.thresholds),
    }


def response_figures(survey: Survey) -> list[dict[str, Any]]:
    """Response rates of the waves that have closed, and who answered by sector."""
    waves = [w for w in survey.waves.all() if w.is_closed]
    for wave in waves:
        wave.survey = survey
    if not waves:
        return []
    counts = wave_counts(waves)
    names = {w.pk: str(WaveKind(w.kind).label) for w in waves}
    figures: list[dict[str, Any]] = [
        {
            "key": f"response-{survey.public_id}",
            "title": ", ".join(
                _("%(wave)s: %(share)d%% answered") % {"wave": names[w.pk], "share": counts[w.pk].share} for w in waves
            ),
            "definition": _("People who sent their answers to “%(survey)s” before it closed, of all who were invited.")
            % {"survey": survey.name},
            "kind": "attendance",
            "data": [[names[w.pk], counts[w.pk].answered, counts[w.pk].invited] for w in waves],
            "table": {
                "header": [_("Survey"), _("Answered"), _("Invited"), _("Share")],
                "rows": [
                    [names[w.pk], counts[w.pk].answered, counts[w.pk].invited, f"{counts[w.pk].share}%"] for w in waves
                ],
            },
        }
    ]
    lines = response_by_sector(waves, by=SYSTEM)
    return [*figures, sector_figure(survey, [names[w.pk] for w in waves], lines)]


def sector_figure(survey: Survey, waves: list[str], lines: list[SectorLine]) -> dict[str, Any]:
    return {
        "key": f"response-sectors-{survey.public_id}",
        "title": _("Who answered, by sector"),
        "definition": _(
            "People who sent their answers, by the sector of the organisation that sent them. Sectors where fewer than"
            " %(least)d answered are not shown, nor is any other from which theirs could be worked out."
        )
        % {"least": thresholds_of_tenant().breakdown},
        "kind": "table",
        "data": {"header": [_("Sector"), *waves], "rows": [[line.sector, *line.answered] for line in lines]},
    }
