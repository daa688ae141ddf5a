"""Forms of an application: one thing per page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.attachments import FILE_KINDS
from engine.forms import BatonForm, LongTextField, Radios, VersionField
from engine.forms.base import BatonFormHelper
from selection.models import Application, Question
from selection.services.applications import SCOPE_WORDS
from tenancy.models import Organisation, SeniorityBand

EMAIL_ERROR = _("Enter an email address in the correct format, like name@example.com")


class ApplicationDetailsForm(BatonForm):
    organisation = forms.ModelChoiceField(
        label=_("Your employer"),
        queryset=None,
        to_field_name="public_id",
        error_messages={"required": _("Choose your employer")},
    )
    job_title = forms.CharField(
        label=_("Your job title"), max_length=160, error_messages={"required": _("Enter your job title")}
    )
    grade = forms.CharField(
        label=_("Your grade or band"),
        max_length=80,
        required=False,
        help_text=_("Grades differ between organisations; we use this only to see that the cohort is mixed"),
    )
    service_area = forms.CharField(
        label=_("Your service or function"),
        max_length=120,
        required=False,
        help_text=_("For example public health, housing, or finance"),
    )
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.all()  # type: ignore[attr-defined]


class ApplicationScopeForm(BatonForm):
    heading_field = "decision_scope"
    mark_optional = False
    decision_scope = LongTextField(
        label=_("What do you decide in your job?"),
        max_words=SCOPE_WORDS,
        rows=6,
        help_text=_(
            "For example your budget, your staff, and what you can commit your organisation to. Your endorsers confirm it."
        ),
        error_messages={"required": _("Say what you decide in your job")},
    )
    band = forms.ChoiceField(
        label=_("Which of these comes nearest to your post?"),
        required=False,
        help_text=_(
            "Grades have different names in different organisations. Go by what you decide. Your endorsers confirm this too."
        ),
    )
    version = VersionField()

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision_scope"].widget.attrs["data-baton-draft"] = f"scope-{application.public_id}"
        self.bands = {band.public_id: band for band in SeniorityBand.objects.all()}
        if not self.bands:
            del self.fields["band"]
            return
        field = self.fields["band"]
        hints = {key: band.reads_as for key, band in self.bands.items()}
        choices = [(key, band.name) for key, band in self.bands.items()]
        field.widget = Radios(choices=choices, hints=hints)
        field.choices = choices  # type: ignore[attr-defined]

    def clean_band(self) -> SeniorityBand | None:
        return self.bands.get(self.cleaned_data["band"])


class ApplicationQuestionForm(BatonForm):
    """An answer may be saved unfinished, even empty: the task list says what is left."""

    heading_field = "text"
    mark_optional = False
    version = VersionField()

    def __init__(self, *args: Any, application: Application, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = LongTextField(
            label=question.text,
            help_text=question.hint,
            max_words=question.word_limit,
            rows=14,
            required=False,
            draft=f"answer-{application.public_id}-{question.position}",
        )

    @property
    def helper(self) -> BatonFormHelper:
        helper = super().helper
        said: dict[str, Any] = {
            "data-baton-autosave": _("Saved at"),
            "data-baton-autosave-failed": _("Not saved yet: what you typed is kept on this device."),
        }
        helper.attrs |= said
        return helper


class ApplicationFileForm(BatonForm):
    """A file for one question, under a heading that asks for it. Sent without one, what is there stays."""

    mark_optional = False
    file = forms.FileField(required=False, allow_empty_file=True)
    version = VersionField()

    def __init__(self, *args: Any, question: Question, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.label = _("Choose a file") if needed or question.optional else _("Choose another file")
        takes = _("%(kinds)s, smaller than %(n)d MB.") % {
            "kinds": question.file_kinds_text,
            "n": question.max_megabytes,
        }
        read = (
            _("Only programme staff read it.") if question.staff_only else _("Programme staff and assessors read it.")
        )
        field.help_text = " ".join(filter(None, (question.hint, takes, str(read))))
        field.widget.attrs["accept"] = ",".join(
            f".{ending}" for key in question.file_kinds for ending in FILE_KINDS[key].extensions
        )
        field.required = needed
        field.error_messages["required"] = _("Choose a file")


class ApplicationEndorsersForm(BatonForm):
    manager_name = forms.CharField(
        label=_("Your line manager’s name"),
        max_length=160,
        error_messages={"required": _("Enter your line manager’s name")},
    )
    manager_email = forms.EmailField(
        label=_("Your line manager’s work email"),
        max_length=254,
        error_messages={"required": _("Enter your line manager’s work email"), "invalid": EMAIL_ERROR},
        help_text=_("They’re asked first: to release your time and confirm what you decide"),
    )
    sponsor_name = forms.CharField(
        label=_("Your chief officer’s name"),
        max_length=160,
        error_messages={"required": _("Enter your chief officer’s name")},
    )
    sponsor_email = forms.EmailField(
        label=_("Your chief officer’s work email"),
        max_length=254,
        error_messages={"required": _("Enter your chief officer’s work email"), "invalid": EMAIL_ERROR},
        help_text=_(
            "They’re asked when your line manager has endorsed you: to be your sponsor. It may be the same person."
        ),
    )
    version = VersionField()


class ApplicationWithdrawForm(BatonForm):
    submit_label = _("Withdraw the application")
    warning = True
    reason = LongTextField(
        label=_("Why do you withdraw?"),
        required=False,
        max_words=100,
        rows=3,
        help_text=_("It helps us to plan. Only the programme team sees it."),
    )

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not own:
            self.fields["reason"].label = _("Why is it withdrawn?")
            self.fields["reason"].help_text = _("Only the programme team sees it.")
