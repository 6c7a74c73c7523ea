"""A shop owner's phone: Debian's Chromium at 390 × 844 that notes whatever a page does wrong."""

import contextlib
import os
import pathlib
import re
import sys
import urllib.parse
from collections.abc import Iterator

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, Response, sync_playwright

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "clients"))
from linking import Shop
from stack import Failed, Stack, expect

CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 390, 844

#: What takes a linking back on the last page.
UNDO = 'form[method=post][action*="/undo"] button'

#: Milliseconds that the phone waits for a page or for something on it.
PATIENCE = 60_000


class Phone:
    """One browser with one tab and its own cookies."""

    def __init__(self, browser: Browser, stack: Stack, label: str, *, scripts: bool) -> None:
        self._stack = stack
        self._label = label
        self._steps = 0
        self._complaints: list[str] = []
        addresses = [stack.url, stack.sandbox["authorization"], stack.sandbox["login"]]
        self._origins = {_origin(address) for address in addresses}
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2, is_mobile=True, has_touch=True,
            locale="es-AR", java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self._complaints.append(f"page error: {error}"))
        self.page.on("request", self._note_request)
        self.page.on("response", self._note_response)
        self.page.on("requestfailed", self._note_failure)

    def open(self, url: str) -> None:
        """Opens an address."""
        answer = self.page.goto(url)
        expect(answer and answer.status == 200, f"{_path(url)} answered {answer and answer.status}")

    def look(self, step: str, language: str | None = None) -> None:
        """Takes a screenshot, and checks what holds for each of the gateway's pages in a language."""
        self.page.wait_for_load_state()
        self._steps += 1
        name = f"{self._label}-{self._steps:02}-{step}.png"
        self.page.screenshot(path=self._stack.folder / name, full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        expect(wide <= WIDTH, f"{step}: the page is {wide} px wide on a phone of {WIDTH} px")
        if language:
            found = self.page.locator("html").get_attribute("lang") or ""
            expect(found.split("-")[0] == language, f"{step}: the page's lang is “{found}”, not {language}")
        expect(not self._complaints, f"{step}: " + "; ".join(self._complaints))

    def expect_text(self, step: str, *texts: str) -> None:
        """Checks that a person can read these texts on the page."""
        shown = self.page.locator("body").inner_text()
        for text in texts:
            expect(text in shown, f"{step}: the page does not say “{text}” but: {shown}")

    def press(self, selector: str) -> None:
        """Presses the one visible thing that a selector names, and waits for the page that it leads to."""
        found = self.page.locator(selector).filter(visible=True)
        expect(found.count() == 1, f"{_path(self.page.url)} has {found.count()} visible {selector}, not 1")
        with self.page.expect_navigation(wait_until="commit"):
            found.click()

    def arrive(self, address: str, pattern: str) -> None:
        """Waits until the tab shows a path on an address's origin."""
        def matches(url: str) -> bool:
            path = urllib.parse.urlsplit(url).path
            return _origin(url) == _origin(address) and re.fullmatch(pattern, path) is not None

        try:
            self.page.wait_for_url(matches)
        except Error as error:
            reasons = [error.message.partition("\n")[0], *self._complaints]
            raise Failed(f"{pattern} was not reached from {_path(self.page.url)}: {'; '.join(reasons)}") from None

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"console, {_path(message.location['url'])}: {message.text}")

    def _note_request(self, request: Request) -> None:
        url = request.url
        if not url.startswith("data:") and _origin(url) not in self._origins:
            self._complaints.append(f"a request to a third party: {_path(url)}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self._complaints.append(f"{_path(response.url)} answered {response.status}")

    def _note_failure(self, request: Request) -> None:
        # What a page still loads when the next one overtakes it is aborted, and nobody's mistake.
        if request.failure != "net::ERR_ABORTED":
            self._complaints.append(f"{_path(request.url)} failed: {request.failure}")


@contextlib.contextmanager
def open_phone(stack: Stack, label: str, *, scripts: bool = True) -> Iterator[Phone]:
    """A fresh phone whose screenshots begin with a label; switched off afterwards."""
    # Chromium's own sandbox refuses to run as root.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        try:
            yield Phone(browser, stack, label, scripts=scripts)
        finally:
            browser.close()


def decide(phone: Phone, stack: Stack, shop: Shop, decision: str) -> None:
    """From the gateway's invitation over the sandbox's login and consent back to the gateway's last page."""
    phone.press("form[method=post] button")
    phone.arrive(stack.sandbox["login"], "/login")
    phone.look("login")
    phone.page.locator("input[name=nickname]").fill(shop.nickname)
    phone.press("button")
    phone.arrive(stack.sandbox["authorization"], "/authorization/consent")
    phone.look("consent")
    phone.press(f"button[value={decision}]")
    phone.arrive(stack.url, "/link/[^/]+/done")
    expect("code=" not in phone.page.url, "the address bar still holds the code")


def _origin(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _path(url: str) -> str:
    """An address without its query, which may hold secrets."""
    return url.partition("?")[0]
