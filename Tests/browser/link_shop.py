"""A shop owner links an account on a phone: the whole way on the hosted pages, in a real Chromium.

With `--no-scripts` the browser runs no JavaScript; everything must work alike.
"""

import argparse

from phone import UNDO, Phone, decide, open_phone  # First: it leads the way to the modules of Tests/clients.
from linking import Shop, open_shop, wait_until_linked
from stack import Stack, expect, run


def main() -> None:
    """Reads the command line and runs the check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-scripts", action="store_true", help="let the browser run no JavaScript")
    scripts = not parser.parse_args().no_scripts
    run(lambda stack: check(stack, scripts=scripts))


def check(stack: Stack, *, scripts: bool) -> None:
    """Walks from the link to the last page and waits for what follows in the background."""
    shop = open_shop(stack)
    with open_phone(stack, "link" if scripts else "link-no-scripts", scripts=scripts) as owner:
        owner.open(shop.url)
        owner.look("invitation", "es")
        choose_languages(owner)
        decide(owner, stack, shop, "approve")
        owner.look("done", "es")
        owner.expect_text("done", shop.nickname, shop.name)
        expect(owner.page.locator(UNDO).count() == 1, "the last page does not offer to undo")
        check_that_it_is_linked(stack, shop)
        owner.page.reload()
        owner.look("done-later", "es")


def choose_languages(owner: Phone) -> None:
    """Reads the invitation in each language and comes back to the one it was sent in."""
    for language in ["pt", "en", "es"]:
        owner.press(f"a[hreflang|={language}]")
        owner.look(f"invitation-{language}", language)


def check_that_it_is_linked(stack: Stack, shop: Shop) -> None:
    """The API shows the one connection, and the link as used."""
    wait_until_linked(stack, shop)
    state = stack.api("GET", f"/links/{shop.link}")["state"]
    expect(state == "used", f"the link is {state} after a linking")


if __name__ == "__main__":
    main()
