"""Forms in the GOV.UK pattern: what the forms of every app are built of."""

from engine.forms.base import BatonForm, BatonFormHelper, BatonFormMixin, BatonModelForm
from engine.forms.fields import (
    Checkboxes,
    ClockTimeField,
    DayMonthYearField,
    DayMonthYearWidget,
    LongTextField,
    Radios,
    SeenField,
    VersionField,
    count_words,
)

__all__ = [
    "BatonForm",
    "BatonFormHelper",
    "BatonFormMixin",
    "BatonModelForm",
    "Checkboxes",
    "ClockTimeField",
    "DayMonthYearField",
    "DayMonthYearWidget",
    "LongTextField",
    "Radios",
    "SeenField",
    "VersionField",
    "count_words",
]
