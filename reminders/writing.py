"""From an app's text templates to a finished message: the subject, the plain text, and the HTML made from that text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

# Where the link stands in a stored body. It is put in when the message leaves, and never stored.
LINK = "{{link}}"


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str

    @property
    def preview(self) -> str:
        """The text for whoever reads it before it leaves: no link is minted yet."""
        return self.text.replace(LINK, _("[the link, to each person their own]"))


@dataclass
class Block:
    """A paragraph, a list or the button of the HTML version."""

    text: str = ""
    items: list[str] = field(default_factory=list)
    link: str = ""


def render_message(kind: str, values: dict[str, Any], *, button: str = "") -> Rendered:
    """Render 'app.name' from its subject and text templates, with dates in the tenant's own time zone."""
    with timezone.override(ZoneInfo(values["tenant"].time_zone)):
        return _render(kind, {**values, "link": LINK}, button)


def _render(kind: str, values: dict[str, Any], button: str) -> Rendered:
    app, name = kind.split(".", 1)
    subject = " ".join(render_text(f"{app}/email/{name}.subject.txt", values).split())[:200]
    # Tags on lines of their own leave empty lines behind.
    body = re.sub(r"\n\s*\n\s*\n+", "\n\n", render_text(f"{app}/email/{name}.txt", values)).strip()
    why = _("You get this message because you take part in a programme of %(tenant)s, or were named in one.") % {
        "tenant": values["tenant"].name
    }
    if values.get("asks"):
        why = f"{why} {_('Reminders of it stop once you have answered.')}"
    html = render_to_string(
        "reminders/email/message.html",
        {
            "subject": subject,
            "blocks": blocks_of(body, button or _("Open the page")),
            "why": why,
            "tenant": values["tenant"],
        },
    )
    return Rendered(subject, f"{body}\n\n--\n{why}\n", html)


def render_text(template: str, values: dict[str, Any]) -> str:
    """A text template without HTML escaping: 'O'Brien' must not arrive as 'O&#x27;Brien'."""
    return get_template(template).template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]


def blocks_of(body: str, button: str) -> list[Block]:
    """Split plain text into paragraphs, lists ('- ' begins an item) and the button (the link on a line of its own)."""
    blocks: list[Block] = []
    fresh = True
    for line in (raw.strip() for raw in body.splitlines()):
        last = blocks[-1] if blocks and not fresh else None
        fresh = False
        if not line:
            fresh = True
        elif line == LINK:
            blocks.append(Block(text=button, link=LINK))
        elif line.startswith("- "):
            if last is None or not last.items:
                blocks.append(last := Block())
            last.items.append(line[2:])
        elif last is None or last.link or last.items:
            blocks.append(Block(text=line))
        else:
            last.text += f"\n{line}"
    return blocks
