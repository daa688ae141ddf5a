"""Every word that people read is marked for translation: in templates, and where Python hands text to a page, a form or a refusal."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("portal", "tenancy", "engine", "reminders", "cohorts", "selection", "projects", "mentoring", "outcomes")
# The style guide shows developers what the pieces look like.
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*.*")
    if path.suffix in (".html", ".txt") and path.name != "style_guide.html"
)
# Written by the demo and by commands on a terminal: English, like the code.
SOURCES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if not {"migrations", "demo", "management"} & set(path.parts)
    and path.name not in ("admin.py", "checks.py", "command.py", "style_guide.py")
)
MARKED = re.compile(
    r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}|{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", re.S
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
WORD = re.compile(r"[^\W\d_]{2,}")
# Code is not translated, and a block may hold a class or an attribute.
SILENT = ("script", "style", "code")
IN_A_TAG = re.compile(r"((data|aria|baton|govuk)-[\w-]+\s*)+")
NAME = "Baton"
READ_OUT = {"alt", "title", "aria-label", "placeholder", "aria-description", "data-baton-confirm"}
# A literal in a tag is text if it looks like a sentence or a heading; addresses, names of fields and formats don't.
LITERAL = re.compile(r"""(_\(|=_\(|translate\s+|trans\s+)?(["'])([A-Z][a-z]+(?:[ ’,].*?)?)\2""")


class Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self.found += [value for name, value in attrs if name in READ_OUT and value and WORD.search(value)]
        if tag == "input" and dict(attrs).get("type") == "submit":
            self.found.append(dict(attrs).get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent and WORD.search(data) and not IN_A_TAG.fullmatch(data.strip()):
            self.found.append(data.strip())


def unmarked_in_template(text: str) -> list[str]:
    rest = MARKED.sub("", text)
    found = [
        literal
        for tag in TAG.findall(rest)
        for marked, _quote, literal in LITERAL.findall(tag)
        if not marked and literal != NAME
    ]
    reader = Text()
    reader.feed(TAG.sub("", rest))
    reader.close()
    return found + reader.found


# Where Python hands on text that somebody reads: arguments by name, attributes of views and forms, what a refusal says.
KEYWORDS = {
    "label", "help_text", "hint", "title", "heading", "page_heading", "legend", "message", "button", "definition", "empty_label", "reason",
    "help", "caption", "subject", "text", "words", "what",
}  # fmt: skip
ATTRIBUTES = {
    "page_heading",
    "page_title",
    "heading",
    "title",
    "button",
    "button_text",
    "success",
    "lead",
    "legend",
    "caption",
}
CALLS = {
    "Refused", "NotAllowed", "WrongState", "StaleEdit", "ValidationError", "PdfError", "success", "error", "warning", "info", "Column",
    "add_error", "Panel", "Item", "Holding", "ConflictSource", "ReportSection",
}  # fmt: skip
LOGGERS = {"log", "logger", "logging"}


def is_text(node: ast.AST | None) -> bool:
    """A literal, or one with figures in it, that reads like a phrase or a heading."""
    if isinstance(node, ast.JoinedStr):
        return any(is_text(part) for part in node.values)
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    return bool(re.match(r"[A-Z][a-z]", node.value) or (" " in node.value.strip() and WORD.search(node.value)))


def unmarked_in_python(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        values: list[ast.AST | None] = []
        if isinstance(node, ast.Call):
            values = [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
            values += [
                v
                for k in node.keywords
                if k.arg == "error_messages" and isinstance(k.value, ast.Dict)
                for v in k.value.values
            ]
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            of = (
                node.func.value.id
                if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
                else ""
            )
            if name in CALLS and of not in LOGGERS:
                values += node.args
        elif isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            values = [node.value] if names & ATTRIBUTES else []
        found += [
            f"line {value.lineno}: {ast.unparse(value)[:80]}"
            for value in values
            if value is not None and is_text(value)
        ]
    return found


def test_the_walk_finds_what_is_not_marked() -> None:
    assert len(TEMPLATES) > 400 and len(SOURCES) > 400
    assert unmarked_in_template('<p>{% translate "Marked" %}</p><p class="x">Not <b>marked</b></p>') == [
        "Not",
        "marked",
    ]
    assert unmarked_in_template('{% blocktranslate %}Marked{% endblocktranslate %}<img alt="Not this" src="a b">') == [
        "Not this"
    ]
    assert unmarked_in_template('{% button "Save it" %}{% button _("Marked") %}{% url "cohorts:list" %}{# Note #}') == [
        "Save it"
    ]
    assert unmarked_in_template("<script>let Word = 1</script><code>PATH</code>{{ day|date:'j F' }} 10%") == []
    python = 'x = F(label="Your name", hint=_("Marked"))\nraise Refused(f"No {x} is left")\nlog.error("It broke")\nheading = "All of it"'
    assert set(unmarked_in_python(python)) == {
        "line 1: 'Your name'",
        "line 2: f'No {x} is left'",
        "line 4: 'All of it'",
    }


def test_templates_mark_their_words() -> None:
    found = {str(p.relative_to(ROOT)): unmarked_in_template(p.read_text()) for p in TEMPLATES}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_python_marks_what_it_says() -> None:
    found = {str(p.relative_to(ROOT)): unmarked_in_python(p.read_text()) for p in SOURCES}
    assert {path: texts for path, texts in found.items() if texts} == {}
