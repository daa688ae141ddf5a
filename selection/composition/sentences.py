"""A reason in one sentence. Names and what a rule is called are the caller's; sentences are translated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.composition.problem import Rule
from selection.composition.promotion import Promotion
from selection.composition.results import (
    Cause,
    Explanation,
    Explanations,
    Fault,
    FaultKind,
    Limit,
    Miss,
    Reason,
    Side,
)

RuleName = Callable[[Rule], str]
HUNDREDTH = Decimal("0.01")
# Of more people than this, the rest are counted.
NAMED = 3


def sentence(
    explanation: Explanation,
    told: Explanations,
    *,
    names: Mapping[str, str],
    rule_name: RuleName,
    seen: Collection[str] = (),
) -> str:
    """Why one person is in or out, such as “In at number 31, in place of Ann Lee: health must have at least 9 …”.

    `names` are people's by key; `rule_name` says whom a rule is about, as the subject of a sentence: “health”, “Essex Police”. Those in
    `seen` (keys) come before everybody else whatever their points, so a price that has fewer of them in isn't said in points.
    """
    place: dict[str, int | str] = {"rank": explanation.rank, "places": told.places}
    match explanation.reason:
        case Reason.IN_BY_RANK:
            said = ngettext(
                "In by rank: number %(rank)d for %(places)d place",
                "In by rank: number %(rank)d for %(places)d places",
                told.places,
            )
        case Reason.OUT_BY_RANK:
            said = ngettext(
                "Out by rank: number %(rank)d for %(places)d place",
                "Out by rank: number %(rank)d for %(places)d places",
                told.places,
            )
        case Reason.IN_BY_DECISION:
            said = _("In by decision; number %(rank)d by rank")
        case Reason.OUT_BY_DECISION:
            said = _("Out by decision; number %(rank)d by rank")
        case Reason.IN_AFTER_DECISIONS:
            said = _("In at number %(rank)d: a decision about somebody ranked above left a place free")
        case Reason.OUT_AFTER_DECISIONS:
            said = _("Out at number %(rank)d: somebody ranked below was brought in by decision")
        case Reason.IN_BY_RULE:
            said = _("In at number %(rank)d, in place of %(other)s: %(causes)s")
            place |= {"other": names[explanation.in_place_of or ""], "causes": _causes(explanation, rule_name)}
        case Reason.OUT_BY_RULE:
            said = _("Out at number %(rank)d: %(causes)s")
            place |= {"causes": _causes(explanation, rule_name)}
    text = said % place
    if price := _price(explanation, names, seen):
        text = _("%(reason)s; %(price)s") % {"reason": text, "price": price}
    return _("%(sentence)s.") % {"sentence": text}


def _causes(explanation: Explanation, rule_name: RuleName) -> str:
    if len(explanation.causes) == 1:
        return _cause(explanation.causes[0], rule_name)
    causes = listed(limit_in_words(cause.limit, rule_name) for cause in explanation.causes)
    if explanation.some:
        return _("by some of these rules together, %(causes)s") % {"causes": causes}
    if explanation.together:
        return _("by these rules together, %(causes)s") % {"causes": causes}
    return _("by each of these rules, %(causes)s") % {"causes": causes}


def _cause(cause: Cause, rule_name: RuleName) -> str:
    limit = cause.limit
    numbers = {"group": rule_name(limit.rule), "number": limit.number, "by_rank": cause.by_rank}
    if limit.side is Side.FLOOR and cause.by_rank < limit.number:
        return _("%(group)s must have at least %(number)d and would have %(by_rank)d by rank") % numbers
    if limit.side is Side.CEILING and cause.by_rank > limit.number:
        return _("%(group)s may have at most %(number)d and would have %(by_rank)d by rank") % numbers
    return limit_in_words(limit, rule_name)


def limit_in_words(limit: Limit, rule_name: RuleName) -> str:
    numbers = {"group": rule_name(limit.rule), "number": limit.number}
    if limit.side is Side.FLOOR:
        return _("%(group)s must have at least %(number)d") % numbers
    return _("%(group)s may have at most %(number)d") % numbers


def _price(explanation: Explanation, names: Mapping[str, str], seen: Collection[str]) -> str:
    """What the total would lose, and who'd change places, with the person on the other side."""
    if explanation.at_least is not None:
        # somebody seen at a centre is worth more than any points: how many of the bound are points isn't known
        return "" if seen else _at_least(explanation)
    by_rule = explanation.reason in (Reason.IN_BY_RULE, Reason.OUT_BY_RULE)
    if explanation.change is None or explanation.price is None:
        if not by_rule:
            return ""
        if explanation.is_in:
            return _("no choice that keeps the rules does without them")
        return _("no choice that keeps the rules has room for them")
    change = explanation.change
    fewer = sum(key in seen for key in change.goes_out) - sum(key in seen for key in change.comes_in)
    there = {"total": _fewer(fewer) if fewer > 0 else _lower(explanation.price), "out": "", "in": ""}
    if explanation.is_in:
        there["out"] = listed(names[key] for key in explanation.change.goes_out if key != explanation.key)
        there["in"] = listed(names[key] for key in explanation.change.comes_in)
        if there["out"]:
            return _("without them %(total)s, %(in)s would be in, and %(out)s out") % there
        return _("without them %(total)s, and %(in)s would be in") % there
    there["out"] = listed(names[key] for key in explanation.change.goes_out)
    there["in"] = listed(names[key] for key in explanation.change.comes_in if key != explanation.key)
    if there["in"]:
        return _("with them %(total)s, %(out)s would be out, and %(in)s in") % there
    return _("with them %(total)s, and %(out)s would be out") % there


