"""The official SDK's webhook validator takes what the gateway passes on, as it takes what Mercado Pago sends."""

import json
import urllib.parse

from mercadopago.webhook import InvalidWebhookSignatureError, WebhookSignatureValidator

from linking import link_seller
from stack import Stack, expect, run, wait_until
from standardwebhooks_verify import Received, Receiver, charge, is_active


def check(stack: Stack) -> None:
    """Creates a passthrough endpoint for a shop, charges, and validates all that arrives, before a rotation and after."""
    shop = link_seller(stack)
    with Receiver() as receiver:
        endpoint = stack.api(
            "POST", f"/sellers/{shop.seller}/endpoints",
            {"url": receiver.url, "topics": ["*"], "format": "passthrough"})
        wait_until("the endpoint is active", lambda: is_active(stack, endpoint["id"]))
        charge(stack, shop)
        wait_until("the payment is passed on", lambda: of_type(receiver, "payment"))
        before = list(receiver.received)
        rotated = stack.api("POST", f"/endpoints/{endpoint['id']}/rotate-secret", {})
        charge(stack, shop)
        wait_until("the second payment is passed on", lambda: len(of_type(receiver, "payment")) > 1)
        after = receiver.received[len(before):]
        receiver.shutdown()
    for delivery in before:
        validate(delivery, endpoint["secret"], rotated["secret"])
    for delivery in after:
        validate(delivery, rotated["secret"], "another secret")
    kinds = {json.loads(delivery.body).get("type", "flat") for delivery in before}
    expect(kinds == {"test", "payment", "flat"}, f"Mercado Pago's own bodies and no others: {kinds}")
    for delivery in of_type(receiver, "payment"):
        body, query = json.loads(delivery.body), query_of(delivery)
        expect(query["data.id"] == body["data"]["id"], f"the query is Mercado Pago's own: {query}")
        expect(str(body["user_id"]) == str(shop.user), "the body is Mercado Pago's own")


def of_type(receiver: Receiver, kind: str) -> list[Received]:
    """What came of a kind."""
    return [delivery for delivery in receiver.received if json.loads(delivery.body).get("type") == kind]


def query_of(delivery: Received) -> dict[str, str]:
    """The query as a shop's code reads it."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(delivery.target).query))


def validate(delivery: Received, secret: str, other: str) -> None:
    """The validator takes it under its secret, and under no other one."""
    headers, data_id = delivery.headers, query_of(delivery).get("data.id")
    WebhookSignatureValidator.validate(
        headers["x-signature"], headers["x-request-id"], data_id, secret, tolerance_seconds=300)
    try:
        WebhookSignatureValidator.validate(headers["x-signature"], headers["x-request-id"], data_id, other)
    except InvalidWebhookSignatureError:
        return
    expect(False, "it validates under another secret")


if __name__ == "__main__":
    run(check)
