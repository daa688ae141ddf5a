"""Forms of staff who prepare what a round judges by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from engine.attachments import FILE_KINDS, MAX_MEGABYTES
from engine.forms import BatonForm, Checkboxes, LongTextField, Radios, SeenField
from selection.models import Criterion, Question, SelectionFramework

FEWEST_POINTS, MOST_POINTS = 2, 10
# The choice of the defaults, among the public ids of frameworks.
STANDARD = "standard"


class CriterionForm(BatonForm):
    """A criterion with what each point of its scale means. Boxes beyond the highest mark aren't kept."""

    submit_label = gettext_lazy("Save the criterion")
    mark_optional = False

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    description = LongTextField(label=gettext_lazy("What assessors look for"), required=False, rows=3, max_words=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=Criterion.Kind.choices,
        widget=Radios(
            hints={
                Criterion.Kind.BEHAVIOUR: gettext_lazy("How somebody acts with other people"),
                Criterion.Kind.TECHNICAL: gettext_lazy("What somebody knows or can do"),
            }
        ),
        error_messages={"required": gettext_lazy("Choose the kind")},
    )
    weight = forms.IntegerField(
        label=gettext_lazy("Weight"),
        min_value=1,
        max_value=20,
        initial=1,
        help_text=gettext_lazy("Against the other criteria. Behaviours together must weigh at least half."),
    )
    max_points = forms.IntegerField(
        label=gettext_lazy("Highest mark"),
        min_value=FEWEST_POINTS,
        max_value=MOST_POINTS,
        help_text=gettext_lazy("Marks begin at 1. Use the same for every criterion of the round."),
    )

    def __init__(self, *args: Any, points: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boxes = MOST_POINTS if self.is_bound else points
        for n in range(1, self.boxes + 1):
            words = {"n": n}
            self.fields[f"label_{n}"] = forms.CharField(
                label=ngettext("%(n)d point, in a word or two", "%(n)d points, in a word or two", n) % words,
                max_length=80,
                required=False,
            )
            self.fields[f"example_{n}"] = forms.CharField(
                label=ngettext("%(n)d point, an example", "%(n)d points, an example", n) % words,
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if self.is_bound:
            self.drop_boxes_not_sent()

    def drop_boxes_not_sent(self) -> None:
        """A page shows as many as the scale had when it was made, and may be sent with a higher mark."""
        for n in range(self.boxes, 0, -1):
            if f"label_{n}" in self.data or f"example_{n}" in self.data:
                break
            del self.fields[f"label_{n}"], self.fields[f"example_{n}"]
            self.boxes = n - 1

    def clean(self) -> dict[str, Any]:
        """The boxes of the points become `descriptors`: (label, example) of each, from 1 up."""
        data = super().clean() or {}
        pairs = []
        for n in range(1, self.boxes + 1):
            label, example = data.pop(f"label_{n}", "").strip(), data.pop(f"example_{n}", "").strip()
            if example and not label and n <= (data.get("max_points") or 0):
                self.add_error(f"label_{n}", _("Say in a word or two what %(n)d points mean") % {"n": n})
            pairs.append((label, example))
        data["name"] = " ".join(data.get("name", "").split())
        return data | {"descriptors": pairs}


class CriterionEditForm(CriterionForm):
    seen = SeenField()


class QuestionForm(BatonForm):
    submit_label = gettext_lazy("Save the question")
    mark_optional = False
    reveals: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {
        "kind": {
            Question.Kind.TEXT.value: ["word_limit"],
            Question.Kind.FILE.value: ["file_kinds", "max_megabytes", "optional", "staff_only"],
        }
    }

    text = forms.CharField(label=gettext_lazy("Question"), max_length=300)
    hint = LongTextField(label=gettext_lazy("Hint"), required=False, rows=3)
    kind = forms.ChoiceField(
        label=gettext_lazy("What do applicants give?"),
        choices=Question.Kind.choices,
        initial=Question.Kind.TEXT,
        required=False,
        widget=Radios(),
    )
    word_limit = forms.IntegerField(
        label=gettext_lazy("Most words in an answer"), min_value=50, max_value=1000, initial=250, required=False
    )
    file_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Which kinds of file?"),
        choices=[(key, kind.name) for key, kind in FILE_KINDS.items()],
        initial=["pdf", "docx", "odt"],
        required=False,
        widget=Checkboxes(),
    )
    max_megabytes = forms.IntegerField(
        label=gettext_lazy("Largest size in MB"),
        min_value=1,
        max_value=MAX_MEGABYTES,
        initial=MAX_MEGABYTES,
        required=False,
    )
    optional = forms.BooleanField(label=gettext_lazy("Applicants may go without"), required=False)
    staff_only = forms.BooleanField(
        label=gettext_lazy("Only programme staff read it"),
        help_text=gettext_lazy(
            "For proof of eligibility, for example. In a round that is marked blind every file is for staff only, since names can’t be "
            "taken out of it."
        ),
        required=False,
    )
    criterion = forms.ModelChoiceField(
        label=gettext_lazy("Evidence for"), queryset=None, required=False, empty_label=gettext_lazy("No criterion")
    )

    def __init__(self, *args: Any, criteria: QuerySet[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["criterion"]
        field.queryset = criteria  # type: ignore[attr-defined]
        field.to_field_name = "public_id"  # type: ignore[attr-defined]
        field.label_from_instance = lambda criterion: criterion.name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the other kind of question would say counts for nothing, and is kept as it stands by default."""
        data = super().clean() or {}
        data["kind"] = data.get("kind") or Question.Kind.TEXT.value
        words = data["kind"] == Question.Kind.TEXT
        if words and "word_limit" not in self.errors and data.get("word_limit") is None:
            self.add_error("word_limit", _("Enter the most words in an answer"))
        data["word_limit"] = data.get("word_limit") or 250
        data["max_megabytes"] = data.get("max_megabytes") or MAX_MEGABYTES
        if words:
            data |= {"optional": False, "staff_only": False, "file_kinds": []}
        return data


class QuestionEditForm(QuestionForm):
    seen = SeenField()


class RemoveForm(BatonForm):
    submit_label = gettext_lazy("Take it out")
    warning = True


def source_choices(frameworks: Sequence[SelectionFramework]) -> list[tuple[str, str]]:
    """(public id, words) of the versions to begin from, and the defaults last."""
    return [
        (
            f.public_id,
            _("%(programme)s, version %(n)d (%(cohort)s)")
            % {"programme": f.programme.name, "n": f.number, "cohort": f.round.cohort.name},
        )
        for f in frameworks
    ] + [(STANDARD, _("Three criteria and four questions that suit most programmes"))]
