"""Links a seller as its owner would, with a browser's means but without a browser."""

import dataclasses
import html.parser
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from stack import Failed, Stack, expect, unique, wait_until


@dataclasses.dataclass(frozen=True)
class Shop:
    """A seller of the gateway with an open onboarding link, and the sandbox account that is to be linked to it."""

    seller: str
    name: str
    link: str
    url: str
    nickname: str
    user: int
    device: str


def open_shop(stack: Stack) -> Shop:
    """Creates a seller, its onboarding link, and an account with a terminal; nothing is linked yet."""
    name = unique("Panadería ")
    seller = stack.api("POST", "/sellers", {"name": name, "external_ref": unique("shop-")})
    link = stack.api(
        "POST", f"/sellers/{seller['id']}/links", {"application": stack.application, "locale": "es", "confirm": False})
    user = stack.sim("POST", "/users", {"nickname": unique("SHOP"), "site_id": "MLA", "with_device": True})
    return Shop(
        seller=seller["id"], name=name, link=link["id"], url=link["url"], nickname=user["nickname"], user=user["id"],
        device=user["device_id"])


def link_seller(stack: Stack) -> Shop:
    """Opens a shop, walks its link to the end and waits until the connection can be used."""
    shop = open_shop(stack)
    walk(shop)
    wait_until_linked(stack, shop)
    return shop


def connections(stack: Stack, shop: Shop) -> list[dict[str, Any]]:
    """The shop's connections, newest first."""
    return stack.api("GET", f"/sellers/{shop.seller}/connections")["data"]


def wait_until_linked(stack: Stack, shop: Shop) -> dict[str, Any]:
    """Waits for the background work after a linking: the one connection is linked and its webhook valid."""
    def linked() -> dict[str, Any] | None:
        found = connections(stack, shop)
        return next((one for one in found if one["state"] == "linked" and one["webhook_state"] == "valid"), None)

    try:
        connection = wait_until("the connection is linked with a valid webhook", linked)
    except Failed as failure:
        raise Failed(f"{failure}; the connections are {connections(stack, shop)}") from None
    expect(connection["nickname"] == shop.nickname, f"another account was linked: {connection['nickname']}")
    expect(connection["upstream_user_id"] == str(shop.user), "the connection has another account's number")
    return connection


def walk(shop: Shop) -> None:
    """From the onboarding link over login and consent to the last page, as a browser without scripts goes."""
    browser = _Browser()
    invitation = browser.get(shop.url)
    onward = browser.submit(invitation.form(posting=True), {})
    expect(onward.refresh, "the page after the button goes on by no meta refresh")
    expect(onward.refresh in onward.links, "the page after the button has no visible link to where it goes on")
    login = browser.get(onward.refresh)
    consent = browser.submit(login.form(with_field="nickname"), {"nickname": shop.nickname})
    last = browser.submit(consent.form(with_field="ticket"), {"decision": "approve"})
    expect(re.fullmatch(r"/link/[^/]+/done", urllib.parse.urlsplit(last.url).path), f"linking ended at {last.path}")
    expect(shop.nickname in last.text, "the last page does not name the linked account")
    expect(shop.name in last.text, "the last page does not name the shop")


@dataclasses.dataclass
class _Form:
    action: str
    method: str
    fields: dict[str, str]


class _Page(html.parser.HTMLParser):
    """What a browser without scripts understands of a page."""

    def __init__(self, url: str, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.forms: list[_Form] = []
        self.links: list[str] = []
        self.refresh: str | None = None
        self.text = ""
        self.feed(source)
        self.close()

    @property
    def path(self) -> str:
        """The address without its query, which may hold secrets."""
        return self.url.partition("?")[0]

    def form(self, *, posting: bool = False, with_field: str | None = None) -> _Form:
        """The one form that posts or has a field."""
        found = [form for form in self.forms if (form.method == "post" or not posting)]
        if with_field:
            found = [form for form in found if with_field in form.fields]
        expect(len(found) == 1, f"{self.path} has {len(found)} forms where one was expected: {self.text.strip()[:500]}")
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urllib.parse.urljoin(self.url, values.get("action", ""))
            self.forms.append(_Form(action, values.get("method", "get").lower(), {}))
        elif tag == "input" and self.forms and "name" in values:
            self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif tag == "a" and "href" in values:
            self.links.append(urllib.parse.urljoin(self.url, values["href"]))
        elif tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            found = re.fullmatch(r"\s*\d+\s*;\s*url=['\"]?(.*?)['\"]?\s*", values.get("content", ""), re.IGNORECASE)
            self.refresh = found and urllib.parse.urljoin(self.url, found[1])

    def handle_data(self, data: str) -> None:
        self.text += data


class _Browser:
    """Keeps cookies and follows redirects."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, url: str) -> _Page:
        """Opens an address."""
        return self._open(urllib.request.Request(url))

    def submit(self, form: _Form, answers: dict[str, str]) -> _Page:
        """Posts a form with its fields and the answers, the pressed button among them."""
        body = urllib.parse.urlencode({**form.fields, **answers}).encode()
        return self._open(urllib.request.Request(form.action, data=body, method="POST"))

    def _open(self, request: urllib.request.Request) -> _Page:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return _Page(answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            page = _Page(error.url, error.read(20_000).decode(errors="replace"))
            raise Failed(f"{page.path} answered {error.code}: {page.text.strip()[:500]}") from None
        except OSError as error:
            raise Failed(f"{request.full_url.partition('?')[0]} was not answered: {error}") from None
