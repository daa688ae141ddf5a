"""Forms of an assessment centre: the applicant's time, the observer's marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.dates import uk_period
from engine.forms import BatonForm, LongTextField, Radios, VersionField
from selection.models import CentreSlot, Criterion, ObservedMark, Observer
from selection.services.assessment import Mark, field_of

NOTE_WORDS = 150


class CentreBookForm(BatonForm):
    """One of the times that have room."""

    submit_label = gettext_lazy("Choose this time")

    slot = forms.ChoiceField(
        label=gettext_lazy("When do you want to come?"),
        widget=Radios,
        error_messages={
            "required": gettext_lazy("Choose a time"),
            # of a page that was open for a while
            "invalid_choice": gettext_lazy("Somebody has just taken the last room at this time. Choose another."),
        },
    )

    def __init__(self, *args: Any, slots: Iterable[CentreSlot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {slot.public_id: slot for slot in slots}
        self.fields["slot"].choices = [(key, self.words(slot)) for key, slot in self.slots.items()]  # type: ignore[attr-defined]

    @staticmethod
    def words(slot: CentreSlot) -> str:
        return f"{uk_period(slot.starts_at, slot.ends_at)}, {slot.where}"

    def clean_slot(self) -> CentreSlot:
        return self.slots[self.cleaned_data["slot"]]


class CentreNeedsForm(BatonForm):
    heading_field = "text"
    mark_optional = False

    text = LongTextField(
        label=gettext_lazy("Do you need anything on the day?"),
        help_text=gettext_lazy(
            "For example more time, the questions in writing, a step-free room, an interpreter, or a time that goes with caring. Only you"
            " and the programme team read this: not your observers, who are told no more than what to do. Leave it empty if you need"
            " nothing."
        ),
        max_words=200,
        rows=6,
        required=False,
    )
    version = VersionField()


class ObserveForm(BatonForm):
    """Points and a note for each criterion of the exercise. Points may be left empty in a draft."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        observer: Observer,
        criteria: Sequence[Criterion],
        given: dict[int, ObservedMark],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            mark = given.get(criterion.pk)
            labels = {d.points: d for d in criterion.descriptors.all()}  # type: ignore[attr-defined]
            self.fields[field_of(criterion)] = forms.TypedChoiceField(
                label=_("Points for “%(name)s”") % {"name": criterion.name},
                choices=[
                    (n, f"{n} – {labels[n].label}" if n in labels else str(n))
                    for n in range(1, criterion.max_points + 1)
                ],
                coerce=int,
                empty_value=None,
                required=False,
                widget=Radios(small=True),
                initial=mark.points if mark else None,
            )
            self.fields[f"comment_{criterion.public_id}"] = LongTextField(
                label=_("What you saw and heard"),
                required=False,
                rows=4,
                max_words=NOTE_WORDS,
                initial=mark.comment if mark else "",
                draft=f"observed-{observer.public_id}-{criterion.public_id}",
            )

    def clean(self) -> dict[str, Any]:
        """Every criterion that lacks points is named at once, unless only a draft is kept."""
        data = super().clean() or {}
        for criterion in self.criteria if "save" not in self.data else ():
            name = field_of(criterion)
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Choose points for “%(name)s” before you finish") % {"name": criterion.name})
        return data

    def sections(self) -> list[dict[str, Any]]:
        return [
            {"criterion": c, "points": self[field_of(c)], "comment": self[f"comment_{c.public_id}"]}
            for c in self.criteria
        ]

    def marks(self) -> dict[int, Mark]:
        return {
            c.pk: Mark(self.cleaned_data[field_of(c)], self.cleaned_data[f"comment_{c.public_id}"])
            for c in self.criteria
        }
