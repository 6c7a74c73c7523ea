import Gateway
import Metrics
import NIOCore

/// The proxy's two addresses (DESIGN §4), as the ordinary lane's routes spell them.
enum ProxyAddress: String {
    case ofSeller = "/v1/sellers/{seller}/proxy/**"
    case ofKey = "/proxy/**"
}

/// The metrics of one event loop's answers; each series is looked up once, not for each request.
struct LaneTallies {
    private struct Series: Hashable {
        let address: ProxyAddress
        let route: String
        let method: String
        let statusClass: Int
    }

    private struct Handles {
        let requests: Counter
        let proxied: Counter
        let seconds: Recorder
    }

    private var handles: [Series: Handles] = [:]

    mutating func count(
        _ address: ProxyAddress, _ route: String, _ method: String, _ status: Int, took: TimeAmount
    ) {
        let handles = handles(Series(address: address, route: route, method: method, statusClass: status / 100))
        handles.requests.increment()
        handles.proxied.increment()
        handles.seconds.record(Double(took.nanoseconds) / 1e9)
    }

    private mutating func handles(_ series: Series) -> Handles {
        if let known = handles[series] { return known }
        let statusClass = "\(series.statusClass)xx"
        let made = Handles(
            requests: Counter(
                label: MetricName.requests.rawValue,
                dimensions: [
                    ("route", series.address.rawValue), ("method", series.method), ("status_class", statusClass),
                ]),
            proxied: Counter(
                label: MetricName.proxyRequests.rawValue,
                dimensions: [("route", series.route), ("status_class", statusClass), ("lane", "fast")]),
            seconds: Recorder(label: MetricName.proxySeconds.rawValue, dimensions: [("route", series.route)]))
        handles[series] = made
        return made
    }
}
