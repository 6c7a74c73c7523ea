"""Mercado Pago's official Python SDK creates and reads a payment intent and reads a payment through the gateway.

Only two things differ from how the SDK is used with Mercado Pago itself: the HTTP client of
`deploy/examples/python_mercadopago.py`, and an Enlace key as access token.
"""

import pathlib
import sys
from typing import Any

from mercadopago import SDK

from linking import Shop, link_seller
from stack import Stack, expect, run, unique, wait_until

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "examples"))
from python_mercadopago import EnlaceHttpClient

AMOUNT = 1500

#: The upstream allows one read of an intent per second.
BETWEEN_READS = 1.1


def check(stack: Stack) -> None:
    """Charges a freshly linked shop with the SDK."""
    shop = link_seller(stack)
    sdk = SDK(bound_key(stack, shop), http_client=EnlaceHttpClient(stack.url))
    reference = unique("order-")
    intent = answered(
        sdk.point().create(shop.device, {"amount": AMOUNT, "additional_info": {"external_reference": reference}}))
    expect(intent["device_id"] == shop.device, "the intent is for another terminal")
    stack.sim("POST", f"/devices/{shop.device}/approve")
    finished = finished_intent(sdk, intent["id"])
    payment = answered(sdk.payment().get(finished["payment"]["id"]))
    expect(payment["status"] == "approved", f"the payment is {payment['status']}")
    expect(payment["transaction_amount"] == AMOUNT / 100, f"the payment is of {payment['transaction_amount']}")
    expect(payment["external_reference"] == reference, "the payment has another reference")
    expect(payment["collector_id"] == shop.user, "the money went to another account")


def bound_key(stack: Stack, shop: Shop) -> str:
    """A new key that reaches one shop only, as an integrator would give to one shop's till."""
    mode = stack.api("GET", f"/applications/{stack.application}")["mode"]
    scopes = ["proxy:read", "proxy:write", "read"]
    return stack.api(
        "POST", "/keys", {"name": unique("till "), "mode": mode, "scopes": scopes, "seller": shop.seller})["key"]


def answered(result: dict[str, Any]) -> dict[str, Any]:
    """The body of an answer that the SDK got; any answer but 2xx fails the check."""
    expect(200 <= result["status"] < 300, f"the SDK was answered {result['status']}: {result['response']}")
    return result["response"]


def finished_intent(sdk: SDK, intent: str) -> dict[str, Any]:
    """Reads an intent until it has ended."""
    def look() -> dict[str, Any] | None:
        read = answered(sdk.point().get(intent))
        return read if read["state"] == "FINISHED" else None

    return wait_until("the intent is FINISHED", look, seconds=20, pause=BETWEEN_READS)


if __name__ == "__main__":
    run(check)
