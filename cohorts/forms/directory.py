"""Forms of the directory: each line with its own choice of who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import AskKind, LineKind, Readiness, ShownTo
from cohorts.models.ask import MEANT_FOR
from cohorts.models.directory import SHOWN_TO
from cohorts.services.asks import LONGEST as LONGEST_ASK
from cohorts.services.asks import WEEKS
from cohorts.services.directory import LONGEST, LONGEST_LINE, ONE_LINE
from engine.forms import BatonForm, LongTextField, Radios, SeenField
from tenancy.models import Person
from tenancy.words import Words

QUESTIONS: dict[LineKind, tuple[Words, Words, Words]] = {
    LineKind.WORKING_ON: (
        _("What are you working on?"),
        _("Who may see what you’re working on?"),
        _("Your project, or what fills your days just now"),
    ),
    LineKind.HELPS_WITH: (
        _("What can you help others with?"),
        _("Who may see what you can help with?"),
        _("What you know, have done before, or know whom to ask about"),
    ),
    LineKind.PRIORITIES: (_("What are your priorities?"), _("Who may see your priorities?"), ""),
    LineKind.CHALLENGES: (_("What are your challenges?"), _("Who may see your challenges?"), ""),
    LineKind.TARGET: (
        _("Which role would you like to reach?"),
        _("Who may see the role you’d like to reach, and when?"),
        _("Such as ‘Director of adult social care’"),
    ),
    LineKind.CONTACT: (
        _("How can people get in touch with you?"),
        _("Who may see how to get in touch with you?"),
        _("An email address or a telephone number"),
    ),
}


# Short enough to be read whole in a select on a phone.
EVERYBODY = _("All of the programme, with alumni")


class DirectoryForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    seen = SeenField()

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences = [(a.value, EVERYBODY if a == ShownTo.PROGRAMME else a.label) for a in SHOWN_TO]
        order = []
        for kind, (question, whose, hint) in QUESTIONS.items():
            name = kind.value
            if kind in ONE_LINE:
                self.fields[name] = forms.CharField(
                    label=question, help_text=hint, max_length=LONGEST[kind], required=False
                )
            else:
                self.fields[name] = LongTextField(
                    label=question,
                    help_text=hint,
                    max_length=LONGEST_LINE,
                    rows=3,
                    required=False,
                    draft=f"{draft}-{name}",
                )
            order.append(name)
            if kind == LineKind.TARGET:
                self.fields["readiness"] = forms.ChoiceField(
                    label=_("When will you be ready for it?"),
                    choices=[("", _("I’d rather not say")), *Readiness.choices],
                    required=False,
                )
                order.append("readiness")
            self.fields[f"{name}_to"] = forms.ChoiceField(label=whose, choices=audiences, required=False)
            order.append(f"{name}_to")
        self.fields["listed_to"] = forms.ChoiceField(
            label=_("Who finds you by name, organisation and role?"),
            choices=[(ShownTo.NOBODY.value, ShownTo.COHORT.label), (ShownTo.PROGRAMME.value, ShownTo.PROGRAMME.label)],
            required=False,
            widget=Radios,
            help_text=_(
                "Your cohort does anyway. So does everybody else to whom you show something above, ask for help or offer it."
            ),
        )
        self.order_fields([*order, "listed_to"])


class AskForm(BatonForm):
    title = forms.CharField(max_length=120)
    audience = forms.ChoiceField(label=_("Who may see it?"), widget=Radios)
    weeks = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        choices=[(WEEKS[0], _("Two weeks")), (WEEKS[1], _("Four weeks")), (WEEKS[2], _("Twelve weeks"))],
        initial=WEEKS[1],
        widget=Radios,
        help_text=_("Then it goes by itself. You can close it at any time."),
    )

    def __init__(self, *args: Any, kind: AskKind, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asks = kind == AskKind.ASK
        self.submit_label = _("Ask for help") if asks else _("Offer help")
        title: Any = self.fields["title"]
        title.label = _("What do you need help with?") if asks else _("What can you help with?")
        title.help_text = _("In a few words, such as ‘Sharing data between a trust and a council’")
        title.error_messages["required"] = (
            _("Say in a few words what you need help with") if asks else _("Say in a few words what you can help with")
        )
        body = LongTextField(
            label=_("Say more"), rows=5, required=False, max_length=LONGEST_ASK, draft=f"{draft}-{kind.value}"
        )
        self.fields["body"] = body
        audiences = [a for a in MEANT_FOR if not (asks and a == ShownTo.LATER)]
        self.fields["audience"].choices = [(a.value, a.label) for a in audiences]  # type: ignore[attr-defined]
        self.fields["audience"].error_messages["required"] = _("Choose who may see it")
        self.order_fields(["title", "body", "audience", "weeks"])


class AskAnswerForm(BatonForm):
    submit_label = _("Send")

    contact = forms.CharField(
        label=_("How can they get in touch with you?"),
        max_length=200,
        help_text=_("An email address or a telephone number. Only they see it."),
        error_messages={"required": _("Say how they can get in touch with you")},
    )

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("What would you like to say?"),
            rows=5,
            max_length=LONGEST_ASK,
            draft=draft,
            error_messages={"required": _("Write a few words")},
        )
        self.order_fields(["body", "contact"])


def may_count() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Let it count in the programme’s figures"),
        required=False,
        help_text=_("Only that somebody was helped, once. Never who, by whom or with what."),
    )


class ThanksForm(BatonForm):
    submit_label = _("Save, and tell them")

    def __init__(self, *args: Any, name: str, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("%(name)s helped me with…") % {"name": name},
            rows=3,
            max_length=600,
            draft=draft,
            error_messages={"required": _("Say in a few words what they helped you with")},
        )
        self.fields["counts"] = may_count()


class ThanksChangeForm(BatonForm):
    submit_label = _("Save")
    do = forms.ChoiceField(
        label=_("What should happen to it?"),
        widget=Radios,
        choices=[
            ("count", _("Let it count in the programme’s figures, without names or words")),
            ("keep", _("Keep it between the two of you")),
            ("delete", _("Delete it for good")),
        ],
        error_messages={"required": _("Choose what should happen to it")},
    )


NOBODY = "nobody"


class AskCloseForm(BatonForm):
    submit_label = _("Close it")

    def __init__(self, *args: Any, helpers: Iterable[Person], draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(person.public_id, person.name) for person in helpers]
        if not people:
            return
        self.fields["helper"] = forms.ChoiceField(
            label=_("Who helped you?"),
            widget=Radios,
            choices=[*people, (NOBODY, _("None of them"))],
            error_messages={"required": _("Choose who helped you")},
        )
        self.fields["body"] = LongTextField(
            label=_("They helped me with…"),
            help_text=_("Only they read it."),
            rows=3,
            required=False,
            max_length=600,
            draft=draft,
        )
        self.fields["counts"] = may_count()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("helper", NOBODY) != NOBODY and not data.get("body", "").strip():
            self.add_error("body", _("Say in a few words what they helped you with"))
        return data
