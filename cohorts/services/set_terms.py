"""When and where somebody can meet: theirs to say. How many sets a facilitator takes: staff's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.emails import send_terms_asked
from cohorts.models import FEATURES, Cohort, FacilitatorCapacity, HalfDay, SetTerms, TermsAsk, TermsSaid
from cohorts.rules import meets_in_sets
from cohorts.selectors.set_terms import asking_of, capacities_of, shown_capacities, silent_people
from cohorts.services.cohorts import check_until, may_run
from engine.transitions import record_change
from engine.versions import save_if_unchanged
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused
from tenancy.models import Person, Role
from tenancy.seen import digest_of, refuse_stale
from tenancy.selectors import people_with_role
from tenancy.turns import take_turns
from tenancy.vocabulary import in_own_words


@transaction.atomic
def ask_for_set_terms(*, cohort: Cohort, until: datetime, by: Actor) -> TermsAsk:
    """Ask those who take part, and facilitators who take sets, to say by a moment when and where they can meet. Who has said it, for
    whatever cohort, isn't asked. Asked twice, it is one; once the moment is past, staff may ask again those who are still silent."""
    may_run(by, cohort)
    take_turns(cohort)
    check_until(until)
    row = asking_of(cohort)
    if row is not None and row.is_open:
        return row
    fields = {"until": until, "asked_by": by.person, "asked_at": timezone.now()}
    row, _made = TermsAsk.objects.update_or_create(cohort=cohort, defaults=fields)
    record_change(cohort, "ask when", by=by)
    send_terms_asked(row, silent_people(cohort.pk), by=by)
    return row


@transaction.atomic
def save_set_terms(*, version: int, never: Sequence[str], needs: Sequence[str], by: Actor) -> SetTerms:
    """Say it for the first time (`version` 0), or change it. That any time will do is an answer too."""
    if by.person is None or not meets_in_sets(by):
        raise NotAllowed(in_own_words(_("Only those who meet in %(sets)s say when they can.")))
    if set(never) - set(HalfDay.values):
        raise Refused(_("Choose from the list"), field="never")
    if set(needs) - set(FEATURES):
        raise Refused(_("Choose from the list"), field="needs")
    if set(never) == set(HalfDay.values):
        raise Refused(_("Leave at least one half-day on which you can"), field="never")
    take_turns(by.person)
    fields = {
        "never": [value for value in HalfDay.values if value in never],
        "needs": [name for name in FEATURES if name in needs],
    }
    row = SetTerms.objects.filter(person=by.person).first()
    if row is None:
        row = SetTerms.objects.create(person=by.person, saved_at=timezone.now(), **fields)
        TermsSaid.objects.create(terms=row, person=by.person)
        return row
    save_if_unchanged(row, version=version, stamps={"saved_at": timezone.now()}, **fields)
    return row


@transaction.atomic
def save_capacities(*, cohort: Cohort, takes: Mapping[Person, int | None], seen: str, by: Actor) -> None:
    """How many sets each facilitator takes of this cohort; with None it isn't said, and the composer gives them no set. `seen` is the
    digest of what the page showed, as `shown_capacities` has it."""
    may_run(by, cohort)
    take_turns(cohort)
    able = {person.pk for person in people_with_role(Role.FACILITATOR, cohort_id=cohort.pk)}
    before = capacities_of(cohort.pk)
    theirs = shown_capacities(takes, before)
    if seen != digest_of(theirs):
        refuse_stale(theirs, {person.public_id: sets for person, sets in takes.items()})
    for person, sets in takes.items():
        if person.pk not in able:
            raise Refused(_("%(name)s isn’t a facilitator here.") % {"name": person.name})
        if sets is not None and not 0 <= sets <= FacilitatorCapacity.MOST:
            raise Refused(_("Enter a number from 0 to %(n)d") % {"n": FacilitatorCapacity.MOST})
        if before.get(person.pk) == sets:
            continue
        if sets is None:
            FacilitatorCapacity.objects.filter(cohort=cohort, person=person).delete()
        else:
            FacilitatorCapacity.objects.update_or_create(cohort=cohort, person=person, defaults={"sets": sets})
        record_change(cohort, "capacity", by=by, reason=f"{person.public_id}: {'–' if sets is None else sets}")
