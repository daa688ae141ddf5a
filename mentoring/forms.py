"""Clean input; consequences are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from engine.forms import (
    BatonForm,
    Checkboxes,
    ClockTimeField,
    DayMonthYearField,
    LongTextField,
    Radios,
    VersionField,
)
from mentoring.models import MentorProfile
from mentoring.selectors import known_topics
from mentoring.services.slots import LENGTHS


class TopicsMixin(forms.Form):
    """Topics to tick, and one more to type."""

    topics = forms.MultipleChoiceField(widget=Checkboxes(small=True), required=False, label=_("Topics"))
    other_topic = forms.CharField(label=_("Another topic"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(topic, topic) for topic in known_topics()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["topics"] = [*data.get("topics", []), *filter(None, [data.pop("other_topic", "")])]
        return data


class RequestForm(BatonForm, TopicsMixin):
    wishes = LongTextField(
        label=_("What would make a good mentor for you?"),
        required=False,
        rows=3,
        max_words=100,
        help_text=_("Programme staff read this when they look for a match."),
    )
    submit_label = _("Send")
    mark_optional = False
    field_order = ["topics", "other_topic", "wishes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].label = _("What would you like to talk about?")


class ProfileForm(BatonForm, TopicsMixin):
    about = LongTextField(
        label=_("A few words about you"),
        required=False,
        rows=4,
        max_words=120,
        help_text=_("The people you’re matched with read this."),
    )
    capacity = forms.IntegerField(
        label=_("How many people can you mentor at a time?"),
        min_value=1,
        max_value=10,
        help_text=_("Most mentors have one or two."),
        error_messages={"required": _("Enter how many people you can mentor at a time")},
    )
    taking_new = forms.BooleanField(label=_("I can take on someone new"), required=False)
    version = VersionField()
    mark_optional = False
    field_order = ["topics", "other_topic", "about", "capacity", "taking_new", "version"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].label = _("What can you help with?")


class SlotForm(BatonForm):
    on = DayMonthYearField(
        label=_("Date"),
        what=_("The date"),
        help_text=_("For example, 27 3 2027"),
        error_messages={"required": _("Enter a date")},
    )
    starts = ClockTimeField(
        label=_("From"), help_text=_("For example, 9am or 2:30pm"), error_messages={"required": _("Enter a start time")}
    )
    ends = ClockTimeField(label=_("To"), error_messages={"required": _("Enter an end time")})
    minutes = forms.TypedChoiceField(
        label=_("Length of each session"),
        coerce=int,
        initial=60,
        choices=[(n, ngettext_lazy("%(n)d minute", "%(n)d minutes", n) % {"n": n}) for n in LENGTHS],
    )
    place = forms.CharField(label=_("Where you’ll meet"), max_length=200, required=False)
    join_url = forms.URLField(
        label=_("Link to join, if online"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Enter a web address, like https://meet.example.org/abc")},
    )
    submit_label = _("Offer these times")
    mark_optional = False


class BookForm(BatonForm):
    """One of the free times; which ones they are is the view's."""

    slot = forms.ChoiceField(label=_("Choose a time"), widget=Radios, error_messages={"required": _("Choose a time")})
    submit_label = _("Book this time")
    heading_field = "slot"

    def __init__(self, *args: Any, slots: list[tuple[str, str]], hints: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].choices = slots  # type: ignore[attr-defined]
        self.fields["slot"].widget.hints = hints
        # A time that went meanwhile isn't a mistake of the form: the service says what happened.
        self.fields["slot"].error_messages["invalid_choice"] = _("Someone has just taken this time. Choose another")


class NoteForm(BatonForm):
    body = LongTextField(label=_("Your note"), rows=8, error_messages={"required": _("Write something to keep")})
    shared = forms.TypedChoiceField(
        label=_("Who can read it?"),
        coerce=lambda value: value == "pair",
        widget=Radios,
        choices=[("me", _("Only me")), ("pair", _("The two of us"))],
        error_messages={"required": _("Choose who can read it")},
    )
    version = VersionField(required=False)
    submit_label = _("Keep the note")

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["data-baton-draft"] = draft


class ProposeForm(BatonForm):
    mentor = forms.ChoiceField(label=_("Mentor"), widget=Radios, error_messages={"required": _("Choose a mentor")})
    reason = LongTextField(
        label=_("Why these two?"), rows=3, max_words=80, required=False, help_text=_("Both of them read this.")
    )
    submit_label = _("Propose the match")

    def __init__(self, *args: Any, mentors: list[tuple[str, str]], hints: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentor"].choices = mentors  # type: ignore[attr-defined]
        self.fields["mentor"].widget.hints = hints


class MentorAddForm(BatonForm):
    name = forms.CharField(label=_("Name"), max_length=160, error_messages={"required": _("Enter a name")})
    email = forms.EmailField(
        label=_("Email address"), max_length=254, error_messages={"required": _("Enter an email address")}
    )
    job_title = forms.CharField(label=_("Job title"), max_length=160, required=False)
    pool = forms.ChoiceField(
        label=_("Where do they come from?"),
        choices=MentorProfile.Pool.choices,
        widget=Radios,
        error_messages={"required": _("Choose where the mentor comes from")},
    )
    capacity = forms.IntegerField(
        label=_("How many people can they mentor at a time?"), min_value=1, max_value=10, initial=2
    )
    submit_label = _("Add the mentor")


class ConfirmForm(BatonForm):
    """Nothing to fill in: the page says what will happen."""

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = label
