"""What each assessor takes on in a round, and who must be among an application's assessors."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.transitions import record_change
from engine.versions import save_if_unchanged
from selection.models import AssessorExpertise, AssessorTerms, Criterion, Expertise, SelectionRound
from selection.selectors.assessment import round_assessors
from selection.services.assessment import locked_round
from selection.states import RoundState
from tenancy.actors import Actor
from tenancy.errors import Refused, WrongState
from tenancy.models import Person, Sector

OVER = (RoundState.MODERATING, RoundState.DECIDED)


@transaction.atomic
def set_terms(
    *,
    round: SelectionRound,
    assessor: Person,
    most: int | None,
    sectors: Collection[Sector],
    criteria: Collection[Criterion],
    version: int,
    by: Actor,
) -> AssessorTerms:
    """How many applications an assessor takes at most (None: as many as the others) and what they know. Counts from the next
    allocation on. `version` is that of the terms the page showed, 0 when there were none."""
    round_ = locked_round(round, by)
    _check_running(round_)
    if assessor not in round_assessors(round_):
        raise Refused(_("%(name)s isn’t an assessor of this cohort.") % {"name": assessor.name})
    if most is not None and most < 0:
        raise Refused(_("Enter a whole number of applications from 0 to 500, or nothing"), field="most")
    terms, made = AssessorTerms.objects.get_or_create(round=round_, assessor=assessor, defaults={"most": most})
    if not made:
        save_if_unchanged(terms, version=version, most=most)
    AssessorExpertise.objects.filter(terms=terms).delete()
    AssessorExpertise.objects.bulk_create(
        [
            *(AssessorExpertise(terms=terms, sector=s) for s in sectors),
            *(AssessorExpertise(terms=terms, criterion=c) for c in criteria),
        ]
    )
    record_change(round_, "terms", by=by, reason=_terms_in_words(assessor, most, sectors, criteria))
    return terms


def _terms_in_words(
    assessor: Person, most: int | None, sectors: Collection[Sector], criteria: Collection[Criterion]
) -> str:
    if most is None:
        limit = _("as many as the others")
    else:
        limit = ngettext("at most %(n)d application", "at most %(n)d applications", most) % {"n": most}
    known = ", ".join([*(s.name for s in sectors), *(c.name for c in criteria)])
    return f"{assessor.name}: {limit}{'; ' + known if known else ''}"


@transaction.atomic
def ask_for_expertise(
    *, round: SelectionRound, wants: str, by: Actor, criterion: Criterion | None = None
) -> SelectionRound:
    """Say who must be among an application's assessors. Counts from the next allocation on, and moves nothing given out."""
    round_ = locked_round(round, by)
    _check_running(round_)
    chosen = Expertise(wants)
    if (chosen == Expertise.CRITERION) != (criterion is not None):
        raise Refused(_("Choose who must be among the assessors"), field="wants")
    if criterion is not None and criterion.framework_id != round_.framework_id:
        raise Refused(_("Choose a criterion of this round"), field="wants")
    if (round_.expertise, round_.expertise_criterion_id) == (chosen, criterion.pk if criterion else None):
        return round_
    round_.expertise, round_.expertise_criterion = chosen, criterion
    round_.save(update_fields=["expertise", "expertise_criterion"])
    record_change(round_, "expertise", by=by, reason=criterion.name if criterion else str(chosen.label))
    return round_


def _check_running(round_: SelectionRound) -> None:
    if round_.state in OVER:
        raise WrongState(_("Assessment of this round is over."))
