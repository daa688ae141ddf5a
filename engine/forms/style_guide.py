"""What the style guide shows: one form with a field of every kind, and rows for the pieces of pages."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from engine.forms.base import BatonForm
from engine.forms.fields import Checkboxes, ClockTimeField, DayMonthYearField, LongTextField, Radios


class StyleGuideForm(BatonForm):
    """A field of every kind that the pack renders."""

    submit_label = "Save and continue"
    secondary_actions = (("later", "Save and come back later"),)
    cancel_href = "#"
    reveals = {"adjustments": {"yes": ["adjustment"]}}

    name = forms.CharField(label="Your name", help_text="As you’d like others to see it")
    email = forms.EmailField(label="Email address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(label="Phone number", required=False)
    places = forms.IntegerField(label="How many places do you offer?", min_value=1)
    started = DayMonthYearField(label="When did you start?", help_text="For example, 27 3 2019", what="The start date")
    begins = ClockTimeField(label="When does it begin?", help_text="For example, 9:30am or 5pm")
    answer = LongTextField(label="What will you bring to the cohort?", max_words=200, draft="style-guide")
    sector = forms.ChoiceField(
        label="Which sector do you work in?",
        choices=[("", "---------"), ("Councils", [("county", "County"), ("district", "District")]), ("nhs", "NHS")],
    )
    adjustments = forms.ChoiceField(
        label="Do you need any adjustments?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=Radios(hints={"yes": "For example, a hearing loop or longer breaks"}),
    )
    adjustment = forms.CharField(label="What do you need?", required=False)
    days = forms.MultipleChoiceField(
        label="Which days suit you?",
        choices=[("mon", "Monday"), ("tue", "Tuesday"), ("none", "None of these")],
        widget=Checkboxes(exclusive="none"),
    )
    file = forms.FileField(label="The list of nominations", help_text="A spreadsheet of up to 5 MB")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    agreed = forms.BooleanField(label="I have the agreement of my manager")


def style_guide_context(data: Any = None) -> dict[str, Any]:
    """The context of demo/style_guide.html. With `data` (even an empty dict) the form shows its errors."""
    today = timezone.localdate()
    names = ("Ada O’Neill", "Łukasz Wiśniewski-Featherstonehaugh", "李小龍", "Moira Macdonald")
    rows = [
        {"name": name, "organisation": "Essex County Council", "score": 14 - i, "due": today + timedelta(days=3 - i)}
        for i, name in enumerate(names)
    ]
    return {
        "page_heading": "Style guide",
        "caption": "Demonstration",
        "form": StyleGuideForm(data),
        "rows": rows,
        "page_obj": Paginator(range(500), 50).page(4),
        "navigation": [
            {"text": "Home", "href": "#", "active": True},
            {"text": "Who owes what", "href": "#"},
            {"text": "Cohorts", "href": "#"},
        ],
        "side_navigation": [
            {
                "heading": "Cohort 3",
                "links": [{"text": "People", "href": "#", "current": True}, {"text": "Events", "href": "#"}],
            }
        ],
        "tasks": [
            {"text": "About you", "href": "#", "status": "Completed"},
            {"text": "Your answers", "href": "#", "status": "In progress", "colour": "light-blue", "hint": "2 of 5"},
            {"text": "Endorsement", "status": "Can’t start yet", "hint": "Once you’ve named your manager"},
        ],
        "summary": [
            {"key": "Name", "value": "Ada O’Neill", "href": "#"},
            {"key": "Organisation", "value": "Essex County Council", "href": "#"},
        ],
        "today": today,
        "now": timezone.now(),
    }
