"""A shop owner denies, changes their mind, and then takes the linking back, on a phone in a real Chromium."""

from phone import UNDO, Phone, decide, open_phone  # First: it leads the way to the modules of Tests/clients.
from linking import Shop, connections, open_shop, wait_until_linked
from stack import Stack, expect, run


def check(stack: Stack) -> None:
    """Denies, approves by the same link, and undoes it on the last page."""
    shop = open_shop(stack)
    with open_phone(stack, "deny") as owner:
        deny(owner, stack, shop)
        approve(owner, stack, shop)
        undo(owner, stack, shop)


def deny(owner: Phone, stack: Stack, shop: Shop) -> None:
    """A denial changes nothing and says so."""
    owner.open(shop.url)
    owner.look("invitation", "es")
    decide(owner, stack, shop, "deny")
    owner.look("denied", "es")
    owner.expect_text("denied", "No se autorizó la vinculación")
    expect(owner.page.locator(UNDO).count() == 0, "a denial offers to undo what was not done")
    expect(connections(stack, shop) == [], "a denial left a connection")
    state = stack.api("GET", f"/links/{shop.link}")["state"]
    expect(state == "open", f"the link is {state} after a denial")


def approve(owner: Phone, stack: Stack, shop: Shop) -> None:
    """The same link still links, from where the denial left the owner."""
    owner.press("a:text-is('Intentar otra vez')")
    owner.look("invitation-again", "es")
    decide(owner, stack, shop, "approve")
    owner.look("done", "es")
    owner.expect_text("done", shop.nickname, shop.name)
    wait_until_linked(stack, shop)


def undo(owner: Phone, stack: Stack, shop: Shop) -> None:
    """The last page takes back at once what was linked."""
    owner.press(UNDO)
    owner.look("undone", "es")
    owner.expect_text("undone", "La vinculación se deshizo")
    states = [connection["state"] for connection in connections(stack, shop)]
    expect(states == ["revoked"], f"after the undo the connections are {states}")
    expect(owner.page.locator(UNDO).count() == 0, "the page offers to undo twice")


if __name__ == "__main__":
    run(check)
