// Mercado Pago's API through Enlace with what Node 18 and later bring along: another host and another token.
//
//     ENLACE_URL=http://127.0.0.1:8080 ENLACE_KEY=enl_test_… node deploy/examples/node_mercadopago.mjs
//
// The key is one that is bound to a seller, with the scopes `proxy:read` and `proxy:write`.

const { ENLACE_URL, ENLACE_KEY } = process.env;

/** Calls Mercado Pago as the seller of the key; `path` is the one of Mercado Pago's own reference. */
async function mercadoPago(method, path, body) {
  const answer = await fetch(`${ENLACE_URL}/proxy${path}`, {
    method,
    headers: { authorization: `Bearer ${ENLACE_KEY}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

const { devices } = await mercadoPago("GET", "/point/integration-api/devices");
for (const device of devices) console.log(device.id, device.operating_mode);
