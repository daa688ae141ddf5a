"""A person at a browser: opens the front door, follows what the page offers, and looks at every page with a critical eye.

Nothing here knows an address but '/', the mail that was delivered, and what stands on the page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect

from tests.browser.mail import CODE, LINK, mail_of, mails_of

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 740}
AXE = (Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
# Only what is wrong comes back, and colours are compared at one size: they are the same at both, and take half of the time.
AXE_RUN = """rules => axe.run(document, {resultTypes: ['violations'], rules}).then(
  found => found.violations.map(({id, help, nodes}) => ({id, help, targets: nodes.slice(0, 3).map(node => node.target)})))"""
NO_COLOURS = {"color-contrast": {"enabled": False}}
SCREENS = Path(settings.BASE_DIR) / ".baton" / "screens"
# Public ids (which have no vowels), tokens and numbers: what differs between two pages of one kind.
IDENTITY = re.compile(r"/(?:\d+|[2-9b-df-hj-np-tv-z]{10}|(?=[^/]*\d)[a-z0-9]{8,}|[A-Za-z0-9_-]{25,})(?=/|$)")
# Chromium says this of any answer of 400 and more, the expected ones included; the walker checks statuses itself.
STATUS_NOISE = "Failed to load resource: the server responded with a status of"


def kind_of(path: str) -> str:
    """Two pages of one kind have the same template: their addresses differ in ids alone."""
    return IDENTITY.sub("/*", path)


class Critic:
    """What was found wrong on the pages of a whole test, and which kinds of page were looked at.

    With `pictures`, the name of a folder below .baton/screens/, each of them is photographed as well.
    """

    def __init__(self, pictures: str = "") -> None:
        self.complaints: list[str] = []
        self.seen: set[tuple[str, int]] = set()
        self.folder = SCREENS / pictures if pictures else None
        self.walkers: list[Walker] = []

    def complain(self, page: Page, text: str) -> None:
        self.complaints.append(f"{urlsplit(page.url).path}: {text}")

    def look(self, page: Page, name: str = "", *, axe: bool = True, back: bool = True) -> None:
        """axe and the width of the page, at both sizes, once for each kind of page; `back` to the size it was."""
        kind = name or kind_of(urlsplit(page.url).path)
        if page.locator(".govuk-error-summary").count():
            kind += "#errors"
        before = page.viewport_size or DESKTOP
        for size in (before, PHONE if before == DESKTOP else DESKTOP):
            if (kind, size["width"]) in self.seen:
                continue
            self.seen.add((kind, size["width"]))
            if page.viewport_size != size:
                self.resize(page, size)
            if axe:
                self.examine(page, size["width"], {} if size == before else NO_COLOURS)
            self.measure(page, size["width"])
            if self.folder is not None:
                file = re.sub(r"[^\w*-]+", "_", kind.strip("/")).replace("*", "x") or "start"
                page.screenshot(path=self.folder / f"{file}-{size['width']}.jpg", full_page=True, quality=70)
        if back and page.viewport_size != before:
            self.resize(page, before)

    def resize(self, page: Page, size: Any) -> None:
        """The page's scripts get a frame to follow: the menu folds and unfolds with the width."""
        page.set_viewport_size(size)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def examine(self, page: Page, width: int, rules: Any) -> None:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(AXE)
        for rule in page.evaluate(AXE_RUN, rules):
            self.complain(page, f"axe at {width}: {rule['id']} ({rule['help']}) {rule['targets']}")

    def measure(self, page: Page, width: int) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.complain(page, f"scrolls sideways at {width}: {wide}")


