"""The running stack as a check sees it: the gateway's API, the sandbox's admin API, and how a check ends.

A check is a script that the end-to-end tests run against a gateway and a sandbox that are up already. It reads from
its environment:

- `ENLACE_TEST_URL`: the gateway's public origin
- `ENLACE_TEST_KEY`: an unbound key with all scopes
- `ENLACE_TEST_APPLICATION`: an application that the sandbox knows with its redirect URI and webhook
- `ENLACE_TEST_SANDBOX`: path of the file in which the sandbox says where it listens
- `ENLACE_TEST_FOLDER`: a folder for screenshots and scratch files
- `ENLACE_TEST_PROGRAM`: the command `enlace`
"""

import json
import os
import pathlib
import secrets
import signal
import sys
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

Found = TypeVar("Found")

#: Seconds after which a check gives up, whatever it waits for, unless it asks for more.
LONGEST_CHECK = 110

# Everything is on loopback, so no proxy of the environment may stand in between.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failed(Exception):
    """An expectation did not hold; the text says which."""


class Stack:
    """A gateway and a sandbox that are up."""

    def __init__(self, environment: "os._Environ[str]") -> None:
        self.url = environment["ENLACE_TEST_URL"].rstrip("/")
        self.key = environment["ENLACE_TEST_KEY"]
        self.application = environment["ENLACE_TEST_APPLICATION"]
        self.folder = pathlib.Path(environment["ENLACE_TEST_FOLDER"])
        self.program = environment["ENLACE_TEST_PROGRAM"]
        self.sandbox = json.loads(pathlib.Path(environment["ENLACE_TEST_SANDBOX"]).read_text())

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Calls `/v1` and gives the answer's JSON; any answer but 2xx fails the check."""
        return _call(method, f"{self.url}/v1{path}", body, {"Authorization": f"Bearer {self.key}"})

    def sim(self, method: str, path: str, body: Any = None) -> Any:
        """Calls the sandbox's admin API in the same way."""
        return _call(method, f"{self.sandbox['sim']}{path}", body, {})


def _call(method: str, url: str, body: Any, headers: dict[str, str]) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data=data, method=method, headers={**headers, "Content-Type": "application/json"})
    try:
        with _opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise Failed(f"{method} {url} answered {error.code}: {error.read(2000).decode(errors='replace')}") from None
    except OSError as error:
        raise Failed(f"{method} {url} was not answered: {error}") from None


def expect(holds: object, what: str) -> None:
    """Fails the check with `what` unless the claim holds."""
    if not holds:
        raise Failed(what)


def wait_until(what: str, look: Callable[[], Found | None], seconds: float = 30, pause: float = 0.25) -> Found:
    """Looks again and again until there is something to see, and gives that."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        expect(time.monotonic() < end, f"{what}: not within {seconds:g} seconds")
        time.sleep(pause)


def unique(prefix: str) -> str:
    """A name that no earlier run in the same stack has taken."""
    return f"{prefix}{secrets.token_hex(5).upper()}"


def run(check: Callable[[Stack], None], seconds: int = LONGEST_CHECK) -> NoReturn:
    """Runs a check against the stack of the environment and ends the process: 0 when everything held, else 1."""
    signal.signal(signal.SIGALRM, lambda *_: _give_up(seconds))
    signal.alarm(seconds)
    try:
        check(Stack(os.environ))
    except Failed as failure:
        sys.exit(f"FAILED {_name()}: {failure}")
    except Exception:
        traceback.print_exc()
        sys.exit(f"FAILED {_name()}: see the trace above")
    print(f"ok {_name()}")
    sys.exit(0)


def _name() -> str:
    return " ".join([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]])


def _give_up(seconds: int) -> NoReturn:
    # At once and from wherever it stands: an exception could be swallowed by a library's own event loop.
    print(f"FAILED {_name()}: still not done after {seconds} seconds", file=sys.stderr, flush=True)
    os._exit(1)
