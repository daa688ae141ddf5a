"""The stakeholder map's forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.forms import BatonForm, DayMonthYearField, LongTextField, Radios, SeenField, VersionField
from projects.models import Level, Project, ProjectMembership, Stance

STANCE_MEANING = {
    Stance.AGAINST: _("Would stop it, or work against it"),
    Stance.NEUTRAL: _("Neither helps nor hinders, or you don’t know yet"),
    Stance.SUPPORTIVE: _("Wants it, and helps when asked"),
    Stance.CHAMPION: _("Speaks up for it without being asked"),
}


def choice(label: Any, choices: Any, required: Any, **kwargs: Any) -> forms.TypedChoiceField:
    widget = (
        Radios(inline=True) if choices is Level else Radios(hints={str(k.value): v for k, v in STANCE_MEANING.items()})
    )
    return forms.TypedChoiceField(
        label=label, choices=choices.choices, coerce=int, widget=widget, error_messages={"required": required}, **kwargs
    )


class StakeholderForm(BatonForm):
    submit_label = _("Save")

    name = forms.CharField(
        label=_("Who is it?"),
        max_length=120,
        help_text=_("A name, or a role such as “chair of the parish council”. They needn’t use the portal."),
        error_messages={"required": _("Enter a name or a role")},
    )
    role = forms.CharField(label=_("What do they do?"), max_length=160, required=False)
    organisation_name = forms.CharField(label=_("Which organisation are they from?"), max_length=160, required=False)
    influence = choice(_("How much can they affect the project?"), Level, _("Say how much they can affect the project"))
    impact = choice(_("How much does the project affect them?"), Level, _("Say how much the project affects them"))
    stance = choice(_("Where do they stand now?"), Stance, _("Say where they stand now"))
    wanted = choice(
        _("Where do they need to be?"),
        Stance,
        _("Say where they need to be"),
        help_text=_("For the project to work. Not everybody has to be a champion."),
    )
    cares_about = LongTextField(
        label=_("What do they care about?"),
        required=False,
        rows=4,
        max_words=150,
        help_text=_("In words you’d use to their face."),
    )
    lead = forms.ModelChoiceField(
        None,
        label=_("Who on the team leads the relationship?"),
        to_field_name="public_id",
        empty_label=_("Choose a person"),
        help_text=_("One of you. They’re reminded of the next step."),
        error_messages={"required": _("Choose a person who leads the relationship")},
    )
    next_step = forms.CharField(label=_("What’s the next step?"), max_length=200, required=False)
    step_due = DayMonthYearField(label=_("By when?"), what=_("The day"), required=False, min_year=2015)
    version = VersionField()

    def __init__(self, *args: Any, project: Project, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lead"]
        field.queryset = ProjectMembership.objects.filter(project=project).select_related("person")  # type: ignore[attr-defined]
        field.label_from_instance = lambda member: member.person.name  # type: ignore[attr-defined]
        # where somebody stands moves with an entry of the log, dated
        del self.fields["version" if new else "stance"]


class StakeholderMoveForm(BatonForm):
    submit_label = _("Save")

    on = DayMonthYearField(
        label=_("When was it?"),
        what=_("The day"),
        min_year=2015,
        error_messages={"required": _("Enter the day it was")},
    )
    note = LongTextField(
        label=_("What happened?"),
        required=False,
        rows=4,
        max_words=150,
        help_text=_("In words you’d use to their face."),
    )
    stance = choice(_("Where do they stand now?"), Stance, _("Say where they stand now"))
    next_step = forms.CharField(
        label=_("What’s the next step?"),
        max_length=200,
        required=False,
        help_text=_("Leave it empty if there is none: then nobody is reminded."),
    )
    step_due = DayMonthYearField(label=_("By when?"), what=_("The day"), required=False, min_year=2015)
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": timezone.localdate(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class StakeholderDeleteForm(BatonForm):
    submit_label = _("Delete")
    warning = True


class StakeholderShareForm(BatonForm):
    """One button; which way it goes is the view's."""

    share = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)
    seen = SeenField()

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = label


class MapQuestionForm(BatonForm):
    submit_label = _("Ask the teams")

    about = forms.CharField(
        label=_("Who asks?"),
        max_length=160,
        help_text=_("Their name, and what they do if that helps to find them."),
        error_messages={"required": _("Enter who asks")},
    )
    reach = forms.CharField(
        label=_("How can the teams reach them?"),
        max_length=200,
        help_text=_("An email address or a telephone number. Make sure first that they are who they say."),
        error_messages={"required": _("Say how they can be reached")},
    )


class MapAnswerForm(BatonForm):
    submit_label = _("We’ve answered them")
