"""A person without a browser: the same steps as a Walker by plain HTTP, following the links and filling the forms of the page.

Many people do the same thing in the journey; two of them walk it in Chromium, the others like this, without scripts.
"""

from __future__ import annotations

import html
import re
import time
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from xml.etree.ElementTree import Element

import tinyhtml5

from tests.browser.mail import CODE, LINK, mail_of, mails_of

Words = str | re.Pattern[str]
TEXT_BOXES = {"text", "email", "search", "tel", "number", "password", ""}


def text_of(element: Element) -> str:
    """The words of an element as a reader sees them, scripts and styles apart."""
    if element.tag in {"script", "style", "template"}:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [text_of(child), child.tail or ""]
    return " ".join("".join(parts).split())


def says(words: Words, text: str) -> bool:
    return words.lower() in text.lower() if isinstance(words, str) else words.search(text) is not None


@dataclass
class Form:
    """A form's fields as a browser would send them now."""

    element: Element
    values: list[tuple[str, str]] = field(default_factory=list)

    def set(self, name: str, value: str) -> None:
        self.values = [(n, v) for n, v in self.values if n != name] + [(name, value)]

    def add(self, name: str, value: str) -> None:
        if (name, value) not in self.values:
            self.values.append((name, value))


def fields_of(form: Element) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for box in form.iter():
        name = box.get("name")
        if not name or box.get("disabled") is not None:
            continue
        kind = box.get("type", "")
        if box.tag == "input" and kind in {"checkbox", "radio"}:
            if box.get("checked") is not None:
                found.append((name, box.get("value", "on")))
        elif box.tag == "input" and kind not in {"submit", "button", "file", "image"}:
            found.append((name, box.get("value", "")))
        elif box.tag == "textarea":
            found.append((name, "".join(box.itertext()).removeprefix("\n")))
        elif box.tag == "select":
            options = list(box.iter("option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            found += [(name, o.get("value", text_of(o))) for o in chosen]
    return found


class Clerk:
    """The interface of a Walker as far as the journey's many need it."""

    def __init__(self, site: str, email: str) -> None:
        self.site, self.email = site, email
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        self.address = site
        self.tree: Element = Element("html")
        self.forms: list[Form] = []

    # pages
    def open(self, address: str = "/", data: list[tuple[str, str]] | None = None) -> Clerk:
        address = urljoin(self.address, address)
        body = urlencode(data).encode() if data is not None else None
        request = Request(address, data=body, headers={"Referer": self.address})
        try:
            with self.opener.open(request, timeout=20) as response:
                self.address, page = response.geturl(), response.read().decode()
        except HTTPError as error:
            said = text_of(tinyhtml5.parse(error.read().decode(errors="replace"), namespace_html_elements=False))
            raise AssertionError(f"{error.code} for {address}: {said[:1500]}") from error
        self.tree = tinyhtml5.parse(page, namespace_html_elements=False)
        self.forms = [Form(f, fields_of(f)) for f in self.tree.iter("form")]
        return self

    def main(self) -> Element:
        found = self.tree.find(".//main")
        assert found is not None, f"{self.address} has no main"
        return found

    def text(self) -> str:
        return text_of(self.main())

    def follow(self, words: Words) -> Clerk:
        for place in (self.main(), self.tree):
            for link in place.iter("a"):
                if link.get("href") and says(words, text_of(link)):
                    return self.open(link.get("href", ""))
        raise AssertionError(f"No link “{words}” on {self.address}:\n{self.text()}")

    def press(self, words: Words) -> Clerk:
        parents = {child: parent for parent in self.tree.iter() for child in parent}
        for button in self.main().iter("button"):
            if not says(words, text_of(button)) or button.get("type", "submit") != "submit":
                continue
            element = button
            while element.tag != "form":
                element = parents[element]
            form = next(f for f in self.forms if f.element is element)
            sent = [*form.values]
            if button.get("name"):
                sent.append((button.get("name", ""), button.get("value", "")))
            address = element.get("action") or self.address
            if element.get("method", "get").lower() == "get":
                return self.open(f"{address.split('?')[0]}?{urlencode(sent)}")
            return self.open(address, sent)
        raise AssertionError(f"No button “{words}” on {self.address}:\n{self.text()}")

    # forms
    def labelled(self, words: Words, nth: int = 0) -> tuple[Form, Element]:
        found: list[tuple[Form, Element]] = []
        for form in self.forms:
            boxes = {b.get("id"): b for b in form.element.iter() if b.get("id")}
            for label in form.element.iter("label"):
                box = boxes.get(label.get("for"))
                if box is not None and says(words, text_of(label)):
                    found.append((form, box))
        if len(found) > nth:
            return found[nth]
        raise AssertionError(f"No field “{words}” on {self.address}:\n{self.text()}")

    def fill(self, words: Words, value: str, *, nth: int = 0) -> Clerk:
        form, box = self.labelled(words, nth)
        form.set(box.get("name", ""), value)
        return self

    def fill_only(self, value: str) -> Clerk:
        for form in self.forms:
            for box in form.element.iter():
                if box.tag == "textarea" or (box.tag == "input" and box.get("type", "") in TEXT_BOXES):
                    if box in list(self.main().iter()):
                        form.set(box.get("name", ""), value)
                        return self
        raise AssertionError(f"No text box on {self.address}:\n{self.text()}")

    def choose(self, words: Words, *, nth: int = 0) -> Clerk:
        form, box = self.labelled(words, nth)
        name, value = box.get("name", ""), box.get("value", "on")
        if box.get("type") == "radio":
            form.set(name, value)
        else:
            form.add(name, value)
        return self

    def select(self, words: Words, option: str) -> Clerk:
        form, box = self.labelled(words)
        for o in box.iter("option"):
            if text_of(o) == option:
                form.set(box.get("name", ""), o.get("value", ""))
                return self
        raise AssertionError(f"No option “{option}” in “{words}” on {self.address}")

    # mail
    def get(self, address: str) -> str:
        with self.opener.open(urljoin(self.site, address), timeout=20) as response:
            return str(response.read().decode())

    def mail(self, subject: str, *, wait: float = 20) -> str:
        return mail_of(self.get, self.email, subject, pause=time.sleep, seconds=wait)

    def follow_mail(self, subject: str) -> Clerk:
        body = self.mail(subject)
        link = LINK.search(body)
        assert link, f"no link in the mail:\n{body}"
        return self.open(html.unescape(link[0]))

    def sign_in(self) -> Clerk:
        had = len(mails_of(self.get, self.email))
        self.follow("Email me a code").fill("Email", self.email).press("Send me a code")
        while len(mails_of(self.get, self.email)) == had:
            time.sleep(0.05)
        code = CODE.search(self.mail("code"))
        assert code, self.mail("code")
        return self.fill("code", code[1]).press(re.compile("."))


People = dict[str, Any]
