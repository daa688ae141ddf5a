"""Figures of the network survey, for the page of staff and the cohort report alike: from what a count kept, and nothing finer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from outcomes.disclosure import Thresholds
from outcomes.models import NetworkChange, NetworkMetric, NetworkWave, NetworkWaveKind, Relation
from outcomes.selectors import network_changes, network_metrics
from outcomes.services.aggregates import thresholds_of_tenant
from outcomes.services.network_counts import PROVISIONAL, WITHHELD


def network_figures(cohort_id: int) -> list[dict[str, Any]]:
    """Of the waves that have been counted."""
    metrics = network_metrics(cohort_id)
    if not metrics:
        return []
    changes = network_changes(cohort_id)
    limits = thresholds_of_tenant()
    makers = (
        response_figure,
        density_figure,
        crossing_figure,
        organisation_figure,
        sector_figure,
        reciprocity_figure,
        between_figure,
    )
    return [
        *(make(metrics, limits) for make in makers),
        *(
            change_figure([c for c in changes if c.wave_id == wave], limits)
            for wave in dict.fromkeys(c.wave_id for c in changes)
        ),
        *([kept_figure(changes, limits)] if changes else []),
    ]


def wave_name(wave: NetworkWave) -> str:
    return str(NetworkWaveKind(wave.kind).label)


def waves_of(metrics: list[NetworkMetric]) -> list[NetworkWave]:
    return list({m.wave_id: m.wave for m in metrics}.values())


def of_wave(metrics: list[NetworkMetric], wave: NetworkWave) -> dict[str, NetworkMetric]:
    return {m.relation: m for m in metrics if m.wave_id == wave.pk}


def withheld() -> str:
    return str(_("not shown"))


def percent(value: int | None) -> str:
    return withheld() if value is None else f"{value}%"


def decimals(value: float | None, form: str) -> str:
    return withheld() if value is None else format(value, form)


def asked_and_answered(metrics: list[NetworkMetric]) -> str:
    """Behind every figure: how many could answer, and did."""
    firsts = [of_wave(metrics, wave)[Relation.KNOW] for wave in waves_of(metrics)]
    return " ".join(
        _("%(wave)s: %(answered)d of %(invited)d answered.")
        % {"wave": wave_name(m.wave), "answered": m.answered, "invited": m.invited}
        for m in firsts
    )


def missing() -> str:
    return str(
        _(
            "Whoever didn’t answer stays in: what others say of them counts, and what they could have said is neither a tie"
            " nor the lack of one. Who left the cohort before the count is in no figure."
        )
    )


def note(metrics: list[NetworkMetric], limits: Thresholds) -> str:
    provisional = [wave_name(w) for w in waves_of(metrics) if of_wave(metrics, w)[Relation.KNOW].response < PROVISIONAL]
    words = [
        _("Provisional, as fewer than 80%% answered: %(waves)s.") % {"waves": ", ".join(provisional)}
        if provisional
        else "",
        _(
            "Not shown where fewer than %(mean)d people answered, or where either part of a whole is told of by fewer than"
            " %(count)d of them."
        )
        % {"mean": limits.mean, "count": limits.count},
    ]
    return " ".join(word for word in words if word)


def across(metrics: list[NetworkMetric], show: Callable[[NetworkMetric], str]) -> dict[str, Any]:
    """A row a wave, a column a relation."""
    return {
        "header": [_("Asked"), *(str(label) for label in Relation.labels)],
        "rows": [
            [wave_name(wave), *(show(of_wave(metrics, wave)[relation]) for relation in Relation.values)]
            for wave in waves_of(metrics)
        ],
    }


def response_figure(metrics: list[NetworkMetric], limits: Thresholds) -> dict[str, Any]:
    firsts = [of_wave(metrics, wave)[Relation.KNOW] for wave in waves_of(metrics)]
    return {
        "key": "network-response",
        "title": asked_and_answered(metrics),
        "definition": _(
            "People who sent their answers to the network survey before it closed, of those on its list who hadn’t left the"
            " cohort. Each was asked of every other: in the last three months, do you know them, have you asked them for advice,"
            " have you worked with them?"
        ),
        "kind": "attendance",
        "data": [[wave_name(m.wave), m.answered, m.invited] for m in firsts],
    }


def density_figure(metrics: list[NetworkMetric], limits: Thresholds) -> dict[str, Any]:
    shown = [m for m in metrics if m.relation == Relation.WORK and m.density is not None]
    title = _("How many of all possible ties there are")
    if shown:
        title = _("%(wave)s, %(share)d%% of all possible ties of working together are there") % {
            "wave": wave_name(shown[-1].wave),
            "share": shown[-1].density,
        }
    return {
        "key": "network-density",
        "title": title,
        "definition": _(
            "Density: ties named, of all that could have been named: with everybody’s answers ties / n(n − 1), directed. To the"
            " nearest whole per cent. %(missing)s %(people)s Source: Wasserman and Faust 1994, Social Network Analysis, chapter 4."
        )
        % {"missing": missing(), "people": asked_and_answered(metrics)},
        "kind": "table",
        "data": across(metrics, lambda m: percent(m.density)),
        "note": note(metrics, limits),
    }


def reciprocity_figure(metrics: list[NetworkMetric], limits: Thresholds) -> dict[str, Any]:
    return {
        "key": "network-reciprocity",
        "title": _("How often both name each other"),
        "definition": _(
            "Reciprocity of pairs (dyads, not arcs): pairs in which both name each other, of pairs in which at least one does, among"
            " those of whom both answered. To the nearest five per cent. %(people)s Source: Wasserman and Faust 1994, chapter 13."
        )
        % {"people": asked_and_answered(metrics)},
        "kind": "table",
        "data": across(metrics, lambda m: percent(m.reciprocity)),
        "note": note(metrics, limits),
    }


def crossing_figure(metrics: list[NetworkMetric], limits: Thresholds) -> dict[str, Any]:
    def parts(m: NetworkMetric) -> list[int | None]:
        return [m.cross_ties, m.own_ties]

    def named(m: NetworkMetric) -> str:
        return f"{wave_name(m.wave)}: {str(Relation(m.relation).label).lower()}"

    def share(m: NetworkMetric) -> str:
        both = (m.cross_ties or 0) + (m.own_ties or 0)
        return percent(5 * round(20 * m.cross_ties / both)) if both and m.cross_ties is not None else withheld()

    return {
        "key": "network-crossing",
        "title": _("Ties to other organisations, and within one’s own"),
        "definition": _(
            "Ties that lead to somebody who was at another organisation, and to somebody at one’s own, as people were placed when"
            " they were asked; about, to the nearest five. %(missing)s %(people)s"
        )
        % {"missing": missing(), "people": asked_and_answered(metrics)},
        "kind": "share",
        "data": {
            "series": [_("To other organisations"), _("Within one’s own")],
            "rows": [[named(m), parts(m)] for m in metrics],
        },
        "table": {
            "header": [_("Ties"), _("To other organisations"), _("Within one’s own"), _("Share across")],
            "rows": [[named(m), m.cross_ties, m.own_ties, share(m)] for m in metrics],
        },
        "note": note(metrics, limits),
    }


def index_rows(metrics: list[NetworkMetric], name: str) -> dict[str, Any]:
    return {
        "header": [_("Ties"), _("E-I index"), _("Expected at random"), _("p")],
        "rows": [
            [
                f"{wave_name(m.wave)}: {str(Relation(m.relation).label).lower()}",
                decimals(getattr(m, f"ei_{name}"), "+.1f"),
                decimals(getattr(m, f"ei_{name}_expected"), "+.2f"),
                chance(getattr(m, f"ei_{name}_p")),
            ]
            for m in metrics
        ],
    }


def chance(p: float | None) -> str:
    if p is None:
        return withheld()
    return "<0.01" if p < 0.01 else f"{p:.2f}"


def index_definition(metrics: list[NetworkMetric]) -> str:
    return _(
        "E-I index: (external − internal) / (external + internal) ties, from −1 (all within) to +1 (all between). How far it can"
        " reach depends on the sizes of the groups, so beside it stands what the same ties would give if they fell to people at"
        " random, and p: how often groups dealt out anew 2,000 times (with a fixed seed) lie at least as far from that, either way."
        " Source: Krackhardt and Stern 1988, doi 10.2307/2786835; the test as in UCINET. %(missing)s %(people)s"
    ) % {"missing": missing(), "people": asked_and_answered(metrics)}


def organisation_figure(metrics: list[NetworkMetric], limits: Thresholds) -> dict[str, Any]:
    return {
        "key": "network-ei-organisation",
        "title": _("Do ties lead across organisations?"),
        "definition": index_definition(metrics),
        "kind": "table",
        "data": index_rows(metrics, "organisation"),
        "note": note(metrics, limits),
    }


def sector_figure(metrics: list[NetworkMetric], limits: Thresholds) -> dict[str, Any]:
    return {
        "key": "network-ei-sector",
        "title": _("Do ties lead across sectors?"),
        "definition": index_definition(metrics),
        "kind": "table",
        "data": index_rows(metrics, "sector"),
        "note": note(metrics, limits),
    }


def between_figure(metrics: list[NetworkMetric], limits: Thresholds) -> dict[str, Any]:
    return {
        "key": "network-betweenness",
        "title": _("How far the network leans on few people"),
        "definition": _(
            "Betweenness centralisation: 0%% where nobody stands between others more than anybody else, 100%% where every shortest way"
            " leads through one person. To the nearest five per cent. Each person’s own is shown to them alone. Betweenness is"
            " sensitive to missing answers, so it isn’t shown under %(share)d%% response, nor with fewer than %(least)d answers."
            " %(people)s Sources: Freeman 1978, doi 10.1016/0378-8733(78)90021-7; on missing answers Smith and Moody 2013,"
            " pmc.ncbi.nlm.nih.gov/articles/PMC3846431."
        )
        % {"share": round(100 * WITHHELD), "least": limits.breakdown, "people": asked_and_answered(metrics)},
        "kind": "table",
        "data": across(metrics, lambda m: percent(m.centralisation)),
        "note": note(metrics, limits),
    }


def people_of(changes: list[NetworkChange]) -> str:
    c = changes[0]
    if c.people is None or c.answered is None:
        return str(_("Too few people are in both to compare."))
    return _("On both lists: %(people)d people, of whom %(answered)d answered both times; only they are compared.") % {
        "people": c.people,
        "answered": c.answered,
    }


def change_note(limits: Thresholds) -> str:
    return _(
        "Not shown where fewer than %(mean)d people answered both times, where either part of a whole is told of by fewer than"
        " %(count)d of them, or where the few who answered once only could be told from the difference."
    ) % {"mean": limits.mean, "count": limits.count}


def change_figure(changes: list[NetworkChange], limits: Thresholds) -> dict[str, Any]:
    """One wave and the one before it, on the people in both."""
    first = changes[0]
    words = {"before": wave_name(first.earlier), "after": wave_name(first.wave)}
    return {
        "key": f"network-change-{first.wave.kind}",
        "title": _("The same people: “%(before)s” and “%(after)s”") % words,
        "definition": _(
            "Density in per cent and the share of ties that lead to other organisations, of the people who are in both waves."
            " %(people)s %(missing)s"
        )
        % {"people": people_of(changes), "missing": missing()},
        "kind": "change",
        "data": {
            "rows": [[str(Relation(c.relation).label), c.density_before, c.density_after, c.answered] for c in changes],
            "scale": [0, 100],
        },
        "table": {
            "header": [
                _("Ties"),
                _("Density: %(wave)s") % {"wave": words["before"].lower()},
                _("Density: %(wave)s") % {"wave": words["after"].lower()},
                _("Across organisations: %(wave)s") % {"wave": words["before"].lower()},
                _("Across organisations: %(wave)s") % {"wave": words["after"].lower()},
            ],
            "rows": [
                [
                    str(Relation(c.relation).label),
                    percent(c.density_before),
                    percent(c.density_after),
                    percent(c.cross_before),
                    percent(c.cross_after),
                ]
                for c in changes
            ],
        },
        "note": change_note(limits),
    }


def kept_figure(changes: list[NetworkChange], limits: Thresholds) -> dict[str, Any]:
    """What H6 asks: whether partnerships are kept up."""
    waves = list({c.wave_id: c for c in changes}.values())
    shown = [c for c in changes if c.relation == Relation.WORK and c.kept is not None]
    title = _("How many ties were kept up")
    if shown:
        words = {"share": shown[-1].kept, "wave": wave_name(shown[-1].earlier).lower()}
        title = _("About %(share)d%% of the ties of working together named “%(wave)s” were kept up") % words
    of = {(c.wave_id, c.relation): c for c in changes}
    return {
        "key": "network-kept",
        "title": title,
        "definition": _(
            "Ties named in one wave that the same people named again in the next, of those who answered both times about people on"
            " both lists; to the nearest five per cent. %(people)s"
        )
        % {"people": " ".join(f"{wave_name(c.wave)}: {people_of([c])}" for c in waves)},
        "kind": "table",
        "data": {
            "header": [_("From one wave to the next"), *(str(label) for label in Relation.labels)],
            "rows": [
                [
                    _("“%(before)s” to “%(after)s”") % {"before": wave_name(c.earlier), "after": wave_name(c.wave)},
                    *(percent(of[c.wave_id, relation].kept) for relation in Relation.values),
                ]
                for c in waves
            ],
        },
        "note": change_note(limits),
    }
