"""The network survey: staff ask a cohort, people say whom they know, ask and work with, each for themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort
from cohorts.selectors.directory import to_ask
from engine.transitions import record_change
from outcomes.emails import send_network_open
from outcomes.models import NetworkPlace, NetworkWave, NetworkWaveKind, Relation, Tie
from outcomes.rules import asked_in_network, staff
from outcomes.selectors import on_list
from tenancy.actors import Actor
from tenancy.errors import NotAllowed, Refused, WrongState

# A network of fewer has no figure that could be shown, and nobody to name.
FEWEST = 2


def may_ask(by: Actor, obj: object) -> None:
    if by.kind != "system" and not staff(by, obj):
        raise NotAllowed(_("You can’t do this."))


@transaction.atomic
def open_network_wave(*, cohort: Cohort, kind: str, purpose: str, closes_at: datetime, by: Actor) -> NetworkWave:
    """Ask everyone who takes part in the cohort until `closes_at`. The list is of those who take part now; who joins later is asked by
    `ask_joiners`. Waves come in their order, each once the one before it has closed."""
    may_ask(by, cohort)
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
    now = timezone.now()
    if closes_at <= now:
        raise Refused(_("The closing date must be in the future."), field="closes_on")
    refuse_out_of_turn(cohort, kind)
    try:
        with transaction.atomic():
            wave = NetworkWave.objects.create(
                cohort=cohort, kind=kind, purpose=purpose.strip(), opens_at=now, closes_at=closes_at
            )
    except IntegrityError as error:
        raise WrongState(_("This wave has already been opened.")) from error
    if put_on_list(wave, by=by) < FEWEST:
        raise Refused(_("Fewer than two people take part in this cohort, so there’s nobody to ask about."))
    record_change(wave, "open", by=by)
    return wave


def refuse_out_of_turn(cohort: Cohort, kind: str) -> None:
    waves = list(NetworkWave.objects.filter(cohort=cohort))
    if any(wave.kind == kind for wave in waves):
        raise WrongState(_("This wave has already been opened."))
    if not all(wave.is_closed for wave in waves):
        raise WrongState(_("Another wave is still open. Close it first."))
    order = NetworkWaveKind.values
    if any(order.index(wave.kind) > order.index(kind) for wave in waves):
        raise WrongState(_("A later wave has been asked already."))


@transaction.atomic
def ask_joiners(*, wave: NetworkWave, by: Actor) -> int:
    """Put those who have joined the cohort since on the list, and ask them. Returns how many. Whoever had answered wasn't asked about them:
    what they didn't say of them counts in no figure, until they send their answers again."""
    may_ask(by, wave)
    wave = lock_open_network(wave)
    asked = put_on_list(wave, by=by)
    if asked:
        record_change(wave, "invite", by=by, reason=str(asked))
    return asked


def put_on_list(wave: NetworkWave, *, by: Actor) -> int:
    """The people now on the cohort who aren't on the wave's list, with where they work now; alumni too, as the last wave follows the end,
    unless they're away."""
    joined = [p.person for p in to_ask(wave.cohort_id).exclude(person__in=wave.places.values("person_id"))]
    now = timezone.now()
    NetworkPlace.objects.bulk_create(
        NetworkPlace(wave=wave, person=person, organisation_id=person.organisation_id, asked_at=now)
        for person in joined
    )
    send_network_open(wave, joined, by=by)
    return len(joined)


def lock_open_network(wave: NetworkWave) -> NetworkWave:
    """The wave, locked; WrongState once it has closed. Answers and closing take the same lock, so none comes in after it."""
    locked = NetworkWave.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=wave.pk)
    if locked.is_closed:
        raise WrongState(_("This survey has closed, so answers can’t change any more."))
    return locked


@transaction.atomic
def move_network_closing(*, wave: NetworkWave, closes_at: datetime, by: Actor) -> NetworkWave:
    """Another closing date for a wave that is still open."""
    may_ask(by, wave)
    wave = lock_open_network(wave)
    if closes_at <= timezone.now():
        raise Refused(_("The closing date must be in the future."), field="closes_on")
    if wave.closes_at != closes_at:
        wave.closes_at = closes_at
        wave.save(update_fields=["closes_at"])
        record_change(wave, "move closing", by=by)
    return wave


@transaction.atomic
def close_network_wave(*, wave: NetworkWave, by: Actor) -> NetworkWave:
    """Close now, for good. The figures are counted by the next tick (outcomes.tasks)."""
    may_ask(by, wave)
    wave = lock_open_network(wave)
    wave.closes_at = timezone.now()
    wave.save(update_fields=["closes_at"])
    record_change(wave, "close", by=by)
    return wave


@transaction.atomic
def save_ties(
    *, wave: NetworkWave, shown: Collection[str], named: Mapping[str, Collection[str]], send: bool, by: Actor
) -> None:
    """What somebody says of those `shown` to them, by public id of the person: `named` has the relations of each, and whoever isn't in it
    is named in none. What they said of others stays. With `send` the answers count; sent once, later changes count at once."""
    if not asked_in_network(by, wave):
        raise NotAllowed(_("You weren’t asked to answer this survey."))
    wave = lock_open_network(wave)
    place = NetworkPlace.objects.select_for_update(of=("self",)).get(wave=wave, person_id=by.person_id)
    rows = on_list(wave).filter(person__public_id__in=list(shown)).exclude(person_id=by.person_id)
    others = dict(rows.values_list("person__public_id", "person_id"))
    for key, relations in named.items():
        if relations and key not in others:
            raise Refused(_("Somebody you named isn’t on the list any more. Look at it again, then save."))
        if not set(relations) <= set(Relation.values):
            raise Refused(_("Choose from the list."), field=key)
    now = timezone.now()
    said = {(others[key], relation) for key, relations in named.items() for relation in set(relations)}
    mine = Tie.objects.filter(wave=wave, person_id=by.person_id, other_id__in=others.values())
    before = {(other, relation): pk for pk, other, relation in mine.values_list("pk", "other_id", "relation")}
    Tie.objects.filter(pk__in=[pk for key, pk in before.items() if key not in said]).delete()
    Tie.objects.bulk_create(
        Tie(wave=wave, person_id=by.person_id, other_id=other, relation=relation, said_at=now)
        for other, relation in sorted(said - before.keys())
    )
    if send:
        place.answered_at = now
        place.save(update_fields=["answered_at"])
