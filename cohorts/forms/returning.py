"""Forms of going back to work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import ChangeKind
from engine.forms import BatonForm, Checkboxes, DayMonthYearField, LongTextField, VersionField

LONGEST = 3000


class ReturnPlanForm(BatonForm):
    submit_label = _("Save")

    review_on = DayMonthYearField(
        label=_("When will you look at it again?"),
        what=_("The day"),
        help_text=_("About three months from now is a good time. You’re reminded."),
        error_messages={"required": _("Enter the day when you’ll look at it again")},
    )
    review_again_on = DayMonthYearField(label=_("And once more?"), what=_("The second day"), required=False)
    version = VersionField()

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"] = LongTextField(
            label=_("What do you want to keep doing at work?"),
            help_text=_("One or two things that you’d miss if they stopped. Small is fine."),
            rows=5,
            max_length=LONGEST,
            draft=draft,
            error_messages={"required": _("Say what you want to keep doing")},
        )
        needs = {
            "need_time": (_("What time do you need for it?"), _("How much, how often, and what may wait instead.")),
            "need_sponsor": (
                _("Whose backing do you need?"),
                _("Somebody senior who opens doors, or stands up for it when it’s slow."),
            ),
            "need_place": (_("Where could you try things?"), _("A meeting, a team or a piece of work to begin with.")),
        }
        for name, (label, hint) in needs.items():
            self.fields[name] = LongTextField(
                label=label, help_text=hint, rows=3, required=False, max_length=LONGEST, draft=f"{draft}-{name}"
            )
        self.order_fields(["keep", *needs, "review_on", "review_again_on"])


class ChangeContextForm(BatonForm):
    submit_label = _("Save")

    kinds = forms.MultipleChoiceField(
        label=_("What has changed while you were away?"),
        choices=ChangeKind.choices,
        required=False,
        widget=Checkboxes,
        help_text=_("Tick all that apply."),
    )
    version = VersionField()

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("What does it mean for you, and for what you want to do?"),
            rows=5,
            required=False,
            max_length=LONGEST,
            draft=draft,
        )
        self.order_fields(["kinds", "body"])


class ReturnReviewForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("What became of it?"),
            help_text=_("What you kept, what fell away, and what you’ll do about it."),
            rows=5,
            max_length=LONGEST,
            draft=draft,
            error_messages={"required": _("Write a line about what became of it")},
        )
