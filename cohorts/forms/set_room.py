"""Forms of a set's room and of its meetings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.forms.events import by_person
from cohorts.models import Attendance, IssueTag
from cohorts.selectors.set_room import Member
from cohorts.services.set_meetings import LONGEST
from engine.forms import BatonForm, DayMonthYearField, LongTextField, Radios, SeenField, VersionField
from engine.forms.fields import Checkboxes
from tenancy.models import Person
from tenancy.vocabulary import in_own_words


class RulesForm(BatonForm):
    submit_label = _("Save and ask everyone to accept them")

    version = VersionField()

    def __init__(self, *args: Any, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("What you have agreed"),
            rows=12,
            max_length=6000,
            draft=draft,
            help_text=_("One agreement a line. For example, ‘What is said here stays here’"),
            error_messages={"required": _("Write what you have agreed")},
        )


class ActionForm(BatonForm):
    submit_label = _("Add this action")

    body = forms.CharField(
        label=_("What will you do?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One step that you can take yourself. Leave out whom it is about."),
        error_messages={"required": _("Say what you’ll do")},
    )
    due_on = DayMonthYearField(label=_("By when?"), what=_("The day"), error_messages={"required": _("Enter the day")})

    def __init__(self, *args: Any, owners: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owners is not None:
            self.fields["owner"] = forms.ModelChoiceField(
                label=_("Whose action is it?"),
                queryset=owners,
                to_field_name="public_id",
                empty_label=_("Choose a member"),
                error_messages={"required": _("Choose whose action it is")},
            )
            self.fields["body"].label = _("What will they do?")
            self.order_fields(["owner", "body", "due_on"])


class ActionAnswerForm(BatonForm):
    submit_label = _("Save")
    reveals = {"outcome": {"carry": ["due_on"]}}

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=(("finish", _("It’s done")), ("carry", _("Not yet: I carry it on")), ("drop", _("I let it go"))),
        widget=Radios(hints={"drop": _("Things change. Nobody is asked why.")}),
        error_messages={"required": _("Choose what came of it")},
    )
    due_on = DayMonthYearField(label=_("By when now?"), what=_("The day"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == "carry" and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Enter the day until which you carry it on"))
        return data


class CoFacilitatorForm(BatonForm):
    submit_label = _("Add")

    person = forms.ModelChoiceField(
        label=_("Who facilitates with you?"),
        queryset=None,
        to_field_name="public_id",
        empty_label=_("Choose a person"),
        help_text=in_own_words(_("They read what the %(set)s writes from now on, nothing from before.")),
        error_messages={"required": _("Choose a person")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


def minutes_field(label: str, help_text: str = "", **attrs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=LONGEST,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3", **attrs}),
        error_messages={
            "invalid": _("Enter minutes as a number"),
            "max_value": _("Enter minutes between 0 and 240"),
            "min_value": _("Enter minutes between 0 and 240"),
        },
    )


class CheckInStepForm(BatonForm):
    """One mark for each member, named by public id."""

    version = VersionField()

    def __init__(self, *args: Any, people: list[Person], marks: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for person in people:
            self.fields[f"p_{person.public_id}"] = forms.ChoiceField(
                label=person.name,
                choices=Attendance.State.choices,
                initial=marks.get(person.public_id),
                widget=Radios(inline=True, small=True),
                error_messages={"required": _("Mark %(name)s") % {"name": person.name}},
            )

    def marks(self) -> dict[str, str]:
        return by_person(self, "p_")


def had_so_far(member: Member) -> str:
    if not member.meetings:
        return str(_("No air time yet"))
    text = ngettext(
        "%(minutes)d minutes so far, at %(n)d meeting",
        "%(minutes)d minutes so far, at %(n)d meetings",
        member.meetings,
    )
    return text % {"minutes": member.minutes, "n": member.meetings}


class MinutesForm(BatonForm):
    """A number of minutes for each of these members, named by public id."""

    seen = SeenField()
    mark_optional = False

    def minutes(self) -> dict[str, int | None]:
        return by_person(self, "m_")


class BidsForm(MinutesForm):
    def __init__(self, *args: Any, members: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for member in members:
            self.fields[f"m_{member.person.public_id}"] = minutes_field(member.person.name, had_so_far(member))


class PresentingForm(MinutesForm):
    def __init__(self, *args: Any, members: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for member in members:
            asked = str(_("Asked for %(n)d minutes") % {"n": member.wanted}) if member.wanted else ""
            self.fields[f"m_{member.person.public_id}"] = minutes_field(
                str(_("Minutes that %(name)s had") % {"name": member.person.name}),
                asked,
                **{
                    "data-baton-timer": member.wanted or 0,
                    "data-baton-timer-start": _("Start the timer"),
                    "data-baton-timer-stop": _("Stop the timer"),
                },
            )


class BidForm(BatonForm):
    submit_label = _("Save")
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"] = minutes_field(
            str(_("How many minutes would you like?")),
            str(_("Leave it empty if you’d rather listen this time. Don’t say here what it is about.")),
        )


class ReviewForm(BatonForm):
    submit_label = _("Save and finish the meeting")

    version = VersionField()

    def __init__(self, *args: Any, draft: str, tags: Sequence[IssueTag] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = LongTextField(
            label=_("How did we work today?"),
            rows=6,
            max_length=4000,
            required=False,
            draft=draft,
            help_text=_("What helped, what to do differently. Only how you worked, never what anybody brought."),
        )
        if tags:
            self.fields["tags"] = forms.MultipleChoiceField(
                label=_("Did something of this kind come up?"),
                help_text=_(
                    "Never whose it was. Staff read at how many meetings of the whole cohort, once there are enough."
                ),
                choices=[(tag.public_id, tag.name) for tag in tags],
                required=False,
                widget=Checkboxes(small=True),
            )
