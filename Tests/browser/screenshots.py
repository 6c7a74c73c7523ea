"""Pictures of every page that a shop owner can meet, reached as a shop owner would, and checks of how they are drawn.

The pictures stay in `.build/screenshots`, with an `index.html` that shows them all. Beside what every check reads from
its environment this one reads `ENLACE_TEST_EXPIRED_LINK`, the URL of a link whose time is over.
"""

import contextlib
import os
import sqlite3
import urllib.parse
from collections.abc import Iterator

from gallery import LANGUAGES, Gallery, Visitor, open_gallery  # First: it leads the way to Tests/clients.
from linking import Shop, connections, open_shop, wait_until_linked
from phone import UNDO
from stack import Failed, Stack, run, unique, wait_until

#: Seconds that the check may take: some two hundred pictures, while others use the machine too.
LONGEST = 240


#: What Instagram's window on a phone says it is.
INSTAGRAM = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "Instagram 334.0.4.32.98")


def check(stack: Stack) -> None:
    """Visits the pages in the order in which a shop owner could meet them."""
    with open_gallery(stack) as gallery:
        shop = open_shop(stack)
        owner = gallery.visitor()
        on_the_way(gallery, owner, shop)
        lost(gallery, stack, shop)
        refused(gallery, stack)
        linked(gallery, owner, stack, shop)
        closed(gallery, stack)
        once_more(gallery, stack)
        status(gallery, stack)
        in_trouble(gallery, stack)


def on_the_way(gallery: Gallery, owner: Visitor, shop: Shop) -> None:
    """The invitation, the step to the provider, and what a browser sees that comes back too early or with a no."""
    owner.show("invite", shop.url)
    gallery.visitor(user_agent=INSTAGRAM).show("in-app", shop.url)
    owner.show_after("onward", shop.url, lambda page: page.locator("form[method=post] button").click())
    owner.show("working", shop.url + "/done")
    owner.show("still-waiting", shop.url)
    owner.walk(shop.url, shop.nickname, "deny")
    owner.show("denied", owner.address)


def lost(gallery: Gallery, stack: Stack, shop: Shop) -> None:
    """Those who come with half of what is needed, or from elsewhere."""
    callback = f"{stack.url}/oauth/callback/{stack.application}"
    stranger = gallery.visitor()
    stranger.show("stale", f"{callback}?state=made-up&code=x", 400)
    stranger.show("nothing-here", shop.url + "/done", 404)
    stranger.show("unknown", f"{stack.url}/link/{'A' * 43}", 404)
    stranger.show_sent("foreign-form", urllib.parse.urlsplit(shop.url).path)
    # A state is burnt by its first use, so each language needs one of its own.
    for language in LANGUAGES:
        attacker = gallery.visitor()
        attacker.page.goto(shop.url)
        with attacker.page.expect_navigation():
            attacker.page.locator("form[method=post] button").click()
        onward = attacker.page.locator("a.button").get_attribute("href") or ""
        state = urllib.parse.parse_qs(urllib.parse.urlsplit(onward).query)["state"][0]
        stranger.page.goto(f"{callback}?state={state}&code=x&lang={language}")
        gallery.take(stranger, "other-browser", language)


def refused(gallery: Gallery, stack: Stack) -> None:
    """Accounts that can't be linked, each tried by a shop of its own."""
    holder = open_shop(stack)
    first = gallery.visitor()
    first.walk(holder.url, holder.nickname)
    wait_until_linked(stack, holder)
    refuse(gallery, "taken", open_shop(stack).url, holder.nickname)

    brazilian = stack.sim("POST", "/users", {"nickname": unique("LOJA"), "site_id": "MLB"})
    refuse(gallery, "unsupported-site", open_shop(stack).url, brazilian["nickname"])

    pinned = open_shop(stack)
    link = stack.api(
        "POST", f"/sellers/{pinned.seller}/links",
        {"application": stack.application, "locale": "es", "expected_user_id": str(holder.user)})
    refuse(gallery, "wrong-account", link["url"], pinned.nickname)

    stack.sim("POST", "/faults", {"fault": "status", "status": 500, "match": {"path_prefix": "/oauth/token"}})
    unlucky = open_shop(stack)
    refuse(gallery, "provider-trouble", unlucky.url, unlucky.nickname)


def refuse(gallery: Gallery, name: str, url: str, nickname: str) -> None:
    """Walks a link with an account that it is not for."""
    owner = gallery.visitor()
    owner.walk(url, nickname)
    owner.show(name, owner.address)


