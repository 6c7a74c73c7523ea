import Foundation

/// A reverse proxy that the gateway is compared with.
///
/// Each does equal work: kept-alive connections on both sides, the seller's prefix cut off the path, an `Authorization`
/// of its own, certificates checked, no log of accesses.
enum Peer: String, CaseIterable, Sendable {
    case nginx, envoy, caddy

    /// Threads or processes that each system works with, the gateway's event loops included.
    static let workers = 2
    /// Idle connections to the upstream that each keeps, where there is a limit.
    private static let kept = 2048
    /// As long as a real one.
    static let token = "APP_USR-1234567890123456-112612-0123456789abcdef0123456789abcdef-200000001"

    /// Writes the configuration in a folder of its own and starts it.
    ///
    /// - Returns: What runs.
    func start(in parent: URL, tools: URL, _ upstream: FakeUpstream) async throws -> RunningPeer {
        let folder = parent.appending(path: rawValue)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ports = Ports(plain: try await freePort(), tls: try await freePort())
        let program: Program
        switch self {
        case .nginx:
            try write(nginx(ports, upstream), to: "nginx.conf", in: folder)
            program = try Nginx.start(in: folder)
        case .envoy:
            try write(try envoy(ports, upstream), to: "envoy.json", in: folder)
            program = try Program(
                try tool("envoy", in: tools),
                ["-c", "envoy.json", "--concurrency", "\(Self.workers)", "--disable-hot-restart", "-l", "error"],
                in: folder, log: "envoy.log")
        case .caddy:
            try write(caddy(ports, upstream), to: "Caddyfile", in: folder)
            program = try Program(
                try tool("caddy", in: tools), ["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
                environment: [
                    "GOMAXPROCS": "\(Self.workers)", "XDG_DATA_HOME": folder.path(), "XDG_CONFIG_HOME": folder.path(),
                ],
                in: folder, log: "caddy.log")
        }
        return RunningPeer(
            program: program, plain: "http://127.0.0.1:\(ports.plain)", tls: "http://127.0.0.1:\(ports.tls)")
    }

    /// Where it listens, by how it calls the upstream.
    private struct Ports {
        let plain: Int
        let tls: Int
    }

    private func tool(_ name: String, in tools: URL) throws -> URL {
        let file = tools.appending(path: name)
        guard FileManager.default.isExecutableFile(atPath: file.path()) else {
            throw BenchmarkFailure("\(file.path()) is missing: make bench installs it.")
        }
        return file
    }

    private func write(_ text: String, to name: String, in folder: URL) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    private func nginx(_ ports: Ports, _ upstream: FakeUpstream) -> String {
        let servers = [(ports.plain, "plain", "http"), (ports.tls, "tls", "https")].map { port, name, scheme in
            """
            server {
                listen 127.0.0.1:\(port) backlog=4096;
                location ~ ^/v1/sellers/[^/]+/proxy(/.*)$ {
                    proxy_pass \(scheme)://\(name)$1$is_args$args;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Authorization "Bearer \(Self.token)";
                }
            }
            """
        }
        return Nginx.configuration(
            """
            tcp_nodelay on;
            proxy_max_temp_file_size 0;
            proxy_ssl_protocols TLSv1.3;
            proxy_ssl_trusted_certificate \(upstream.authority.path());
            proxy_ssl_verify on;
            proxy_ssl_server_name on;
            proxy_ssl_name localhost;
            upstream plain { \(nginxUpstream(upstream.plainPort)) }
            upstream tls { \(nginxUpstream(upstream.tlsPort)) }
            \(servers.joined(separator: "\n"))
            """)
    }

    private func nginxUpstream(_ port: Int) -> String {
        "server 127.0.0.1:\(port); keepalive \(Self.kept); keepalive_requests 1000000000; keepalive_timeout 300s;"
    }

    private func caddy(_ ports: Ports, _ upstream: FakeUpstream) -> String {
        let trust = """
            tls
                        tls_server_name localhost
                        tls_trust_pool file {
                            pem_file \(upstream.authority.path())
                        }
            """
        let sites = [(ports.plain, upstream.plainPort, ""), (ports.tls, upstream.tlsPort, trust)].map { port, to, tls in
            """
            http://:\(port) {
                bind 127.0.0.1
                uri path_regexp ^/v1/sellers/[^/]+/proxy/ /
                reverse_proxy 127.0.0.1:\(to) {
                    header_up Authorization "Bearer \(Self.token)"
                    transport http {
                        keepalive 300s
                        keepalive_idle_conns \(Self.kept)
                        keepalive_idle_conns_per_host \(Self.kept)
                        compression off
                        \(tls)
                    }
                }
            }
            """
        }
        return """
            {
                admin off
                auto_https off
                persist_config off
                log {
                    level ERROR
                }
            }
            \(sites.joined(separator: "\n"))

            """
    }
}

/// A peer that runs.
struct RunningPeer: Sendable {
    let program: Program
    /// Where it takes calls that go on by plain HTTP.
    let plain: String
    /// Where it takes calls that go on by TLS.
    let tls: String
}

extension Peer {
    private func envoy(_ ports: Ports, _ upstream: FakeUpstream) throws -> String {
        let configuration: [String: Any] = [
            "static_resources": [
                "listeners": [envoyListener("plain", ports.plain), envoyListener("tls", ports.tls)],
                "clusters": [
                    envoyCluster("plain", upstream.plainPort, trusting: nil),
                    envoyCluster("tls", upstream.tlsPort, trusting: upstream.authority),
                ],
            ]
        ]
        let data = try JSONSerialization.data(
            withJSONObject: configuration, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    private func envoyListener(_ name: String, _ port: Int) -> [String: Any] {
        let route: [String: Any] = [
            "match": ["safe_regex": ["regex": "/v1/sellers/[^/]+/proxy/.*"]],
            "route": [
                "cluster": name, "timeout": "60s",
                "regex_rewrite": [
                    "pattern": ["regex": "^/v1/sellers/[^/]+/proxy/"], "substitution": "/",
                ] as [String: Any],
            ] as [String: Any],
            "request_headers_to_add": [
                [
                    "header": ["key": "authorization", "value": "Bearer \(Self.token)"],
                    "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                ] as [String: Any]
            ],
        ]
        let router: [String: Any] = [
            "name": "envoy.filters.http.router",
            "typed_config": [
                "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
                "suppress_envoy_headers": true,
            ] as [String: Any],
        ]
        let manager: [String: Any] = [
            "@type":
                "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": name, "codec_type": "HTTP1", "generate_request_id": false,
            "http_filters": [router],
            "route_config": ["virtual_hosts": [["name": name, "domains": ["*"], "routes": [route]] as [String: Any]]],
        ]
        return [
            "name": name, "address": envoyAddress(port),
            "filter_chains": [
                ["filters": [["name": "envoy.filters.network.http_connection_manager", "typed_config": manager]]]
            ],
        ]
    }

    private func envoyCluster(_ name: String, _ port: Int, trusting authority: URL?) -> [String: Any] {
        let limits = ["max_connections", "max_pending_requests", "max_requests"]
        var cluster: [String: Any] = [
            "name": name, "type": "STATIC", "connect_timeout": "2s",
            "circuit_breakers": ["thresholds": [Dictionary(uniqueKeysWithValues: limits.map { ($0, 1_000_000) })]],
            "load_assignment": [
                "cluster_name": name,
                "endpoints": [["lb_endpoints": [["endpoint": ["address": envoyAddress(port)]]]]],
            ] as [String: Any],
        ]
        guard let authority else { return cluster }
        let validation: [String: Any] = [
            "trusted_ca": ["filename": authority.path()],
            "match_typed_subject_alt_names": [
                ["san_type": "DNS", "matcher": ["exact": "localhost"]] as [String: Any]
            ],
        ]
        cluster["transport_socket"] =
            [
                "name": "envoy.transport_sockets.tls",
                "typed_config": [
                    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                    "sni": "localhost",
                    "common_tls_context": [
                        "tls_params": [
                            "tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3",
                        ],
                        "validation_context": validation,
                    ] as [String: Any],
                ] as [String: Any],
            ] as [String: Any]
        return cluster
    }

    private func envoyAddress(_ port: Int) -> [String: Any] {
        ["socket_address": ["address": "127.0.0.1", "port_value": port] as [String: Any]]
    }
}
