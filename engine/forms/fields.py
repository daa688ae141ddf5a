"""Fields and widgets that the standard ones of Django don't cover: a date in three boxes, a time of day, a long answer
with a word limit, choices with hints, and the version of a row for finding stale edits."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from engine.dates import uk_time
from tenancy.words import Words

PARTS = ("day", "month", "year")
MONTH_NUMBERS = {str(name).lower(): number for number, name in MONTHS.items()}
MONTH_NUMBERS |= {name[:3]: number for name, number in MONTH_NUMBERS.items()} | {"sept": 9}


class DayMonthYearWidget(forms.MultiWidget):
    """Three text boxes named <name>-day, <name>-month and <name>-year."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)
        # MultiWidget puts an underscore before every suffix; the boxes are named as the design system names them
        self.widgets_names = [f"-{part}" for part in PARTS]

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DayMonthYearField(forms.MultiValueField):
    """A date typed as day, month and year. The month may be a name. An error names the box it is about: its `params`
    hold `parts`, the boxes to mark. `what` completes the sentences, as in 'The start date must include a month'."""

    widget = DayMonthYearWidget

    def __init__(self, *, what: Words = "", min_year: int = 1900, max_year: int = 2100, **kwargs: Any) -> None:
        self.what = what or _("Date")
        self.min_year, self.max_year = min_year, max_year
        boxes = [forms.CharField(required=False, max_length=20) for _part in PARTS]
        super().__init__(boxes, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        if isinstance(value, date):  # a disabled field is given its initial value
            value = DayMonthYearWidget().decompress(value)
        typed = [str(part or "").strip() for part in value or ["", "", ""]]
        missing = [part for part, text in zip(PARTS, typed, strict=True) if not text]
        if len(missing) == len(PARTS):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if missing:
            raise ValidationError(
                _("%(what)s must include a %(missing)s"),
                code="incomplete",
                params={
                    "what": self.what,
                    "missing": str(_(" and a ")).join(str(PART_NAMES[p]) for p in missing),
                    "parts": missing,
                },
            )
        day = self.compress(typed)
        self.validate(day)
        self.run_validators(day)
        return day

    def compress(self, data_list: Sequence[str]) -> date | None:
        """A list of three typed texts, all present."""
        if not data_list:
            return None
        day, month, year = (text.lower() for text in data_list)
        number = MONTH_NUMBERS.get(month) or _number(month)
        if _number(year) is not None and len(year) != 4:
            raise ValidationError(_("Year must include 4 numbers"), code="year", params={"parts": ["year"]})
        years, days = _number(year), _number(day)
        if years and number and days and self.min_year <= years <= self.max_year:
            with suppress(ValueError):
                return date(years, number, days)
        wrong = _wrong_parts(years, number, days, self.min_year, self.max_year)
        raise ValidationError(
            _("%(what)s must be a real date"), code="invalid", params={"what": self.what, "parts": wrong}
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = initial if isinstance(initial, list) else DayMonthYearWidget().decompress(initial)
        after = [str(part or "").strip() for part in data or ["", "", ""]]
        return ["" if part is None else str(part) for part in before] != [_plain(part) for part in after]


PART_NAMES = {"day": _("day"), "month": _("month"), "year": _("year")}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def _plain(text: str) -> str:
    number = _number(text)
    return text if number is None else str(number)


def _wrong_parts(year: int | None, month: int | None, day: int | None, min_year: int, max_year: int) -> list[str]:
    """The boxes to mark; all of them where each is fine alone, as with 30 February."""
    wrong = [
        name
        for name, fine in (
            ("day", day is not None and 1 <= day <= 31),
            ("month", month is not None and 1 <= month <= 12),
            ("year", year is not None and min_year <= year <= max_year),
        )
        if not fine
    ]
    return wrong or list(PARTS)


class ClockTimeField(forms.Field):
    """A time of day as people type it: '5:30pm', '5.30 pm', '17:30', '9am', 'midday'."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a time, like 9:30am or 5pm")}
    PATTERN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap]m)?")

    def prepare_value(self, value: Any) -> Any:
        return uk_time(value) if isinstance(value, time) else value

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return value or None
        text = str(value).strip().lower().replace("a.m.", "am").replace("p.m.", "pm")
        named = {"midday": time(12), "noon": time(12), "midnight": time(0)}.get(text)
        match = self.PATTERN.fullmatch(text)
        if named is not None or not match:
            if named is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            return named
        hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
        if (half and not 1 <= hour <= 12) or (not half and not match[2]) or hour > 23 or minute > 59:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return time(hour, minute)


# static/src/scripts/words.js has the same two, and says why.
GAP = "\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff\\u2014"
ONE_EACH = "\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\U00020000-\\U0003ffff"
PIECE = re.compile(f"[{ONE_EACH}]|[^{GAP}{ONE_EACH}]+")


def count_words(text: str) -> int:
    """Words as a reader counts them, and the counter on the page: what white space or a long dash parts and has a letter or a number
    in it. Hyphens and slashes join; of Chinese and Japanese each sign is a word."""
    return sum(any(unicodedata.category(char)[0] in "LN" for char in piece) for piece in PIECE.findall(text))


class LongTextField(forms.CharField):
    """An answer of several lines. `max_words` is checked and counted on the page; `draft` is the key under which the
    browser keeps what is typed until it is saved: make it name the person and the thing, as in 'reflection-<id>'."""

    def __init__(self, *, max_words: int | None = None, rows: int = 6, draft: str = "", **kwargs: Any) -> None:
        self.max_words = max_words
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)
        if draft:
            self.widget.attrs["data-baton-draft"] = draft

    def validate(self, value: str) -> None:
        super().validate(value)
        over = count_words(value) - self.max_words if self.max_words else 0
        if over > 0:
            raise ValidationError(
                ngettext_lazy(
                    "Use %(limit)d words or fewer: you have %(over)d word too many",
                    "Use %(limit)d words or fewer: you have %(over)d words too many",
                    "over",
                ),
                code="max_words",
                params={"limit": self.max_words, "over": over},
            )


class _Hinted:
    """Choices that may carry a hint each. Keys of `hints` are the values of the choices."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Sequence[Any] = (),
        *,
        hints: Mapping[Any, Words] | None = None,
        inline: bool = False,
        small: bool = False,
        exclusive: str | None = None,
    ) -> None:
        super().__init__(attrs, choices)  # type: ignore[call-arg]
        self.hints = {str(value): hint for value, hint in (hints or {}).items()}
        self.inline = inline
        self.small = small
        self.exclusive = exclusive


class Radios(_Hinted, forms.RadioSelect):
    """Radio buttons; `inline` for two short answers, `small` for dense pages."""


class Checkboxes(_Hinted, forms.CheckboxSelectMultiple):
    """Checkboxes; `exclusive` is the value of 'none of these', which unticks the others."""


class SeenField(forms.CharField):
    """The digest of what a page showed (tenancy.seen), for a row that has no version. Required: without it nothing is compared."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault("label", _("Version"))
        super().__init__(**kwargs)


class VersionField(forms.IntegerField):
    """The version of the row that a page was made from, carried through it unseen. The form's view passes it to the
    service, which refuses to write over a newer row; `stale_message` is what people are told then."""

    widget = forms.HiddenInput
    stale_message = _(
        "Someone else changed this while you were working on it. Your answers are below and aren't saved: "
        "compare them with the latest version, then save again"
    )

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("label", _("Version"))
        super().__init__(**kwargs)