def linked(gallery: Gallery, owner: Visitor, stack: Stack, shop: Shop) -> None:
    """The good end, what others see of its link, and the end after an undo."""
    owner.walk(shop.url, shop.nickname)
    wait_until_linked(stack, shop)
    owner.show("linked", owner.address)
    owner.show("used-by-me", shop.url, 410)
    gallery.visitor().show("used", shop.url, 410)
    owner.page.goto(owner.address.removesuffix("/done") + "/done")
    with owner.page.expect_navigation():
        owner.page.locator(UNDO).click()
    owner.show("undone", owner.address)


def closed(gallery: Gallery, stack: Stack) -> None:
    """Links that can't be used any more."""
    visitor = gallery.visitor()
    visitor.show("expired", os.environ["ENLACE_TEST_EXPIRED_LINK"], 410)
    shop = open_shop(stack)
    stack.api("POST", f"/links/{shop.link}/revoke")
    visitor.show("revoked", shop.url, 410)
    with visitor.page.expect_navigation():
        visitor.page.locator("form[method=post] button").click()
    visitor.show("asked", shop.url, 410)


def once_more(gallery: Gallery, stack: Stack) -> None:
    """A link for a shop that is linked already, while all is well and when its tokens are refused."""
    shop = open_shop(stack)
    gallery.visitor().walk(shop.url, shop.nickname)
    connection = wait_until_linked(stack, shop)
    visitor = gallery.visitor()
    visitor.show("link-again", again(stack, shop))
    application = stack.sim("GET", "/applications")["applications"][0]
    # As after a changed password: the provider tells nobody, or the connection would end by that.
    stack.sim("PATCH", f"/applications/{application['client_id']}", {"topics": ["payment"]})
    stack.sim("POST", "/grants/revoke", {"user_id": shop.user, "client_id": application["client_id"]})
    stack.sim("PATCH", f"/applications/{application['client_id']}", {"topics": ["payment", "mp-connect"]})
    with contextlib.suppress(Failed):
        stack.api("POST", f"/sellers/{shop.seller}/connections/{connection['id']}/refresh")
    wait_until("the shop to need a new link", lambda: connections(stack, shop)[0]["state"] == "needs_relink")
    visitor.show("relink", again(stack, shop))


def again(stack: Stack, shop: Shop) -> str:
    """The URL of a further link of a shop."""
    return stack.api("POST", f"/sellers/{shop.seller}/links", {"application": stack.application})["url"]


def status(gallery: Gallery, stack: Stack) -> None:
    """What is linked, before and after it is unlinked there."""
    shop = open_shop(stack)
    gallery.visitor().walk(shop.url, shop.nickname)
    wait_until_linked(stack, shop)
    visitor = gallery.visitor()
    url = stack.api("POST", f"/sellers/{shop.seller}/status-links", {})["url"]
    visitor.show("status", url)
    for language in LANGUAGES:
        visitor.page.goto(f"{url}?lang={language}")
        visitor.page.locator("summary").click()
        gallery.take(visitor, "status-unlink", language)
    with visitor.page.expect_navigation():
        visitor.page.locator("details button").click()
    visitor.show("status-unlinked", visitor.page.url.replace("lang=", "before="))
    visitor.show("status-unknown", f"{stack.url}/status/{'A' * 76}", 404)


def in_trouble(gallery: Gallery, stack: Stack) -> None:
    """The button of the invitation, while the database takes no write; pressed in all languages at once, as each waits
    for the lock until the gateway gives up."""
    shop = open_shop(stack)
    visitors = {language: gallery.visitor() for language in LANGUAGES}
    for language, visitor in visitors.items():
        visitor.page.goto(f"{shop.url}?lang={language}")
    with locked(stack):
        for visitor in visitors.values():
            visitor.page.locator("form[method=post] button").click(no_wait_after=True)
        for language, visitor in visitors.items():
            visitor.page.wait_for_selector("svg.tone.waiting", timeout=60_000)
            gallery.take(visitor, "trouble", language)


@contextlib.contextmanager
def locked(stack: Stack) -> Iterator[None]:
    """Holds the database's one lock for writing, and writes nothing."""
    database = sqlite3.connect(stack.folder / "enlace.sqlite", isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")
    finally:
        database.close()


if __name__ == "__main__":
    run(check, LONGEST)
