"""The API keeps to its document whatever it is asked: no 5xx, and no answer that the document does not describe.

Schemathesis makes the requests out of `openapi/enlace.yaml`, right and wrong ones, once with ids that nobody has and once
with those of a shop that is linked.
"""

import os
import pathlib
import subprocess

from linking import link_seller
from stack import Failed, Stack, run

ROOT = pathlib.Path(__file__).parents[2]

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"

# What is not tried, and why.
LEFT_OUT = {
    "/v1/panic": "cuts every shop off",
    "/(test-users|connections)$": "asks the provider, whose refusals are 502 by design",
    "/proxy": "answers in the provider's words; lanes and provider are compared elsewhere",
    "^/(link|oauth|status|hooks)": "pages for people, and what the provider calls",
    "^/(healthz|readyz|metrics)$": "on the internal listener too, which this is not",
}
# With a shop's own ids also what would end it: the others would find nothing.
ENDS_THE_SHOP = "/(revoke|disable|confirm)$"


def check(stack: Stack) -> None:
    """Runs both passes."""
    shop = link_seller(stack)
    endpoint = stack.api("POST", f"/sellers/{shop.seller}/endpoints", {"url": "http://127.0.0.1:9/hook"})
    connection = stack.api("GET", f"/sellers/{shop.seller}/connections")["data"][0]
    ask(stack, "strangers", "", [])
    ask(
        stack, "own",
        "".join(
            f'"path.{name}" = "{value}"\n' for name, value in {
                "seller": shop.seller, "application": stack.application, "endpoint": endpoint["id"],
                "connection": connection["id"],
            }.items()),
        [ENDS_THE_SHOP], "--exclude-method", "DELETE")


def ask(stack: Stack, name: str, parameters: str, left_out: list[str], *more: str) -> None:
    """Makes requests, with these values for parameters, and reads what Schemathesis says of the answers."""
    folder = stack.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schemathesis.toml").write_text(f"[parameters]\n{parameters}" if parameters else "")
    pattern = "|".join([*LEFT_OUT, *left_out])
    done = subprocess.run(
        [
            str(ROOT / ".venv-tests/bin/schemathesis"), "run", str(ROOT / "openapi/enlace.yaml"), "--url", stack.url,
            "-H", f"Authorization: Bearer {stack.key}", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
            "--max-examples", "3", "--seed", "1", "--request-timeout", "20", "--no-color", "--continue-on-failure",
            "--suppress-health-check", "all", "--exclude-path-regex", pattern, *more,
        ], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis")})
    text = done.stdout + done.stderr
    (folder / "said.txt").write_text(text)
    if done.returncode != 0 or "Test cases:" not in text:
        raise Failed(f"{name}: {text[-6000:]}")


if __name__ == "__main__":
    run(check)
