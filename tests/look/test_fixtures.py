"""Every component template against the examples that govuk-frontend ships with its package.

An example is its options and the HTML that the Nunjucks macro makes of them. The options are given to our template as
they are (in snake_case, `html` as markup), and the two results must be the same document: the same elements, attributes
and text, whatever the white space and the order of attributes."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.safestring import mark_safe

from engine.forms.components import render_component

FIXTURES = Path(settings.BASE_DIR) / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
COMPONENTS = [
    "back-link",
    "breadcrumbs",
    "button",
    "character-count",
    "checkboxes",
    "date-input",
    "details",
    "error-message",
    "error-summary",
    "fieldset",
    "file-upload",
    "hint",
    "input",
    "inset-text",
    "label",
    "notification-banner",
    "pagination",
    "panel",
    "password-input",
    "radios",
    "select",
    "summary-list",
    "tag",
    "task-list",
    "textarea",
    "warning-text",
]
# What we leave out on purpose. The key is a component, the values patterns of example names with the reason.
SKIPPED: dict[str, dict[str, str]] = {
    "date-input": {"^with field value and items$": "two ways of giving the boxes in one call"},
    "select": {"^with falsy values$": "the value `false` of JavaScript"},
    "file-upload": {"^(enhanced|translated)": "the drop zone needs script and says no more than the input"},
    "panel": {"^interruption": "a page that interrupts: we have none"},
}
# Examples compared at the time of writing, less a few for those a new release may drop.
FLOOR = 480

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "path"}


class Normal(HTMLParser):
    """A document as a list of comparable events; runs of white space are one space, and none at an element's edge."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: " ".join((value or "").split()) for name, value in attrs}
        self.events.append(("open", tag, tuple(sorted(found.items()))))
        if tag in VOID:
            self.events.append(("close", tag))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.events.append(("close", tag))

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text:
            return
        if self.events and self.events[-1][0] == "text":
            text = f"{self.events.pop()[1]} {text}"
        self.events.append(("text", text))


def normal(html: str) -> list[Any]:
    parser = Normal()
    parser.feed(html)
    parser.close()
    return parser.events


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def own_attributes(value: Any) -> Any:
    """The attributes option: {name: text} or {name: {value, optional}}, where True is 'true' unless optional."""
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, item in value.items():
        optional = isinstance(item, dict) and item.get("optional", False)
        given = item.get("value") if isinstance(item, dict) else item
        if optional:
            found[name] = given
        else:
            found[name] = "" if given is None else str(given).lower() if isinstance(given, bool) else given
    return found


def own_options(value: Any) -> Any:
    """The options of a Nunjucks macro as ours: snake_case, and one `text` for both text and html."""
    if isinstance(value, list):
        return [own_options(item) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, item in value.items():
        if name == "attributes" or name.endswith("Attributes"):
            found[snake(name)] = own_attributes(item)
        elif name == "html" and item:
            found["text"] = mark_safe(item)
        elif name.endswith("Html") and item:
            found[f"{snake(name)[:-5]}_text"] = mark_safe(item)
        elif name.lower().endswith("text") and value.get(f"{name[:-4]}Html", name == "text" and value.get("html")):
            continue  # the markup wins
        elif name.endswith("Html"):
            continue
        else:
            found[snake(name)] = own_options(item)
    return found


def reason_to_skip(component: str, name: str) -> str:
    for pattern, reason in SKIPPED.get(component, {}).items():
        if re.search(pattern, name):
            return reason
    return ""


def examples() -> list[Any]:
    found = []
    for component in COMPONENTS:
        for example in json.loads((FIXTURES / component / "fixtures.json").read_text())["fixtures"]:
            if not reason_to_skip(component, example["name"]):
                found.append(pytest.param(component, example, id=f"{component}: {example['name']}"))
    return found


@pytest.mark.parametrize(("component", "example"), examples())
def test_component_is_as_govuk_frontend_makes_it(component: str, example: dict[str, Any]) -> None:
    html = render_component(snake(component).replace("-", "_"), own_options(example["options"]))
    assert normal(html) == normal(example["html"])


def test_enough_examples_are_compared() -> None:
    counts = Counter(example.values[0] for example in examples())
    assert set(counts) == set(COMPONENTS)
    assert sum(counts.values()) >= FLOOR


def test_every_reason_to_skip_is_still_needed() -> None:
    for component, patterns in SKIPPED.items():
        names = [e["name"] for e in json.loads((FIXTURES / component / "fixtures.json").read_text())["fixtures"]]
        for pattern in patterns:
            assert any(re.search(pattern, name) for name in names), f"{component}: nothing matches {pattern!r}"
