"""Pictures of each page at two widths, in three languages and two colour schemes, and what a page must keep to."""

import base64
import contextlib
import html
import os
import pathlib
import re
import shutil
import urllib.parse
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, sync_playwright

from phone import CHROMIUM, PATIENCE  # First: it leads the way to the modules of Tests/clients.
from stack import Stack, expect

#: Where the pictures stay, beside what was built.
FOLDER = pathlib.Path(__file__).resolve().parents[2] / ".build" / "screenshots"

#: The languages as the pages are asked for them, and as `lang` says them.
LANGUAGES = {"es": "es", "pt": "pt-BR", "en": "en"}
#: The screens: a phone's and a desk's.
SCREENS = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES = ["light", "dark"]

_RULES = (pathlib.Path(__file__).parent / "page_rules.js").read_text()
_REFRESH = re.compile(r'<meta http-equiv="refresh"[^>]*>')


class Gallery:
    """A browser that takes the pictures, and the complaints about what it saw."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self._stack = stack
        self._origin = _origin(stack.url)
        self._pages: list[str] = []
        self.complaints: list[str] = []

    def visitor(self, **options: object) -> "Visitor":
        """A person with a browser of their own."""
        context = self._browser.new_context(locale="es-AR", **options)
        context.set_default_timeout(PATIENCE)
        return Visitor(self, context, self._stack)

    def take(self, visitor: "Visitor", name: str, language: str) -> None:
        """Takes the four pictures of the page that a visitor has in a language, and looks at each."""
        page = visitor.page
        if name not in self._pages:
            self._pages.append(name)
        for screen, (width, height) in SCREENS.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                title = f"{name}-{screen}-{language}-{scheme}"
                (FOLDER / f"{title}.png").write_bytes(visitor.photograph())
                found = page.evaluate(_RULES, {"lang": LANGUAGES[language], "scheme": scheme})
                self.complaints += [f"{title}: {complaint}" for complaint in found]

    def note(self, request: Request) -> None:
        """Notes what a page loads from elsewhere; where a person is led to is not loaded."""
        url = request.url
        if not url.startswith("data:") and _origin(url) != self._origin and not request.is_navigation_request():
            self.complaints.append(f"loads {url.partition('?')[0]}")

    def finish(self) -> None:
        """Writes the page that shows all pictures, and fails if there was something to complain about."""
        rows = "".join(_row(name) for name in self._pages)
        (FOLDER / "index.html").write_text(
            "<!doctype html><meta charset=utf-8><title>Pages</title><style>img{width:230px;vertical-align:top;"
            f"border:1px solid #888;margin:2px}} body{{font:1rem sans-serif}}</style>{rows}")
        expect(not self.complaints, "\n".join(["the pages break rules", *self.complaints]))
        pictures = len(list(FOLDER.glob("*.png")))
        wanted = len(self._pages) * len(LANGUAGES) * len(SCREENS) * len(SCHEMES)
        expect(pictures == wanted, f"{pictures} pictures instead of {wanted}")
        print(f"{pictures} screenshots of {len(self._pages)} pages in {FOLDER}: {', '.join(self._pages)}")


class Visitor:
    """One browser with its own cookies."""

    def __init__(self, gallery: Gallery, context: BrowserContext, stack: Stack) -> None:
        self._gallery = gallery
        self._stack = stack
        # Pages that go on by themselves stand still while they are looked at.
        context.route(re.compile(re.escape(stack.url) + r"/link/[^/]+(/done)?(\?.*)?$"), _hold)
        self.page: Page = context.new_page()
        self.page.on("request", gallery.note)
        self._camera = context.new_cdp_session(self.page)

    def photograph(self) -> bytes:
        """The whole page as PNG; half the time that Playwright's own way takes."""
        size = self._camera.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        answer = self._camera.send(
            "Page.captureScreenshot",
            {"format": "png", "captureBeyondViewport": True, "optimizeForSpeed": True, "clip": clip})
        return base64.b64decode(answer["data"])

    def show(self, name: str, url: str, status: int = 200) -> None:
        """Takes the pictures of a page that an address leads to, in each language."""
        for language in LANGUAGES:
            answer = self.page.goto(_in(url, language))
            expect(answer and answer.status == status, f"{name} was answered with {answer and answer.status}")
            self._gallery.take(self, name, language)

    def show_after(self, name: str, url: str, act: Callable[[Page], None]) -> None:
        """Takes the pictures of a page that an act on another page leads to, in each language."""
        for language in LANGUAGES:
            self.page.goto(_in(url, language))
            with self.page.expect_navigation():
                act(self.page)
            self._gallery.take(self, name, language)

    def show_sent(self, name: str, path: str) -> None:
        """Takes the pictures of the page that another site's form leads to, in each language."""
        for language in LANGUAGES:
            self.page.goto("about:blank")
            self.page.set_content(f"<form method=post action='{self._stack.url}{path}?lang={language}'><button>")
            with self.page.expect_navigation():
                self.page.locator("button").click()
            self._gallery.take(self, name, language)

    def walk(self, url: str, nickname: str, decision: str = "approve") -> None:
        """Goes from the invitation over the provider's pages to the last one."""
        page = self.page
        page.goto(_in(url, "es"))
        page.locator("form[method=post] button").click()
        page.locator("a.button").click()
        page.locator("input[name=nickname]").fill(nickname)
        page.locator("button").click()
        page.locator(f"button[value={decision}]").click()
        page.wait_for_url(re.compile(re.escape(self._stack.url) + "/link/[^/]+/done"))

    @property
    def address(self) -> str:
        """Where the browser stands, without the query."""
        return self.page.url.partition("?")[0]


@contextlib.contextmanager
def open_gallery(stack: Stack) -> Iterator[Gallery]:
    """A gallery in an empty folder; complains when all is done."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        try:
            gallery = Gallery(browser, stack)
            yield gallery
        finally:
            browser.close()
    gallery.finish()


def _hold(route: Route) -> None:
    answer = route.fetch(max_redirects=0)
    route.fulfill(response=answer, body=_REFRESH.sub("", answer.text()))


def _in(url: str, language: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}lang={language}"


def _origin(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _row(name: str) -> str:
    pictures = "".join(f"<img src='{path.name}' alt='{path.stem}'>" for path in sorted(FOLDER.glob(f"{name}-*.png")))
    return f"<h2>{html.escape(name)}</h2>{pictures}"
