public import Gateway

/// The proxy's allow-list for this provider.
///
/// Source: REF §3.4 and §3.6.
public enum MercadoPagoRoutes {
    /// What passes, and what the gateway does itself.
    public static let table = ProxyRouteTable(
        routes: legacy + orders + payments + places,
        ownedPaths: [
            "/oauth/token": "POST /v1/sellers/{seller}/links",
            "/point/integration-api/integrators": "POST /v1/sellers/{seller}/connections/{connection}/webhook",
            "/point/integration-api/integrators/check": "POST /v1/sellers/{seller}/connections/{connection}/webhook",
            "/point/integration-api/integrator": "POST /v1/sellers/{seller}/connections/{connection}/webhook",
            "/users/test_user": "POST /v1/applications/{application}/test-users",
            "/users/test": "POST /v1/applications/{application}/test-users",
        ])

    private static let point = "/point/integration-api"

    private static let legacy = [
        ProxyRoute("GET", "/users/me"),
        ProxyRoute("GET", "\(point)/devices"),
        ProxyRoute("PATCH", "\(point)/devices/{name}"),
        ProxyRoute("POST", "\(point)/devices/{name}/payment-intents"),
        ProxyRoute("DELETE", "\(point)/devices/{name}/payment-intents/{uuid}"),
        ProxyRoute("GET", "\(point)/payment-intents/events"),
        // REF §2.5: one request a second.
        ProxyRoute("GET", "\(point)/payment-intents/{uuid}", isPolled: true),
        ProxyRoute("GET", "\(point)/payment-intents/{uuid}/events"),
        ProxyRoute("POST", "\(point)/devices/{name}/refund"),
        ProxyRoute("GET", "\(point)/refund/{uuid}"),
        ProxyRoute("DELETE", "\(point)/devices/{name}/refund/{uuid}"),
    ]

    private static let orders = [
        ProxyRoute("GET", "/terminals/v1/list"),
        ProxyRoute("PATCH", "/terminals/v1/setup", needsIdempotencyKey: true),
        ProxyRoute("POST", "/terminals/v1/actions", needsIdempotencyKey: true),
        ProxyRoute("GET", "/terminals/v1/actions/{name}"),
        ProxyRoute("POST", "/terminals/v1/actions/{name}/cancel", needsIdempotencyKey: true),
        ProxyRoute("POST", "/v1/orders", needsIdempotencyKey: true),
        ProxyRoute("GET", "/v1/orders/{name}"),
        ProxyRoute("POST", "/v1/orders/{name}/cancel", needsIdempotencyKey: true),
        ProxyRoute("POST", "/v1/orders/{name}/refund", needsIdempotencyKey: true),
        ProxyRoute("POST", "/v1/orders/{name}/events", testOnly: true),
    ]

    private static let payments = [
        ProxyRoute("GET", "/v1/payments/search"),
        ProxyRoute("GET", "/v1/payments/{number}"),
        ProxyRoute("GET", "/v1/payments/{number}/refunds"),
        ProxyRoute("GET", "/v1/payments/{number}/refunds/{number}"),
        ProxyRoute("POST", "/v1/payments/{number}/refunds", needsIdempotencyKey: true),
        ProxyRoute("GET", "/merchant_orders/search"),
        ProxyRoute("GET", "/merchant_orders/{number}"),
        ProxyRoute("GET", "/v1/payment_methods"),
    ]

    private static let places = [
        ProxyRoute("POST", "/users/{own_user}/stores"),
        ProxyRoute("GET", "/users/{own_user}/stores/search"),
        ProxyRoute("PUT", "/users/{own_user}/stores/{number}"),
        ProxyRoute("DELETE", "/users/{own_user}/stores/{number}"),
        ProxyRoute("GET", "/stores/{number}"),
        ProxyRoute("POST", "/pos"),
        ProxyRoute("GET", "/pos"),
        ProxyRoute("GET", "/pos/{number}"),
        ProxyRoute("PUT", "/pos/{number}"),
        ProxyRoute("DELETE", "/pos/{number}"),
        ProxyRoute("POST", "/v2/pos", needsIdempotencyKey: true),
        ProxyRoute("GET", "/v2/pos"),
        ProxyRoute("GET", "/v2/pos/{number}"),
        ProxyRoute("PATCH", "/v2/pos/{number}", needsIdempotencyKey: true),
        ProxyRoute("DELETE", "/v2/pos/{number}"),
    ]
}

/// Which headers pass the proxy for this provider.
///
/// Source: REF §3.7.
public enum MercadoPagoHeaders {
    /// An allow-list both ways; `authorization` is the gateway's own.
    public static let policy = HeaderPolicy(
        requestAllowed: [
            "accept", "accept-language", "content-type", "x-idempotency-key", "x-allow-cancelable-status",
            "x-test-scope", "x-expand-responde-nodes",
        ],
        responseAllowed: ["content-type", "retry-after", "x-request-id", "date", "etag", "last-modified"],
        requestSet: [(name: "user-agent", value: "enlace")], idempotencyHeader: "x-idempotency-key")
}
