"""The published `standardwebhooks` package verifies what the gateway delivers to a shop's own endpoint."""

import dataclasses
import http.server
import json
import threading
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from linking import Shop, link_seller
from stack import Failed, Stack, expect, run, wait_until

AMOUNT = 1500


@dataclasses.dataclass(frozen=True)
class Received:
    """One delivery as it came in."""

    headers: dict[str, str]
    body: bytes
    target: str


class Receiver(http.server.ThreadingHTTPServer):
    """A shop's endpoint: keeps what comes and says 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where deliveries go."""
        return f"http://127.0.0.1:{self.server_port}/enlace"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Received(headers, body, self.path))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing: the check's own output is what counts."""


def check(stack: Stack) -> None:
    """Creates an endpoint for a freshly linked shop, charges, and verifies everything that arrives."""
    shop = link_seller(stack)
    with Receiver() as receiver:
        endpoint = stack.api("POST", f"/sellers/{shop.seller}/endpoints", {"url": receiver.url, "topics": ["*"]})
        webhook = Webhook(endpoint["secret"])
        wait_for(receiver, webhook, "endpoint.test")
        wait_until("the endpoint is active", lambda: is_active(stack, endpoint["id"]))
        intent = charge(stack, shop)
        finished = wait_for(receiver, webhook, "point.payment_intent.finished")
        expect(finished["data"]["id"] == intent, f"another intent is named: {finished['data']}")
        wait_for(receiver, webhook, "payment.created")
        received = list(receiver.received)
        receiver.shutdown()
    for delivery in received:
        expect(verified(webhook, delivery)["seller"]["id"] == shop.seller, "a delivery names another seller")
        check_forgeries(webhook, delivery)
    ids = [delivery.headers["webhook-id"] for delivery in received]
    expect(len(set(ids)) == len(ids), f"an event that was taken came again: {ids}")


def wait_for(receiver: Receiver, webhook: Webhook, kind: str) -> dict[str, Any]:
    """Waits for an event of a kind and gives its verified body."""
    def look() -> dict[str, Any] | None:
        events = [verified(webhook, delivery) for delivery in list(receiver.received)]
        return next((event for event in events if event["type"] == kind), None)

    return wait_until(f"{kind} is delivered", look)


def verified(webhook: Webhook, delivery: Received) -> dict[str, Any]:
    """The body of a delivery, once the package has verified it."""
    try:
        event = webhook.verify(delivery.body, delivery.headers)
    except WebhookVerificationError as error:
        raise Failed(f"a delivery does not verify: {error}; body {delivery.body!r}") from None
    expect(event["id"] == delivery.headers["webhook-id"], "webhook-id and the body's id differ")
    return event


def check_forgeries(webhook: Webhook, delivery: Received) -> None:
    """Another body, another id, another time or another secret must not verify."""
    body = json.dumps({**json.loads(delivery.body), "type": "payment.forged"}).encode()
    expect(not verifies(webhook, delivery.headers, body), "a changed body verifies")
    for name, value in {"webhook-id": "evt_forged", "webhook-timestamp": "1"}.items():
        expect(not verifies(webhook, {**delivery.headers, name: value}, delivery.body), f"a changed {name} verifies")
    expect(not verifies(Webhook(b"another secret"), delivery.headers, delivery.body), "another secret verifies")


def verifies(webhook: Webhook, headers: dict[str, str], body: bytes) -> bool:
    """Whether the package takes a body under these headers."""
    try:
        webhook.verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def is_active(stack: Stack, endpoint: str) -> bool:
    """Whether the test event's 2xx has activated an endpoint."""
    return stack.api("GET", f"/endpoints/{endpoint}")["state"] == "active"


def charge(stack: Stack, shop: Shop) -> str:
    """Charges on the shop's terminal, presses its button, and gives the intent's id."""
    path = f"/sellers/{shop.seller}/proxy/point/integration-api/devices/{shop.device}/payment-intents"
    intent = stack.api("POST", path, {"amount": AMOUNT})
    stack.sim("POST", f"/devices/{shop.device}/approve")
    return intent["id"]


if __name__ == "__main__":
    run(check)
