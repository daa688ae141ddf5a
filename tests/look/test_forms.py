"""Forms as people meet them: what they type, what is said of it, where the links of the summary lead."""

import re
from datetime import date, time
from html.parser import HTMLParser
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from engine.forms import (
    BatonForm,
    BatonFormHelper,
    Checkboxes,
    ClockTimeField,
    DayMonthYearField,
    LongTextField,
    Radios,
    VersionField,
)
from engine.forms.base import BatonFormMixin
from engine.forms.style_guide import StyleGuideForm
from engine.forms.wording import DJANGOS_REQUIRED, NO_ARTICLE, error_text, required_message


class Elements(HTMLParser):
    """Ids and links of a piece of page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, **wanted: str) -> list[dict[str, str | None]]:
        return [attrs for _tag, attrs in self.found if all(attrs.get(k) == v for k, v in wanted.items())]

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _tag, attrs in self.found if attrs.get("id")]


def render(form: forms.BaseForm) -> str:
    context = Context({"form": form, "request": RequestFactory().get("/"), "csrf_token": "t" * 64})
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(context)


class StartForm(BatonForm):
    start = DayMonthYearField(label="Start", what="The start date")


def start(day: str, month: str, year: str) -> StartForm:
    return StartForm({"start-day": day, "start-month": month, "start-year": year})


@pytest.mark.parametrize("month", ["3", "03", "mar", "March", " march "])
def test_date_from_three_boxes(month: str) -> None:
    form = start("27", month, "2019")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["start"] == date(2019, 3, 27)


@pytest.mark.parametrize(
    ("typed", "message", "link"),
    [
        (("", "", ""), "Enter the start", "start-day"),
        (("27", "", "2019"), "The start date must include a month", "start-month"),
        (("27", "", ""), "The start date must include a month and a year", "start-month"),
        (("30", "2", "2019"), "The start date must be a real date", "start-day"),
        (("27", "13", "2019"), "The start date must be a real date", "start-month"),
        (("27", "3", "19"), "Year must include 4 numbers", "start-year"),
        (("27", "3", "9999"), "The start date must be a real date", "start-year"),
        (("²", "3", "2019"), "The start date must be a real date", "start-day"),
        (("٢", "3", "2019"), "The start date must be a real date", "start-day"),
    ],
)
def test_date_error_names_the_box(typed: tuple[str, str, str], message: str, link: str) -> None:
    form = start(*typed)
    assert not form.is_valid()
    html = render(form)
    page = Elements(html)
    assert html.count(message) == 2, "once in the summary, once at the field"
    assert page.having(href=f"#id_{link}")
    assert f"id_{link}" in page.ids
    (box,) = page.having(id=f"id_{link}")
    assert "govuk-input--error" in (box["class"] or "")


def test_date_that_may_not_be_changed_keeps_its_value() -> None:
    class FixedForm(BatonForm):
        start = DayMonthYearField(disabled=True, initial=date(2019, 3, 27))

    form = FixedForm({"start-day": "1", "start-month": "1", "start-year": "2020"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["start"] == date(2019, 3, 27)
    assert all("disabled" in box for box in Elements(render(form)).having(inputmode="numeric"))


def test_date_keeps_what_was_typed() -> None:
    page = Elements(render(start("27", "Marchh", "2019")))
    assert page.having(id="id_start-month", value="Marchh")


def test_date_shows_its_initial_value_and_sees_changes() -> None:
    form = StartForm(initial={"start": date(2019, 3, 27)})
    assert Elements(render(form)).having(id="id_start-day", value="27")
    same = StartForm(
        {"start-day": "27", "start-month": "03", "start-year": "2019"}, initial={"start": date(2019, 3, 27)}
    )
    other = StartForm(
        {"start-day": "28", "start-month": "3", "start-year": "2019"}, initial={"start": date(2019, 3, 27)}
    )
    assert not same.has_changed()
    assert other.has_changed()


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("5:30pm", time(17, 30)),
        ("5.30 PM", time(17, 30)),
        ("17:30", time(17, 30)),
        ("9am", time(9)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("midday", time(12)),
        ("11:59 p.m.", time(23, 59)),
    ],
)
def test_time_of_day(typed: str, clock: time) -> None:
    assert ClockTimeField().clean(typed) == clock


@pytest.mark.parametrize("typed", ["5", "25:00", "13pm", "0am", "12:60", "soon", "-1:00"])
def test_time_of_day_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="Enter a time, like"):
        ClockTimeField().clean(typed)


def test_long_text_counts_words() -> None:
    field = LongTextField(max_words=3)
    assert field.clean("one two  three\n") == "one two  three"
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean("one two three four five")
    assert refusal.value.messages == ["Use 3 words or fewer: you have 2 words too many"]


def test_long_text_on_the_page_has_counter_and_draft() -> None:
    class AnswerForm(BatonForm):
        answer = LongTextField(max_words=200, draft="answer-7")

    page = Elements(render(AnswerForm({"answer": "\n  <b>kept</b>"})))
    (box,) = page.having(name="answer")
    assert box["data-baton-draft"] == "answer-7"
    assert box["aria-describedby"] == "id_answer-info"
    (group,) = page.having(**{"data-module": "govuk-character-count"})
    assert (group["data-maxlength"], group["data-count-type"]) == ("200", "words")


def test_every_link_of_the_summary_leads_to_an_input() -> None:
    form = StyleGuideForm({})
    html = render(form)
    page = Elements(html)
    links = [
        attrs["href"][1:] for tag, attrs in page.found if tag == "a" and (attrs.get("href") or "").startswith("#id")
    ]
    assert len(links) == len(form.errors) >= 10
    for link in links:
        (element,) = page.having(id=link)
        assert element.get("name"), f"#{link} isn't an input"
    assert len(page.ids) == len(set(page.ids)), "an id stands twice"
    for _tag, attrs in page.found:
        for described_by in (attrs.get("aria-describedby") or "").split():
            assert described_by in page.ids
    assert "This field is required" not in html


def test_browser_is_not_asked_to_check() -> None:
    html = render(StyleGuideForm())
    page = Elements(html)
    assert page.having(novalidate=None) and " novalidate" in html
    for _tag, attrs in page.found:
        assert not {"required", "maxlength", "autofocus", "style"} & set(attrs)


def test_labels_say_what_is_optional_and_each_input_has_one() -> None:
    html = render(StyleGuideForm())
    assert "Phone number (optional)" in html
    page = Elements(html)
    labelled = {attrs.get("for") for tag, attrs in page.found if tag == "label"}
    inputs = [a for tag, a in page.found if tag in {"input", "select", "textarea"} and a.get("type") != "hidden"]
    assert all(attrs["id"] in labelled for attrs in inputs)


def test_revealed_field_stands_inside_its_choice_only() -> None:
    page = Elements(render(StyleGuideForm()))
    assert len(page.having(name="adjustment")) == 1
    (choice,) = page.having(name="adjustments", value="yes")
    assert choice["data-aria-controls"] == "conditional-id_adjustments"


def test_choices_stay_chosen_and_radios_drop_the_empty_choice() -> None:
    class ChoiceForm(BatonForm):
        role = forms.ChoiceField(choices=[("", "---------"), ("a", "A"), ("b", "B")], widget=Radios())
        days = forms.MultipleChoiceField(choices=[(1, "Mon"), (2, "Tue")], widget=Checkboxes())
        place = forms.ChoiceField(choices=[("", "---------"), ("x", "X")])

    data = MultiValueDict({"role": ["b"], "days": ["1", "2"], "place": ["x"]})
    page = Elements(render(ChoiceForm(data)))
    assert [a["value"] for a in page.having(type="radio")] == ["a", "b"]
    assert page.having(id="id_role-2")[0].keys() >= {"checked"}
    assert all("checked" in a for a in page.having(type="checkbox"))
    assert "selected" in page.having(value="x")[0]
    assert "Choose one" in render(ChoiceForm())


def test_what_people_type_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'

    class EvilForm(BatonForm):
        name = forms.CharField(label=evil, help_text=evil, max_length=3)
        text = LongTextField(label=evil, max_words=1)
        role = forms.ChoiceField(label=evil, choices=[(evil, evil)], widget=Radios(hints={evil: evil}))
        place = forms.ChoiceField(label=evil, choices=[(evil, [(evil, evil)])])
        start = DayMonthYearField(label=evil, what=evil)

    data = {"name": evil, "text": evil, "role": evil, "place": "?", "start-day": evil, "start-month": "1"}
    html = render(EvilForm(data))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 10


def test_one_thing_per_page_has_its_label_as_heading() -> None:
    class WhyForm(BatonForm):
        heading_field = "why"
        why = LongTextField(label="Why now?")

    html = " ".join(render(WhyForm()).split())
    assert re.search(
        r'<h1 class="govuk-label-wrapper"> ?<label class="govuk-label govuk-label--l"[^>]*> ?Why now\?', html
    )
    assert WhyForm().heading_text == "Why now?"


def test_summary_is_shown_once_even_if_the_layout_shows_it_first() -> None:
    template = "{% load crispy_forms_tags %}{% error_summary form %}<h1>x</h1>{% crispy form %}"
    html = Template(template).render(Context({"form": start("", "", ""), "csrf_token": "t"}))
    assert html.count("govuk-error-summary__title") == 1
    assert html.index("There is a problem") < html.index("<h1>")


def test_hidden_version_is_carried_and_its_error_is_said() -> None:
    class EditForm(BatonForm):
        version = VersionField()
        name = forms.CharField()

    assert Elements(render(EditForm(initial={"version": 7}))).having(type="hidden", name="version", value="7")
    html = render(EditForm({"version": "x", "name": "Ada"}))
    assert "Version: “Version” must be a whole number" in html
    assert 'href="#id_version"' not in html


def test_buttons_of_the_helper() -> None:
    class OfferForm(BatonForm):
        submit_label = "Make offers"
        secondary_actions = (("draft", "Save draft"),)
        cancel_href = "/essex/"

    page = render(OfferForm())
    assert page.count('data-prevent-double-click="true"') == 2
    assert 'name="draft" value="1"' in page
    assert '<a class="govuk-link" href="/essex/">Cancel</a>' in page
    assert page.count("csrfmiddlewaretoken") == 1


def test_get_form_has_no_token_and_part_of_a_form_has_no_buttons() -> None:
    class FilterForm(BatonForm):
        q = forms.CharField()
        helper: Any = BatonFormHelper(method="get")

    class PartForm(BatonForm):
        q = forms.CharField()
        helper: Any = BatonFormHelper(form_tag=False)

    assert "csrfmiddlewaretoken" not in render(FilterForm())
    part = render(PartForm())
    assert "<form" not in part and "<button" not in part


def test_file_form_is_multipart() -> None:
    assert 'enctype="multipart/form-data"' in render(StyleGuideForm())


def test_a_limit_is_said_with_the_fields_name_and_a_forms_own_words_stand() -> None:
    class SeatForm(BatonForm):
        name = forms.CharField(label="Name", max_length=5)
        code = forms.CharField(label="Code", min_length=3)
        seats = forms.IntegerField(label="Seats", min_value=1, max_value=9)
        over = forms.IntegerField(label="Over", max_value=2)
        days = forms.IntegerField(label="Days")
        share = forms.DecimalField(label="Share", min_value=1)
        own = forms.IntegerField(label="Own", max_value=3, error_messages={"max_value": "Three will do"})

    data = {"name": "x" * 7, "code": "ab", "seats": "10", "over": "3", "days": "many", "share": "0", "own": "4"}
    form = SeatForm(data)
    assert [error_text(form[name]) for name in form.fields] == [
        "“Name” must be 5 characters or fewer: you have 7",
        "“Code” must be 3 characters or more: you have 2",
        "“Seats” must be from 1 to 9",
        "“Over” must be 2 or less",
        "“Days” must be a whole number",
        "“Share” must be 1 or more",
        "Three will do",
    ]
    page = Template("{% load baton %}{% error_summary form %}").render(Context({"form": form}))
    assert "“Seats” must be from 1 to 9" in page and "Ensure this value" not in page


def test_a_field_left_empty_is_named_as_people_speak() -> None:
    class PersonForm(BatonForm):
        reason = forms.CharField()
        body = forms.CharField(label="NHS body")
        name = forms.CharField(label="Your name")
        role = forms.ChoiceField(choices=[("", ""), ("a", "A")])
        side = forms.ChoiceField(label="Whose side it is", choices=[("a", "A")])

    form = PersonForm({})
    assert [error_text(form[name]) for name in form.fields] == [
        "Enter the reason",
        "Enter the NHS body",
        "Enter your name",
        "Choose the role",
        "Choose whose side it is",
    ]


def test_no_form_asks_for_a_thing_without_an_article() -> None:
    """“Enter reason” is no English. Every form that a page of the portal has, with its own words and with those it's given."""
    import_module(settings.ROOT_URLCONF)  # and so every view with its forms
    said = {
        f"{form.__name__}.{name}": words_when_empty(name, field)
        for form in subclasses(BatonFormMixin)
        if form.__module__.split(".")[0] != "tests"
        for name, field in getattr(form, "base_fields", {}).items()
        if field.required and not field.widget.is_hidden
    }
    assert len(said) > 150 and said["EmployerChangeForm.organisation"] == "Choose the new employer"
    wrong = {where: text for where, text in said.items() if not ARTICLE.match(text)}
    assert not wrong


# "Choose at least one": of what the page lists.
ARTICLE = re.compile(rf"(?!(Enter|Choose|Select|Give|Add) )|\w+ (at least|{'|'.join(sorted(NO_ARTICLE))})\b")


def words_when_empty(name: str, field: forms.Field) -> str:
    text = str(field.error_messages["required"])
    label = name.replace("_", " ").capitalize() if field.label is None else str(field.label)
    return required_message(field, label) if text == DJANGOS_REQUIRED else text


def subclasses(form: type) -> set[type]:
    return {form}.union(*(subclasses(each) for each in form.__subclasses__()))
