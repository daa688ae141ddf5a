"""Forms of introductions and notices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.services.asks import LONGEST as LONGEST_NOTICE
from cohorts.services.asks import WEEKS
from cohorts.services.introductions import LONGEST
from engine.forms import BatonForm, LongTextField, Radios
from tenancy.models import Person
from tenancy.words import Words


def someone(label: Words, people: Iterable[Person], wanted: Words, *, required: bool = True) -> forms.ChoiceField:
    """One of them, by name and organisation."""
    choices = [(p.public_id, f"{p.name}, {p.organisation}" if p.organisation else p.name) for p in people]
    return forms.ChoiceField(
        label=label,
        choices=[("", _("Choose somebody")), *choices],
        required=required,
        error_messages={"required": wanted},
    )


def why(draft: str, label: Words, hint: Words = "") -> LongTextField:
    return LongTextField(
        label=label,
        help_text=hint,
        rows=4,
        max_length=LONGEST,
        draft=draft,
        error_messages={"required": _("Write a few words")},
    )


class IntroduceForm(BatonForm):
    submit_label = _("Ask them both")

    def __init__(self, *args: Any, people: Iterable[Person], name: str, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("To whom would you like to introduce %(name)s?") % {"name": name}
        self.fields["other"] = someone(label, people, _("Choose somebody"))
        self.fields["why"] = why(draft, _("Why would they like to know each other?"), _("Both of them read it."))


class IntroduceTwoForm(BatonForm):
    submit_label = _("Ask them both")

    def __init__(self, *args: Any, people: Iterable[Person], draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(people)
        self.fields["first"] = someone(_("Whom?"), found, _("Choose the first person"))
        self.fields["second"] = someone(_("To whom?"), found, _("Choose the second person"))
        self.fields["why"] = why(draft, _("Why would they like to know each other?"), _("Both of them read it."))


class WishForm(BatonForm):
    submit_label = _("Ask staff")

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"] = why(
            draft,
            _("To whom would you like to be introduced, and why?"),
            _("By name, or by what they do. Staff of your cohort read it, and so does whoever they find for you."),
        )


class ArrangeForm(BatonForm):
    """Somebody found, or why not; a word to whoever asked either way."""

    submit_label = _("Send")

    def __init__(self, *args: Any, people: Iterable[Person], draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["second"] = someone(_("Whom have you found?"), people, "", required=False)
        self.fields["reply"] = LongTextField(
            label=_("What would you like to tell them?"),
            help_text=_("Whoever asked reads it, and so does whom you choose. Where you’ve found nobody, say why."),
            rows=4,
            max_length=LONGEST,
            required=False,
            draft=draft,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("second") and not data.get("reply", "").strip():
            self.add_error("second", _("Choose somebody, or write why not"))
        return data


class IntroductionAnswerForm(BatonForm):
    submit_label = _("Answer")

    answer = forms.ChoiceField(
        label=_("Would you like to be introduced?"),
        widget=Radios,
        choices=[("yes", _("Yes: they may see my email address if they say yes too")), ("no", _("No, thank you"))],
        error_messages={"required": _("Say whether you’d like to be introduced")},
    )


class NoticeForm(BatonForm):
    submit_label = _("Put it up")

    title = forms.CharField(
        label=_("What is it about?"), max_length=120, error_messages={"required": _("Say what it’s about")}
    )
    weeks = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        choices=[(WEEKS[0], _("Two weeks")), (WEEKS[1], _("Four weeks")), (WEEKS[2], _("Twelve weeks"))],
        initial=WEEKS[1],
        widget=Radios,
    )

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("What does it say?"),
            rows=6,
            max_length=LONGEST_NOTICE,
            draft=draft,
            error_messages={"required": _("Write what it says")},
        )
        self.order_fields(["title", "body", "weeks"])


class NoticeRemoveForm(BatonForm):
    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = _("Take it back") if own else _("Take it down")
        if not own:
            self.fields["reason"] = forms.CharField(
                label=_("Why?"),
                max_length=300,
                help_text=_("Its author is told."),
                error_messages={"required": _("Say why it should go")},
            )