def _at_least(explanation: Explanation) -> str:
    if not explanation.at_least:
        return ""
    price = {"price": points(explanation.at_least)}
    if explanation.is_in:
        return _("without them the total would be at least %(price)s lower") % price
    return _("with them the total would be at least %(price)s lower") % price


def _fewer(number: int) -> str:
    return ngettext(
        "%(n)d person fewer who was seen at the assessment centre would be in",
        "%(n)d people fewer who were seen at the assessment centre would be in",
        number,
    ) % {"n": number}


def _lower(price: Fraction) -> str:
    if not price:
        return _("the total would be the same")
    return _("the total would be %(price)s lower") % {"price": points(price)}


def points(value: Fraction) -> str:
    """At most two decimals, rounded half up; a price that is something is never shown as nothing."""
    number = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(HUNDREDTH, ROUND_HALF_UP)
    if value and not number:
        return _("less than %(number)s") % {"number": number_format(HUNDREDTH)}
    plain = format(number.normalize(), "f")
    return number_format(plain)


def fault_in_words(fault: Fault, *, rule_name: RuleName) -> str:
    """Why some rules can't be kept by anybody, in one sentence."""
    there = {
        "groups": listed(rule_name(rule) for rule in fault.rules),
        "wanted": fault.wanted,
        "there": fault.there,
    }
    match fault.kind:
        case FaultKind.FEW_PEOPLE:
            return _("%(groups)s must have at least %(wanted)d, and only %(there)d can be chosen.") % there
        case FaultKind.FEW_PLACES:
            return _("Places to fill: %(there)d. %(groups)s must have at least %(wanted)d.") % there
        case FaultKind.LOW_CEILINGS:
            return _("Places to fill: %(wanted)d. With so few of %(groups)s allowed, only %(there)d can be.") % there
        case FaultKind.DECIDED_ABOVE:
            return _("%(groups)s may have at most %(there)d, and %(wanted)d are in by decision.") % there


def miss_in_words(miss: Miss, *, rule_name: RuleName) -> str:
    """By how many the nearest choice misses a rule, in one sentence."""
    there = {"limit": limit_in_words(miss.limit, rule_name), "by": miss.by}
    if miss.limit.side is Side.FLOOR:
        return _("%(limit)s: %(by)d too few.") % there
    return _("%(limit)s: %(by)d too many.") % there


def promotion_in_words(promotion: Promotion, *, limited: bool, names: Mapping[str, str], rule_name: RuleName) -> str:
    """Why this reserve moves up and not one before them, in a sentence or two; `limited` says whether there are any limits."""
    place = {"number": promotion.number}
    if promotion.skipped:
        said = [_("Number %(number)d on the reserve list.") % place]
        by_miss: dict[tuple[Miss, ...], list[str]] = {}
        for each in promotion.skipped:
            by_miss.setdefault(each.misses, []).append(names[each.key])
        said += [
            _("With %(names)s instead: %(misses)s")
            % {"names": listed(people, _("or")), "misses": _all_misses(misses, rule_name)}
            for misses, people in by_miss.items()
        ]
    else:
        said = [_("First on the reserve list.")]
        if limited and not promotion.misses:
            said.append(_("Every limit can be kept."))
    if promotion.misses:
        missed = _all_misses(promotion.misses, rule_name)
        said.append(_("With nobody of the list can every limit be kept: %(misses)s") % {"misses": missed})
    return " ".join(said)


def _all_misses(misses: Iterable[Miss], rule_name: RuleName) -> str:
    return " ".join(miss_in_words(miss, rule_name=rule_name) for miss in misses)


def listed(words: Iterable[str], last: str = "") -> str:
    """“A”, “A and B”, “A, B and C”; of many, the first few and how many more. `last` is another word than “and”."""
    named = list(words)
    if len(named) > NAMED + 1:
        rest = len(named) - NAMED
        return _("%(names)s and %(n)d others") % {"names": ", ".join(named[:NAMED]), "n": rest}
    if len(named) < 2:
        return "".join(named)
    return f"{', '.join(named[:-1])} {last or _('and')} {named[-1]}"
