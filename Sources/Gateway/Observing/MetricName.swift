/// The closed set of metric names, unit in the name; dimensions come from closed sets too.
public enum MetricName: String, Sendable, CaseIterable {
    /// Answers of the public listener, by route pattern, method and status class.
    case requests = "enlace_requests_total"
    /// How long they took.
    case requestSeconds = "enlace_request_seconds"
    /// Proxied calls, by route pattern, status class and the lane that served them.
    case proxyRequests = "enlace_proxy_requests_total"
    /// How long they took.
    case proxySeconds = "enlace_proxy_seconds"
    /// How often the proxy's breaker opened and closed, by state.
    case breakerChanges = "enlace_upstream_breaker_changes_total"
    /// Calls that the call log has no line of, because it could not be written fast enough.
    case callsDropped = "enlace_calls_dropped_total"
    /// Notifications that came, by channel and outcome.
    case ingest = "enlace_ingest_total"
    /// Notifications that the provider was asked about, by outcome.
    case proofs = "enlace_proofs_total"
    /// Attempts of deliveries, by outcome.
    case deliveries = "enlace_deliveries_total"
    /// Deliveries, by state; their sum is all that ever fanned out, less what was forgotten.
    case queueDepth = "enlace_delivery_queue_depth"
    /// For how long the endpoint has waited that has waited longest for its turn, though something is due there.
    case oldestDueSeconds = "enlace_delivery_oldest_due_seconds"
    /// What was kept for long enough and forgotten, by kind.
    case forgotten = "enlace_forgotten_total"
    /// Stored values that did not open, by reason: never other than 0 in an installation that nobody tampered with.
    case vaultFailures = "enlace_vault_open_failures_total"
    /// Refreshes of token pairs, by outcome.
    case refreshes = "enlace_refreshes_total"
    /// Steps of sellers' readiness that were judged, by step and state.
    case readinessSteps = "enlace_readiness_steps_total"
    /// Backups, by outcome.
    case backups = "enlace_backups_total"
    /// Sellers that are cut off from the provider.
    case quarantined = "enlace_quarantined_sellers"
}