class Walker:
    """One person with a browser of their own."""

    def __init__(
        self, browser: Browser, site: str, critic: Critic, *, email: str = "", size: dict[str, int] | None = None
    ) -> None:
        self.site, self.critic, self.email = site, critic, email
        critic.walkers.append(self)
        self.context: BrowserContext = browser.new_context(
            base_url=site,
            viewport=size or DESKTOP,
            locale="en-GB",
            timezone_id="Europe/London",  # type: ignore[arg-type]
        )
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: critic.complain(self.page, f"script: {error}"))
        self.page.on("request", self.watch)
        self.page.on("response", self.judge)
        self.expected: set[int] = set()

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(STATUS_NOISE):
            self.critic.complain(self.page, f"console: {message.text}")

    def watch(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.critic.complain(self.page, f"third-party origin: {request.url}")

    def judge(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.critic.complain(self.page, f"{response.status} for {response.request.method} {response.url}")

    # the pages
    def open(self, address: str = "/") -> Walker:
        """The front door, or an address that a mail or a page named."""
        self.page.goto(address)
        return self.look()

    def look(self) -> Walker:
        self.critic.look(self.page)
        return self

    def main(self) -> Locator:
        return self.page.locator("main")

    def text(self) -> str:
        return " ".join(self.main().inner_text().split())

    def heading(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def follow(self, text: str | re.Pattern[str], *, within: Locator | None = None, exact: bool = False) -> Walker:
        """A link by its words: of the page's own content first, of the header else."""
        places = [within] if within else [self.main(), self.page.locator("body")]
        for place in places:
            if place is places[-1] and not within:
                self.unfold_menu()
            link = place.get_by_role("link", name=text, exact=exact).or_(
                place.locator("a[role=button]").filter(has_text=text)
            )
            if link.count():
                link.first.click()
                self.page.wait_for_load_state()
                return self.look()
        raise AssertionError(f"No link “{text}” on {self.page.url}:\n{self.text()}")

    def unfold_menu(self) -> None:
        menu = self.page.locator("header").get_by_role("button", name="Menu", expanded=False)
        if menu.count() and menu.is_visible():
            menu.click()

    def press(self, text: str | re.Pattern[str], *, within: Locator | None = None, exact: bool = False) -> Walker:
        """A button by its words; a page that answers with errors fails, unless `refused` is asked for instead."""
        self.click(text, within=within, exact=exact)
        errors = self.page.locator(".govuk-error-summary")
        if errors.count():
            raise AssertionError(f"{self.page.url} refused “{text}”:\n{errors.first.inner_text()}")
        return self.look()

    def unfold(self, words: str) -> Walker:
        self.main().locator("summary").filter(has_text=words).first.click()
        return self

    def refused(self, text: str | re.Pattern[str]) -> str:
        """Press a button that must be refused; answers with what the error summary says."""
        self.expected = {409, 422}
        self.click(text)
        errors = self.page.locator(".govuk-error-summary")
        self.expected = set()
        expect(errors).to_be_visible()
        self.look()
        return errors.inner_text()

    def click(self, text: str | re.Pattern[str], *, within: Locator | None = None, exact: bool = False) -> None:
        button = (within or self.main()).get_by_role("button", name=text, exact=exact)
        if not button.count():
            raise AssertionError(f"No button “{text}” on {self.page.url}:\n{self.text()}")
        button.first.click()
        self.page.wait_for_load_state()

    # forms
    def fill(self, label: str | re.Pattern[str], value: str, *, exact: bool = False, nth: int = 0) -> Walker:
        self.main().get_by_label(label, exact=exact).nth(nth).fill(value)
        return self

    def fill_only(self, value: str) -> Walker:
        """The one text box of a page with one thing on it."""
        self.main().locator("textarea, input[type=text], input[type=email]").first.fill(value)
        return self

    def choose(self, label: str | re.Pattern[str], *, nth: int = 0) -> Walker:
        self.main().get_by_label(label).nth(nth).check()
        return self

    def select(self, label: str | re.Pattern[str], option: str) -> Walker:
        self.main().get_by_label(label).first.select_option(label=option)
        return self

    def fill_date(self, legend: str | re.Pattern[str], day: Any) -> Walker:
        group = self.page.get_by_role("group", name=legend)
        for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(label, exact=True).fill(str(value))
        return self

    def row(self, text: str) -> Locator:
        """The table row, list item, card or task that holds the words."""
        rows = self.page.locator("main tr, main li, main .baton-card, main .govuk-summary-list__row").filter(
            has_text=text
        )
        assert rows.count(), f"No row with “{text}” on {self.page.url}:\n{self.text()}"
        return rows.first

    def attach(self, file: Path) -> Walker:
        self.main().locator("input[type=file]").set_input_files(file)
        return self

    def wait_for(self, text: str | re.Pattern[str], *, seconds: float = 30) -> Walker:
        """Words that a job or a message brings to the page that is open."""
        expect(self.main()).to_contain_text(text, timeout=seconds * 1000)
        return self.look()

    # mail
    def get(self, address: str) -> str:
        return self.context.request.get(address).text()

    def mails(self) -> list[str]:
        return [subject for _, subject in mails_of(self.get, self.email)]

    def mail(self, subject: str, *, wait: float = 20) -> str:
        return mail_of(
            self.get, self.email, subject, pause=lambda s: self.page.wait_for_timeout(s * 1000), seconds=wait
        )

    def follow_mail(self, subject: str) -> Walker:
        """Open the link that a mail brought."""
        body = self.mail(subject)
        link = LINK.search(body)
        assert link, f"no link in the mail:\n{body}"
        return self.open(link[0])

    def sign_in(self) -> Walker:
        """By the code that is mailed, from wherever a sign-in page is shown."""
        had = len(mails_of(self.get, self.email))
        self.follow("Email me a code").fill("Email", self.email).press("Send me a code")
        while len(mails_of(self.get, self.email)) == had:
            self.page.wait_for_timeout(50)
        code = CODE.search(self.mail("code"))
        assert code, self.mail("code")
        return self.fill("code", code[1]).press(re.compile("."))

    def sign_out(self) -> Walker:
        self.click("Sign out", within=self.page.locator("header"))
        return self.look()

    def close(self) -> None:
        self.context.close()


def walking(critic: Critic, browser: Browser, site: str, who: Any, *, size: Any = None) -> Walker:
    """As somebody who has signed in: their session's cookie in a window of its own."""
    walker = Walker(browser, site, critic, size=size)
    cookie = who.client.cookies["sessionid"]
    walker.page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site}])
    return walker
