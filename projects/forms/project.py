"""Clean input; consequences are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from engine.forms import BatonForm, Checkboxes, DayMonthYearField, LongTextField, Radios, VersionField
from projects.models import Project
from projects.selectors import open_ambitions, people_to_add, possible_sponsors
from projects.states import RAG_MEANING, Rag
from tenancy.models import District, Person

SOMEONE_ELSE = "other"


class AmbitionCreateForm(BatonForm):
    submit_label = _("Add ambition")
    name = forms.CharField(
        label=_("Ambition"),
        max_length=160,
        help_text=_("A long-term aim that projects can serve, such as “Share prosperity with everyone”"),
        error_messages={"required": _("Enter the ambition")},
    )


class ProjectCreateForm(BatonForm):
    title = forms.CharField(
        label=_("What’s the project called?"),
        max_length=120,
        help_text=_("A working title is enough. You can change it until the project is approved."),
        error_messages={"required": _("Enter a title")},
    )
    cohort = forms.ModelChoiceField(
        None,
        label=_("For which cohort?"),
        to_field_name="public_id",
        widget=Radios,
        empty_label=None,
        error_messages={"required": _("Choose a cohort")},
    )

    def __init__(self, *args: Any, cohorts: list[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cohort"]
        field.queryset = Cohort.objects.filter(pk__in=[c.pk for c in cohorts]).select_related("programme")  # type: ignore[attr-defined]
        if len(cohorts) == 1:
            # One cohort is no question.
            field.initial = cohorts[0].public_id
            field.widget = forms.HiddenInput()


class ProjectEditForm(BatonForm):
    title = forms.CharField(label=_("Title"), max_length=120, error_messages={"required": _("Enter a title")})
    summary = LongTextField(
        label=_("What is the project?"),
        required=False,
        max_words=300,
        rows=7,
        help_text=_("The issue, why no one organisation can deal with it alone, and what the team will do."),
    )
    benefit = LongTextField(
        label=_("What will be better, and for whom?"),
        required=False,
        max_words=200,
        rows=5,
        help_text=_("Something people in the area would notice, and how you’d know."),
    )
    starts_on = DayMonthYearField(
        label=_("When does it start?"),
        what=_("The start date"),
        required=False,
        min_year=2015,
        help_text=_("For example, 1 4 2027"),
    )
    ends_on = DayMonthYearField(
        label=_("When does it end?"),
        what=_("The end date"),
        required=False,
        min_year=2015,
        help_text=_("12 to 18 months after the start"),
    )
    version = VersionField()
    mark_optional = False

    def __init__(self, *args: Any, draft: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("summary", "benefit"):
            self.fields[name].widget.attrs["data-baton-draft"] = f"{draft}-{name}"


class ProjectAmbitionsForm(BatonForm):
    ambitions = forms.ModelMultipleChoiceField(
        None,
        label=_("Which ambitions does the project serve?"),
        to_field_name="public_id",
        widget=Checkboxes,
        help_text=_("Choose at least one."),
        error_messages={"required": _("Choose at least one ambition")},
    )
    heading_field = "ambitions"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ambitions"].queryset = open_ambitions()  # type: ignore[attr-defined]


class ProjectDistrictsForm(BatonForm):
    submit_label = _("Save")

    districts = forms.ModelMultipleChoiceField(
        None,
        label=_("Where does the project work?"),
        to_field_name="public_id",
        widget=Checkboxes(small=True),
        required=False,
        help_text=_(
            "The districts whose people it is for. Leave all empty if it’s for everywhere, or you don’t know yet."
        ),
    )
    heading_field = "districts"
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["districts"].queryset = District.objects.all()  # type: ignore[attr-defined]


class ProjectTeamForm(BatonForm):
    person = forms.ModelChoiceField(
        None,
        label=_("Add someone from your cohort"),
        to_field_name="public_id",
        empty_label=_("Choose a person"),
        error_messages={"required": _("Choose a person to add")},
    )
    submit_label = _("Add to the team")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.queryset = people_to_add(project)  # type: ignore[attr-defined]
        field.label_from_instance = name_and_employer  # type: ignore[attr-defined]


def name_and_employer(person: Person) -> str:
    return f"{person.name}, {person.organisation.name}" if person.organisation else person.name


class ProjectGoalForm(BatonForm):
    learning_goal = LongTextField(
        label=_("What do you want to learn from this project?"),
        max_words=100,
        rows=4,
        help_text=_("About leading across organisations, rather than the subject of the project."),
        error_messages={"required": _("Say what you want to learn")},
    )
    outside_own_area = forms.TypedChoiceField(
        label=_("Is it outside your own area of work?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=Radios(inline=True),
        error_messages={"required": _("Say whether it’s outside your own area of work")},
    )


class ProjectSponsorForm(BatonForm):
    """A chief officer the tenant knows, or somebody new by name and address."""

    sponsor = forms.ChoiceField(
        label=_("Who will sponsor the project?"),
        widget=Radios,
        help_text=_("One chief officer, who approves it and opens doors for it. They’ll be asked to decide."),
        error_messages={"required": _("Choose a sponsor, or someone else")},
    )
    name = forms.CharField(label=_("Their name"), max_length=160, required=False)
    email = forms.EmailField(label=_("Their work email address"), max_length=254, required=False)
    job_title = forms.CharField(label=_("Their job title"), max_length=160, required=False)
    heading_field = "sponsor"
    mark_optional = False
    reveals = {"sponsor": {SOMEONE_ELSE: ["name", "email", "job_title"]}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.public_id: person for person in possible_sponsors()}
        known = [(key, name_and_employer(person)) for key, person in self.people.items()]
        self.fields["sponsor"].choices = [*known, (SOMEONE_ELSE, _("Someone else"))]  # type: ignore[attr-defined]
        self.fields["sponsor"].widget.hints = {key: person.job_title for key, person in self.people.items()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("sponsor") == SOMEONE_ELSE:
            for name, message in (("name", _("Enter their name")), ("email", _("Enter their email address"))):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, message)
            # `chosen` is what choose_sponsor takes
            data["chosen"] = {key: data.get(key, "") for key in ("name", "email", "job_title")}
        elif data.get("sponsor"):
            data["chosen"] = {"sponsor": self.people[data["sponsor"]]}
        return data


class ProjectProposeForm(BatonForm):
    version = VersionField()
    submit_label = _("Send to the sponsor")


class ProjectDecideForm(BatonForm):
    """Three buttons and a box; which button was pressed comes as `decision`."""

    comment = LongTextField(
        label=_("Your comment to the team"),
        required=False,
        rows=4,
        max_words=300,
        help_text=_("Needed if you send it back or decline."),
    )
    decision = forms.ChoiceField(
        choices=[("approve", ""), ("send_back", ""), ("decline", "")],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose what you decide")},
    )
    mark_optional = False


class ProjectStepForm(BatonForm):
    reason = LongTextField(
        label=_("Why?"),
        rows=3,
        max_words=200,
        help_text=_("The team, the sponsor and staff read this."),
        error_messages={"required": _("Give a reason")},
    )

    def __init__(self, *args: Any, needs_reason: bool, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = label
        if not needs_reason:
            del self.fields["reason"]


class ProjectUpdateForm(BatonForm):
    # First of all, so that a project isn't only its tasks.
    relationships = LongTextField(
        label=_("What have you learned, and whom have you got to know?"), required=False, rows=3, max_words=150
    )
    rag = forms.ChoiceField(
        label=_("How is the project?"),
        choices=[(r.value, r.label) for r in (Rag.GREEN, Rag.AMBER, Rag.RED)],
        widget=Radios(hints={r.value: RAG_MEANING[r] for r in Rag}),
        error_messages={"required": _("Choose a rating")},
    )
    reason = LongTextField(
        label=_("Why this rating?"),
        rows=3,
        max_words=100,
        help_text=_("One or two sentences."),
        error_messages={"required": _("Say why you chose this rating")},
    )
    done = LongTextField(label=_("What have you done since the last update?"), required=False, rows=3, max_words=150)
    next = LongTextField(label=_("What comes next?"), required=False, rows=3, max_words=150)
    help_wanted = LongTextField(
        label=_("What do you want from your sponsor?"),
        required=False,
        rows=2,
        max_words=100,
        help_text=_("If you write something here, your sponsor gets a message that asks for it."),
    )
    after = forms.CharField(widget=forms.HiddenInput, required=False)
    submit_label = _("Post the update")

    def __init__(self, *args: Any, draft: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reason", "relationships", "done", "next", "help_wanted"):
            self.fields[name].widget.attrs["data-baton-draft"] = f"{draft}-{name}"
