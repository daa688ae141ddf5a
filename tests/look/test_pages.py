"""Layouts and tags, and the rules every template keeps."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from engine.browsers import browser_name
from engine.forms.style_guide import StyleGuideForm

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
ESSEX = SimpleNamespace(name="Essex & <Partners>", slug="essex", colour="#1d5b79")


def render(template: str, **context: Any) -> str:
    return Template(template).render(Context(context))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_template_compiles_and_keeps_the_content_policy(path: Path) -> None:
    get_template(str(path.relative_to(settings.BASE_DIR / "templates")))
    text = path.read_text()
    assert not re.search(r"\sstyle=", text), "inline style"
    assert not re.search(r"\son[a-z]+=", text), "inline handler"
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text), "third-party origin"
    for tag in re.findall(r"<script[^>]*>", text):
        assert " src=" in tag or 'type="application/json"' in tag, "inline script"


def title(**context: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", render_to_string("layouts/question.html", context), re.DOTALL)
    assert found
    return found[1]


def test_title_says_page_tenant_and_portal() -> None:
    form = StyleGuideForm()
    assert title(page_heading="Your role", form=form) == "Your role – Baton"
    assert (
        title(page_heading="Your role", form=form, tenant=ESSEX) == "Your role – Essex &amp; &lt;Partners&gt; – Baton"
    )


def test_title_says_that_there_is_an_error() -> None:
    assert title(page_heading="Your role", form=StyleGuideForm({})) == "Error: Your role – Baton"


def test_error_summary_stands_above_the_heading() -> None:
    page = render_to_string("layouts/question.html", {"page_heading": "Your role", "form": StyleGuideForm({})})
    assert page.index("There is a problem") < page.index('<h1 class="govuk-heading-l">')
    assert page.count("<h1") == 1


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_page_needs_no_context(code: str) -> None:
    page = render_to_string(f"{code}.html")
    assert page.count("<h1") == 1
    assert "data-baton-keep-drafts" in page, "a draft sent into an error must be kept"


def test_signed_out_page_has_no_person_and_signed_in_page_a_form_to_leave() -> None:
    user = SimpleNamespace(is_authenticated=True, email="ada@essex.example")
    assert "data-baton-sign-out" not in render_to_string("404.html")
    page = render_to_string("404.html", {"user": user})
    assert "ada@essex.example" in page
    assert re.search(r'<form method="post" action="/accounts/logout/" data-baton-sign-out>', page)


def test_navigation_marks_where_one_is() -> None:
    page = render_to_string("404.html", {"navigation": [{"text": "Home", "href": "/essex/", "active": True}]})
    assert 'aria-current="true"' in page


def test_status_tag_refuses_a_colour_that_is_none() -> None:
    assert render('{% status_tag "Late" "red" %}').count("govuk-tag--red") == 1
    with pytest.raises(TemplateSyntaxError):
        render('{% status_tag "Late" "crimson" %}')


def test_dates_as_tags_and_filters() -> None:
    day = date(2018, 1, 10)
    assert render("{% uk_date day %}|{{ day|uk_date }}", day=day) == "10 January 2018|10 January 2018"


def test_pagination_keeps_filter_and_order() -> None:
    request = RequestFactory().get("/", {"sort": "-name", "q": "a&b", "page": "4"})
    html = render("{% pagination page %}", page=Paginator(range(500), 50).page(4), request=request)
    assert 'href="?sort=-name&amp;q=a%26b&amp;page=5"' in html
    assert html.count('aria-current="page"') == 1
    assert render("{% pagination page %}", page=Paginator(range(5), 50).page(1), request=request) == ""


def test_sort_header_turns_round_and_starts_on_the_first_page() -> None:
    request = RequestFactory().get("/", {"sort": "name", "page": "3", "q": "x"})
    html = render('{% sort_header "Name" "name" %}', request=request)
    assert html == '<th scope="col" aria-sort="ascending"><a href="?sort=-name&amp;q=x">Name</a></th>'
    assert "aria-sort" not in render('{% sort_header "Score" "score" %}', request=request)


def test_summary_list_says_what_is_changed() -> None:
    rows = [{"key": "Name", "value": "Ada <b>", "href": "/x"}]
    html = render("{% summary_list rows %}", rows=rows)
    assert '>Change<span class="govuk-visually-hidden"> name</span>' in html
    assert "Ada &lt;b&gt;" in html


def test_task_list_without_link_is_not_a_link() -> None:
    html = render("{% task_list items %}", items=[{"text": "Endorsement", "status": "Can’t start yet"}])
    assert "<a" not in html and "cannot-start-yet" in html


def test_progress_polls_until_it_is_finished() -> None:
    going = render('{% progress 3 9 "Read 3 of 9" poll="/job/" %}')
    assert 'hx-get="/job/"' in going and 'max="9" value="3"' in going
    assert "hx-get" not in render('{% progress 9 9 "Done" poll="/job/" finished=True %}')


def test_name_is_never_guessed() -> None:
    assert render("{{ person|person_name }}", person=SimpleNamespace(name="李小龍")) == "李小龍"
    assert render("{{ person|person_name }}", person=None) == ""


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("", "A browser we don’t know"),
    ],
)
def test_browser_in_words(agent: str, words: str) -> None:
    assert browser_name(agent) == words
