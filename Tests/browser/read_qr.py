"""A shop owner holds a phone to the QR code of a link: the one of the API, and the one of the command's terminal.

zbarimg is the phone. Chromium draws the SVG document; the half blocks of the terminal become pixels here.
"""

import os
import pathlib
import subprocess

from phone import open_phone  # First: it leads the way to the modules of Tests/clients.
from linking import open_shop
from stack import Stack, expect, run

#: Pixels a module of what is drawn here.
SCALE = 4


def check(stack: Stack) -> None:
    """Reads both codes back."""
    shop = open_shop(stack)
    read_from_page(stack, shop.seller)
    read_from_terminal(stack, shop.seller)


def read_from_page(stack: Stack, seller: str) -> None:
    """The SVG of the API, on a page as an integrator would set it."""
    link = stack.api("POST", f"/sellers/{seller}/links", {"application": stack.application, "qr": "svg"})
    picture = stack.folder / "qr-page.png"
    with open_phone(stack, "qr") as phone:
        phone.page.set_content(f"<body style='background:#123'><div style='width:330px'>{link['qr_svg']}</div></body>")
        phone.page.locator("svg").screenshot(path=picture)
    expect(read(picture) == link["url"], "the API's QR code does not hold the link")
    for language in ["es", "pt", "en"]:
        messages = link["messages"][language]
        for kind in ["whatsapp", "email", "sms"]:
            expect(link["url"] in messages[kind]["text"], f"the {kind} text in {language} has no link")


def read_from_terminal(stack: Stack, seller: str) -> None:
    """The code that the command prints, with the message above it."""
    said = subprocess.run(
        [stack.program, "sellers", "link", seller, "--application", stack.application, "--message", "es", "--qr"],
        env={**os.environ, "ENLACE_URL": stack.url, "ENLACE_KEY": stack.key}, capture_output=True, text=True,
        check=True).stdout
    url = next(line.split()[-1] for line in said.splitlines() if line.startswith("URL"))
    message, _, drawn = said.partition("https://wa.me/?text=")
    expect("¡Hola!" in message and message.count(url) == 2, f"the message is not there: {message}")
    lines = [line for line in drawn.splitlines()[1:] if line]
    picture = stack.folder / "qr-terminal.pgm"
    picture.write_bytes(pixels(lines))
    expect(read(picture) == url, "the terminal's QR code does not hold the link")


def pixels(lines: list[str]) -> bytes:
    """Half blocks as a picture: what is drawn is white, as on a dark terminal."""
    rows = []
    for line in lines:
        for shown in ("█▀", "█▄"):
            row = b"".join((b"\xff" if character in shown else b"\x00") * SCALE for character in line)
            rows += [row] * SCALE
    return f"P5 {len(rows[0])} {len(rows)} 255\n".encode() + b"".join(rows)


def read(picture: pathlib.Path) -> str:
    """What a phone reads."""
    found = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)], capture_output=True, text=True,
        check=False)
    return found.stdout.strip()


if __name__ == "__main__":
    run(check)
