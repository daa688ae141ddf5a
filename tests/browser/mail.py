"""Reading a person's mail where the demo keeps it: the inbox pages that anybody may open."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import quote

CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", re.MULTILINE)
LINK = re.compile(r"https?://\S+")
ROW = re.compile(r'href="(/demo/inbox/\d+/)">([^<]+)</a></th>')
BODY = re.compile(r'<div class="govuk-body baton-prose">(.*?)</div>', re.DOTALL)
Get = Callable[[str], str]


def mails_of(get: Get, email: str) -> list[tuple[str, str]]:
    """(address of the mail's page, subject) of what was delivered to the person, newest first."""
    page = get(f"/demo/inbox/?per_page=500&to={quote(email)}")
    return [(path, html.unescape(subject)) for path, subject in ROW.findall(page)]


def mail_of(get: Get, email: str, subject: str, *, pause: Callable[[float], None], seconds: float) -> str:
    """The text of the newest mail to the person whose subject holds the words; waits until it is there."""
    for _attempt in range(int(seconds * 10)):
        for path, title in mails_of(get, email):
            if subject.lower() in title.lower():
                body = BODY.search(get(path))
                assert body is not None
                return html.unescape(re.sub(r"<[^>]+>", "", body[1]))
        pause(0.1)
    raise AssertionError(f"No mail “{subject}” to {email}: {[title for _, title in mails_of(get, email)]}")
