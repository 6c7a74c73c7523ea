"""Mercado Pago's own Python SDK through Enlace: another host and another token, nothing else changes.

    pip install mercadopago
    ENLACE_URL=http://127.0.0.1:8080 ENLACE_KEY=enl_test_… python3 deploy/examples/python_mercadopago.py

The key is one that is bound to a seller, with the scopes `proxy:read` and `proxy:write`.
"""

import os

from mercadopago import SDK
from mercadopago.http import HttpClient


class EnlaceHttpClient(HttpClient):
    """Sends what the SDK would send to Mercado Pago to `/proxy` of an Enlace gateway."""

    def __init__(self, gateway: str) -> None:
        self.proxy = gateway.rstrip("/") + "/proxy"

    def request(self, method: str, url: str, **options):
        # Put in front rather than searched and replaced, so that the key never leaves for another host.
        return super().request(method, self.proxy + url.removeprefix("https://api.mercadopago.com"), **options)


if __name__ == "__main__":
    sdk = SDK(os.environ["ENLACE_KEY"], http_client=EnlaceHttpClient(os.environ["ENLACE_URL"]))
    for device in sdk.point().get_devices()["response"]["devices"]:
        print(device["id"], device["operating_mode"])
