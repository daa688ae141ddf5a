"""What can an entry of one's reflections be about? An event, an action, and what higher apps add.

Each answer lists what one author may attach to, keeps what they chose, and says of entries what they're about, as far as whoever
asks may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Participation, Reflection, SetAction, WorkObjective
from cohorts.selectors.events import my_events
from cohorts.states import EventState, ParticipationState
from tenancy.errors import Refused
from tenancy.registry import Registry
from tenancy.vocabulary import in_own_words
from tenancy.words import Words

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Attachable:
    """`choices(person)` are (public id, words); `attach(entry, public id)` keeps one, '' none; `attached(entries)` gives, by the
    entry's key, (public id, words)."""

    label: Words
    choices: Callable[[int], Choices]
    attach: Callable[[Reflection, str], None]
    attached: Callable[[Collection[Reflection]], dict[int, tuple[str, str]]]


attachables: Registry[Attachable] = Registry("What can an entry be about?")


def attach_all(reflection: Reflection, chosen: Mapping[str, str], *, person_id: int) -> None:
    """Keep what the author chose, each of what they may choose; Refused for anything else. What isn't named stays as it is."""
    for key, attachable in attachables.items():
        if key not in chosen:
            continue
        public_id = chosen[key]
        kept = attachable.attached([reflection]).get(reflection.pk, ("", ""))[0]
        if public_id == kept:
            continue
        if public_id and public_id not in dict(attachable.choices(person_id)):
            raise Refused(_("Choose one from the list."), field=f"about_{key}")
        attachable.attach(reflection, public_id)


def about(reflections: Collection[Reflection]) -> dict[int, list[tuple[Words, str]]]:
    """What each entry is about: (what kind of thing, its words). A query or two for each kind of thing that isn't at hand."""
    found: dict[int, list[tuple[Words, str]]] = {}
    for attachable in attachables:
        for pk, (_public_id, words) in attachable.attached(reflections).items():
            found.setdefault(pk, []).append((attachable.label, words))
    return found


def event_choices(person_id: int) -> Choices:
    mine = Participation.objects.filter(person_id=person_id).exclude(state=ParticipationState.WITHDRAWN)
    rows = my_events(person_id).filter(state=EventState.PLANNED, cohort__in=mine.values("cohort"))
    return [(event.public_id, event.title) for event in rows.order_by("-starts_at")]


def attach_event(reflection: Reflection, public_id: str) -> None:
    reflection.event = my_events(reflection.author_id).get(public_id=public_id) if public_id else None
    reflection.save(update_fields=["event"])


def attached_events(reflections: Collection[Reflection]) -> dict[int, tuple[str, str]]:
    prefetch_related_objects(list(reflections), "event")
    return {r.pk: (r.event.public_id, r.event.title) for r in reflections if r.event}


def own_actions(person_id: int) -> Choices:
    rows = (
        SetAction.objects.filter(owner_id=person_id, words__isnull=False).select_related("words").order_by("-made_at")
    )
    return [(row.public_id, row.words.body) for row in rows]


def attach_action(reflection: Reflection, public_id: str) -> None:
    rows = SetAction.objects.filter(owner_id=reflection.author_id)
    reflection.set_action = rows.get(public_id=public_id) if public_id else None
    reflection.save(update_fields=["set_action"])


def attached_actions(reflections: Collection[Reflection]) -> dict[int, tuple[str, str]]:
    """The words of an action are its set's: whoever is shown an entry from outside it reads that there is one, not what it says."""
    prefetch_related_objects(list(reflections), "set_action__words")
    found = {}
    for r in reflections:
        if r.set_action:
            words = getattr(r.set_action, "words", None)
            told = words.body if words else str(in_own_words(_("An action of the %(set)s")))
            found[r.pk] = (r.set_action.public_id, told)
    return found


def own_objectives(person_id: int) -> Choices:
    return [(row.public_id, row.title) for row in WorkObjective.objects.filter(owner_id=person_id)]


def attach_objective(reflection: Reflection, public_id: str) -> None:
    rows = WorkObjective.objects.filter(owner_id=reflection.author_id)
    reflection.objective = rows.get(public_id=public_id) if public_id else None
    reflection.save(update_fields=["objective"])


def attached_objectives(reflections: Collection[Reflection]) -> dict[int, tuple[str, str]]:
    """An objective is its owner's alone: whoever else is shown the entry reads that there is one."""
    prefetch_related_objects(list(reflections), "objective")
    return {
        r.pk: (r.objective.public_id, r.objective.title) if r.objective else ("", _("An objective of their work"))
        for r in reflections
        if r.objective_id
    }


attachables.register(
    "objective",
    Attachable(gettext_lazy("Work objective"), own_objectives, attach_objective, attached_objectives),
)
attachables.register("event", Attachable(gettext_lazy("Event"), event_choices, attach_event, attached_events))
attachables.register(
    "action",
    Attachable(in_own_words(gettext_lazy("Action of your %(set)s")), own_actions, attach_action, attached_actions),
)
