"""Forms of assessors, and of staff who organise them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.forms import BatonForm, Checkboxes, LongTextField, Radios
from selection.models import Application, AssessorAllocation, Criterion, Score
from selection.services.assessment import Mark, field_of
from tenancy.models import ConflictDeclaration

KINDS = ConflictDeclaration.Kind
COMMENT_WORDS = 150


class AssessApplicationForm(BatonForm):
    """Points and a comment for each criterion. Points may be left empty in a draft: finishing is the service's to refuse."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        allocation: AssessorAllocation,
        criteria: Sequence[Criterion],
        scores: dict[int, Score],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            score = scores.get(criterion.pk)
            labels = {d.points: d for d in criterion.descriptors.all()}
            choices = [(n, self.choice_text(n, labels.get(n))) for n in range(1, criterion.max_points + 1)]
            hints = {n: d.example for n, d in labels.items() if d.example}
            self.fields[field_of(criterion)] = forms.TypedChoiceField(
                label=_("Points for “%(name)s”") % {"name": criterion.name},
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                widget=Radios(hints=hints, small=True),
                initial=score.points if score else None,
            )
            self.fields[f"comment_{criterion.public_id}"] = LongTextField(
                label=_("What you saw in the answer"),
                required=False,
                rows=3,
                max_words=COMMENT_WORDS,
                initial=score.comment if score else "",
                draft=f"score-{allocation.public_id}-{criterion.public_id}",
            )

    def clean(self) -> dict[str, Any]:
        """Every criterion that lacks points is named at once, unless only a draft is kept."""
        data = super().clean() or {}
        for criterion in self.criteria if "save" not in self.data else ():
            name = field_of(criterion)
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Choose points for “%(name)s” before you finish") % {"name": criterion.name})
        return data

    @staticmethod
    def choice_text(points: int, descriptor: Any) -> str:
        return f"{points} – {descriptor.label}" if descriptor else str(points)

    def sections(self) -> list[dict[str, Any]]:
        """Each criterion with its two bound fields, for the page."""
        return [
            {"criterion": c, "points": self[field_of(c)], "comment": self[f"comment_{c.public_id}"]}
            for c in self.criteria
        ]

    def marks(self) -> dict[int, Mark]:
        return {
            c.pk: Mark(self.cleaned_data[field_of(c)], self.cleaned_data[f"comment_{c.public_id}"])
            for c in self.criteria
        }


class AssessConflictForm(BatonForm):
    submit_label = gettext_lazy("I can’t assess this application")
    kind = forms.ChoiceField(
        label=gettext_lazy("How do you know this person?"),
        choices=[(k.value, k.label) for k in (KINDS.RELATIVE, KINDS.WORKED, KINDS.OTHER)],
        widget=Radios,
        error_messages={"required": gettext_lazy("Choose how you know this person")},
    )


class ReasonForm(BatonForm):
    """One reason, for staff's record; the page says for what."""

    reason = LongTextField(
        label=gettext_lazy("Why?"),
        rows=3,
        max_words=200,
        help_text=gettext_lazy("Staff and auditors can read this. The people concerned can ask for it."),
        error_messages={"required": gettext_lazy("Give a reason")},
    )

    def __init__(self, *args: Any, submit: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = submit or self.submit_label


class AssessStartForm(BatonForm):
    """Start assessment; those submitted without an endorsement may be included, with a reason."""

    submit_label = gettext_lazy("Start assessment")
    also = forms.MultipleChoiceField(
        label=gettext_lazy("Send these forward without an endorsement"), required=False, widget=Checkboxes(small=True)
    )
    reason = LongTextField(
        label=gettext_lazy("Why they go forward"),
        required=False,
        rows=3,
        max_words=200,
        help_text=gettext_lazy("Needed only if you ticked somebody above."),
    )

    def __init__(self, *args: Any, submitted: Sequence[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submitted = {a.public_id: a for a in submitted}
        if self.submitted:
            self.fields["also"].choices = [  # type: ignore[attr-defined]
                (a.public_id, f"{a.reference}, {a.applicant.name}, {a.organisation.name}") for a in submitted
            ]
        else:
            del self.fields["also"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("also") and not data.get("reason") and not self.errors.get("reason"):
            self.add_error("reason", _("Say why applications without an endorsement go forward"))
        return data

    @property
    def chosen(self) -> list[Application]:
        return [self.submitted[public_id] for public_id in self.cleaned_data.get("also", [])]
