"""The scripts of every page in a real browser, under the content policy of the portal. Pages are rendered here and
answered by the test itself, so that these tests need no server and no database."""

import mimetypes
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect, sync_playwright

from engine.forms import BatonForm, LongTextField
from engine.forms.style_guide import style_guide_context

ROOT = Path(settings.BASE_DIR)
ORIGIN = "http://localhost:8000"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
Answer = Callable[[Route], str | None]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.environ.get("BATON_NO_BROWSER") == "1", reason="left out on purpose (BATON_NO_BROWSER)"),
]


class ReflectionForm(BatonForm):
    text = LongTextField(label="Your reflection", draft="reflection-1")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    binary = os.environ.get("BATON_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert binary, "no Chromium here: name one in BATON_CHROMIUM or leave the browser tests out (BATON_NO_BROWSER=1)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(chromium: Any) -> Iterator[tuple[Page, dict[str, Answer]]]:
    """A page of the browser and the addresses it knows: path -> function giving the HTML, or None to drop the line."""
    context = chromium.new_context(base_url=ORIGIN)
    answers: dict[str, Answer] = {}
    complaints: list[str] = []

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = ROOT / "static" / "dist" / path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return route.fulfill(body=file.read_bytes(), content_type=kind)
        html = answers[path](route) if path in answers else ""
        if html is None:
            return route.abort("internetdisconnected")
        return route.fulfill(body=html, content_type="text/html", headers={"content-security-policy": POLICY})

    context.route("**/*", answer)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, answers
    context.close()
    assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


def form_page(form: ReflectionForm | None = None) -> str:
    return render_to_string("layouts/question.html", {"form": form or ReflectionForm(), "page_heading": "Reflect"})


def stored(page: Page) -> str | None:
    return page.evaluate("localStorage.getItem('baton-draft:reflection-1')")


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Waits as Playwright's own wait_for_function can't here: it evaluates strings, which the policy forbids."""
    for _attempt in range(50):
        if condition():
            return
        page.wait_for_timeout(100)
    pytest.fail("nothing changed in 5 seconds")


def write(page: Page, text: str) -> None:
    page.goto("/reflect/")
    page.get_by_label("Your reflection").fill(text)
    until(page, lambda: stored(page) is not None)


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("data", [None, {}], ids=["fresh", "with errors"])
def test_style_guide_is_accessible_and_fits(site: Any, width: int, data: dict | None) -> None:
    page, answers = site
    context = style_guide_context(data) | {"back_href": "/"}
    answers["/"] = lambda _route: render_to_string("demo/style_guide.html", context)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    page.wait_for_selector("body.govuk-frontend-supported")
    page.get_by_label("Yes", exact=True).check()
    assert page.get_by_label("What do you need?").is_visible()
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
    found = page.evaluate(f"{axe};axe.run(document)")
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert "Atkinson" in page.evaluate("getComputedStyle(document.body.querySelector('p')).fontFamily")
    assert page.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")


@pytest.mark.parametrize("width", [1280, 375])
def test_a_word_without_end_scrolls_no_list_sideways(site: Any, width: int) -> None:
    """Anybody may write one, on a public page too."""
    page, answers = site
    word = "x" * 300
    item = f'<li class="baton-todo__item"><a class="govuk-link" href="/">{word}</a> <span class="baton-todo__when">{word}</span></li>'
    listed = (
        f'{{% extends "layouts/page.html" %}}{{% block content %}}<ul class="baton-todo">{item}</ul>{{% endblock %}}'
    )
    answers["/"] = lambda _route: Template(listed).render(Context({"page_heading": "Pledges"}))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_error_summary_gets_the_focus_and_leads_to_the_field(site: Any) -> None:
    page, answers = site
    answers["/reflect/"] = lambda _route: form_page(ReflectionForm({}))
    page.goto("/reflect/")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter your reflection").click()
    expect(page.get_by_label("Your reflection")).to_be_focused()


def test_bulk_bar_comes_with_the_selection(site: Any) -> None:
    page, answers = site
    answers["/"] = lambda _route: render_to_string("demo/style_guide.html", style_guide_context())
    page.goto("/")
    bar = page.locator(".baton-bulk")
    expect(bar).to_be_hidden()
    page.get_by_label("Select all").check()
    expect(bar).to_contain_text("4 selected")
    page.get_by_label("Select Moira Macdonald").uncheck()
    expect(bar).to_contain_text("3 selected")
    assert page.get_by_label("Select all").evaluate("box => box.indeterminate")


def test_draft_survives_a_closed_tab_and_is_offered_not_imposed(site: Any) -> None:
    page, answers = site
    answers["/reflect/"] = lambda _route: form_page()
    write(page, "What I noticed")
    page.goto("/reflect/")
    box = page.get_by_label("Your reflection")
    assert box.input_value() == ""
    page.get_by_role("button", name="Put it back").click()
    assert box.input_value() == "What I noticed"
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_draft_can_be_thrown_away(site: Any) -> None:
    page, answers = site
    answers["/reflect/"] = lambda _route: form_page()
    write(page, "What I noticed")
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    assert stored(page) is None


def test_draft_goes_once_it_has_arrived(site: Any) -> None:
    page, answers = site
    answers["/reflect/"] = lambda route: (
        form_page()
        if route.request.method == "GET"
        else render_to_string("layouts/page.html", {"page_heading": "Saved"})
    )
    write(page, "What I noticed")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    until(page, lambda: stored(page) is None)


@pytest.mark.parametrize("template", ["account/login.html", "500.html", "403_csrf.html"])
def test_draft_stays_when_the_answer_is_a_sign_in_or_an_error(site: Any, template: str) -> None:
    page, answers = site
    answers["/reflect/"] = lambda route: (
        form_page() if route.request.method == "GET" else render_to_string(template, {"SOCIALACCOUNT_ONLY": True})
    )
    write(page, "What I noticed")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_selector("body[data-baton-keep-drafts].js-enabled")
    assert "What I noticed" in (stored(page) or "")


def test_draft_stays_when_the_line_is_dead_or_the_answer_is_refused(site: Any) -> None:
    page, answers = site
    answers["/reflect/"] = lambda route: form_page() if route.request.method == "GET" else None
    write(page, "What I noticed")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("chrome-error://**")
    page.goto("/reflect/")
    page.get_by_role("button", name="Put it back").click()
    answers["/reflect/"] = lambda _route: form_page(ReflectionForm({"text": ""}))
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert "What I noticed" in (stored(page) or "")


def test_nobody_is_offered_what_another_wrote_on_this_device(site: Any) -> None:
    """As after a session that ran out: nobody signed out, and somebody else signs in."""
    page, answers = site
    owner = ["one"]

    def answer(_route: Any) -> str:
        return form_page().replace("<body ", f'<body data-baton-owner="{owner[0]}" ')

    answers["/reflect/"] = answer
    write(page, "What I noticed")
    page.goto("/reflect/")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(1)
    owner[0] = "another"
    page.goto("/reflect/")
    page.wait_for_selector("body.js-enabled")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    assert stored(page) is None


def test_signing_out_leaves_nothing_behind(site: Any) -> None:
    page, answers = site
    user = {"is_authenticated": True, "email": "ada@essex.example"}
    answers["/reflect/"] = lambda _route: render_to_string(
        "layouts/question.html", {"form": ReflectionForm(), "page_heading": "Reflect", "user": user}
    )
    answers["/accounts/logout/"] = lambda _route: render_to_string("404.html")
    write(page, "What I noticed")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert stored(page) is None


def test_progress_refreshes_itself_and_stops(site: Any) -> None:
    page, answers = site
    asked: list[int] = []

    def piece(_route: Route) -> str:
        asked.append(1)
        done = len(asked) * 4
        return render_to_string(
            "components/progress.html",
            {"done": done, "total": 8, "text": f"Read {done} of 8", "poll": "/job/", "finished": done >= 8},
        )

    first = render_to_string(
        "components/progress.html", {"done": 0, "total": 8, "text": "Read 0 of 8", "poll": "/job/", "finished": False}
    )
    whole = render_to_string("layouts/page.html", {"page_heading": "Import"})
    answers["/"] = lambda _route: whole.replace("</main>", f"{first}</main>")
    answers["/job/"] = piece
    page.goto("/")
    expect(page.get_by_role("status")).to_have_text("Read 8 of 8", timeout=8000)
    assert page.locator("[hx-get]").count() == 0
    page.wait_for_timeout(2500)
    assert len(asked) == 2


def test_page_works_without_script(chromium: Any) -> None:
    context = chromium.new_context(base_url=ORIGIN, java_script_enabled=False)
    page = context.new_page()
    page.set_content(render_to_string("demo/style_guide.html", style_guide_context()))
    assert page.locator(".baton-bulk").is_visible()
    assert page.get_by_role("link", name="Who owes what").is_visible()
    assert page.locator("#baton-draft-note").count() == 1
    context.close()
