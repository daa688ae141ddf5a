"""What alumni buddies answer when the lower floors ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import BuddyOffer, BuddyPair, BuddyWords
from cohorts.selectors.buddies import answers_owed, one_of_two, pairs_counted
from reminders.kinds import name_kinds
from reminders.obligations import ObligationSource, obligation_sources
from tenancy.models import Person
from tenancy.privacy import Holding, holdings
from tenancy.retention import RetentionKind, delete_rows, retention_kinds

obligation_sources.register(
    "cohorts.buddy",
    ObligationSource(
        kind="cohorts.buddy",
        label=gettext_lazy("Say whether you’d like to be buddies with {about}"),
        board_label=gettext_lazy("Answers about buddies"),
        rows=answers_owed,
        path=lambda slug, key: reverse("cohorts:buddy-pair", kwargs={"tenant": slug, "public_id": key}),
        ends=gettext_lazy("when they say yes or no, whoever asked takes it back, or the time is over"),
        private=True,
    ),
)


def export_buddies(person: Person) -> list[dict[str, Any]]:
    """Read as that person it gives what they wrote and were written; as anybody else no word of it. Of what they only suggested it gives
    that they did, not what became of it."""
    rows = BuddyPair.objects.filter(one_of_two(person))
    suggested = BuddyPair.objects.filter(suggested_by=person)
    words = dict(BuddyWords.objects.filter(pair__in=rows).values_list("pair_id", "body"))
    return [
        *(
            {"offered to be a buddy": o.about, "for how many at a time": o.capacity, "at": o.offered_at}
            for o in BuddyOffer.objects.filter(person=person)
        ),
        *(
            {
                "goes back to work": r.person.name,
                "alumnus": r.buddy.name,
                "suggested by": r.suggested_by.name if r.suggested_by else "",
                "asked": r.asked_at,
                "answered first": r.person_yes_at,
                "begun": r.begun_at,
                "until": r.ends_on or r.until,
                "over": r.ended_at,
                "shows the plan": r.shows_plan,
                "text": words.get(r.pk, ""),
            }
            for r in rows.select_related("person", "buddy", "suggested_by").order_by("asked_at", "pk")
        ),
        *(
            {"suggested to": r.person.name, "alumnus": r.buddy.name, "at": r.asked_at}
            for r in suggested.select_related("person", "buddy").order_by("asked_at", "pk")
        ),
    ]


def pairs_due(before: datetime) -> QuerySet[BuddyPair]:
    """Over since before, by their day, by somebody's word, or without an answer."""
    return BuddyPair.objects.filter(
        Q(ended_at__lt=before)
        | Q(begun_at__isnull=False, ends_on__lt=timezone.localdate(before))
        | Q(begun_at__isnull=True, until__lt=before)
    ).order_by("pk")


holdings.register(
    "cohorts.buddies",
    Holding(
        label=gettext_lazy("Alumni buddies: what you offered, and whom you’re paired with"),
        models=(BuddyOffer._meta.label, BuddyPair._meta.label, BuddyWords._meta.label),
        export=export_buddies,
        kind="cohorts.buddies",
        private_to_author=True,
    ),
)
retention_kinds.register(
    "cohorts.buddies",
    RetentionKind(
        label=gettext_lazy("Alumni buddies"),
        after=gettext_lazy("after they’re over, or weren’t answered"),
        days=366,
        least=60,
        most=1096,
        due=pairs_due,
        delete=lambda rows: delete_rows(BuddyPair, [row.pk for row in rows]),
    ),
)
name_kinds(
    "cohorts",
    {
        "buddy_asked": gettext_lazy("Alumnus asked to be a buddy"),
        "buddy_suggested": gettext_lazy("Buddy suggested by staff"),
        "buddy_begun": gettext_lazy("Two are buddies"),
    },
    # one that no other follows would tell of a no
    private=("buddy_asked", "buddy_suggested", "buddy_begun"),
)


def buddies_figure(cohort_id: int, least: int) -> dict[str, Any] | None:
    """How many have or had a buddy, withheld while they are few."""
    paired = pairs_counted(cohort_id)
    if paired < least:
        return None
    return {
        "key": "return-buddies",
        "title": _("%(n)d people had an alumnus as their buddy") % {"n": paired},
        "definition": _(
            "People of the cohort who have or had a buddy: an alumnus of the programme, both of whom said yes. Once such a pair has been"
            " over for its time, it is deleted and counted no more."
        ),
        "kind": "number",
        "data": {"value": paired},
    }
