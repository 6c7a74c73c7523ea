import AsyncHTTPClient
import Foundation
import Gateway

/// The gateways that are measured: one with few sellers, the same calling by TLS, and one with many.
struct GatewayPlaces: Sendable {
    let http: HTTPClient
    let few: Installation
    let tls: Installation
    let many: Installation
    let fewSellers: [SellerID]
    let manySellers: [SellerID]

    /// A gateway that runs.
    typealias Serving = (program: Program, url: String)

    /// Sets them up in `scene`, keeps their settings in `kept`, and fills them: the first two alike.
    static func make(
        in scene: URL, keeping kept: URL, _ http: HTTPClient, _ upstream: FakeUpstream, few fewCount: Int,
        many manyCount: Int
    ) async throws -> GatewayPlaces {
        tell("Setting gateways up")
        let base = scene.appending(path: "base")
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        // Only to be initialised with; what is called afterwards is the fake upstream.
        let origin = try await SandboxInstallation.make(in: base, http)
        try await origin.sandbox.stop()
        let plain = Installation.Upstream(
            apiURL: "http://127.0.0.1:\(upstream.plainPort)", authorizationURL: "", authority: "")
        let secure = Installation.Upstream(
            apiURL: "https://127.0.0.1:\(upstream.tlsPort)", authorizationURL: "",
            authority: upstream.authority.path())
        let few = try await origin.installation.copied(to: scene.appending(path: "few"), plain)
        let many = try await origin.installation.copied(to: scene.appending(path: "many"), plain)
        let fewSellers = try await Seeding.seed(fewCount, linked: true, in: few.folder).sellers
        let tls = try await few.copied(to: scene.appending(path: "tls"), secure)
        tell("Linking \(manyCount) sellers")
        let manySellers = try await Seeding.seed(manyCount, linked: true, in: many.folder).sellers
        for (name, place) in [("few", few), ("tls", tls), ("many", many)] {
            try FileManager.default.copyItem(
                at: place.folder.appending(path: "enlace.yaml"), to: kept.appending(path: "enlace-\(name).yaml"))
        }
        return GatewayPlaces(
            http: http, few: few, tls: tls, many: many, fewSellers: fewSellers, manySellers: manySellers)
    }

    /// Starts all three.
    func serve(
        _ troupe: Troupe, environment: [String: String]
    ) async throws -> (few: Serving, tls: Serving, many: Serving) {
        var serving: [Serving] = []
        for place in [few, tls, many] {
            let program = troupe.add(try await place.serve(environment: environment).gateway)
            serving.append((program, place.url))
        }
        return (serving[0], serving[1], serving[2])
    }
}

/// All that can be loaded, and the loads.
struct ProxyStage {
    let places: GatewayPlaces
    let upstream: GatewayPlaces.Serving
    let peers: [(name: String, peer: RunningPeer)]
    let few: GatewayPlaces.Serving
    let tls: GatewayPlaces.Serving
    let many: GatewayPlaces.Serving
    let bare: GatewayPlaces.Serving
    let ordinaryHeader: (name: String, value: String)

    /// The scenarios, in the order of the report.
    ///
    /// Scripts are written into `folder`, another one for each round; they hold a key.
    func scenarios(rounds: Int, scripts folder: URL) throws -> [ProxyScenario] {
        let post = folder.appending(path: "post.lua")
        let body = #"{"name":""# + String(repeating: "0123456789abcdef", count: 64)
        let text = """
            wrk.method = "POST"
            wrk.headers["Content-Type"] = "application/json"
            wrk.body = '\(body.prefix(1022))"}'

            """
        try Data(text.utf8).write(to: post)
        return [
            scenario("get_1", "GET 190 B, 1 connection", 1, calls(.small)),
            scenario("get_64", "GET 190 B, 64 connections", 64, alone(.small) + calls(.small)),
            scenario("get_1000", "GET 190 B, 1,000 connections", 1000, calls(.small)),
            scenario(
                "post_64", "POST 1 KiB, 64 connections", 64,
                calls(.posted).map { candidate in
                    var candidate = candidate
                    candidate.scripts = [post]
                    return candidate
                }),
            scenario("get_64k", "GET 64 KiB, 64 connections", 64, calls(.medium)),
            scenario("get_8m", "GET 8 MiB, 8 connections", 8, calls(.large)),
            scenario("tls_64", "GET 190 B, TLS upstream, 64 connections", 64, calls(.small, byTLS: true)),
            scenario("sellers_zipf", "many sellers by Zipf, 64 connections", 64, try spread(.zipf, rounds, folder)),
            scenario(
                "sellers_uniform", "many sellers alike, 64 connections", 64, try spread(.uniform, rounds, folder)),
            scenario("ordinary_64", "ordinary lane, 64 connections", 64, ordinary),
        ]
    }

    private func scenario(
        _ name: String, _ title: String, _ connections: Int, _ candidates: [ProxyScenario.Candidate]
    ) -> ProxyScenario {
        ProxyScenario(name: name, title: title, connections: connections, candidates: candidates)
    }

    private func path(_ answer: FakeUpstream.Answer) -> String {
        "/v1/sellers/\(places.fewSellers[0])/proxy\(answer.rawValue)"
    }

    private var headers: [String: String] { ["Authorization": "Bearer \(places.few.key)"] }

    private func alone(_ answer: FakeUpstream.Answer) -> [ProxyScenario.Candidate] {
        [.init(system: "upstream", program: upstream.program, url: upstream.url + answer.rawValue)]
    }

    /// The peers and the gateway, one seller.
    private func calls(_ answer: FakeUpstream.Answer, byTLS: Bool = false) -> [ProxyScenario.Candidate] {
        let gateway = byTLS ? tls : few
        let candidates = peers.map {
            (name: $0.name, program: $0.peer.program, url: byTLS ? $0.peer.tls : $0.peer.plain)
        }
        return (candidates + [("enlace", gateway.program, gateway.url)]).map { system, program, url in
            .init(system: system, program: program, url: url + path(answer), headers: headers)
        }
    }

    /// The gateway with few and with many sellers, another one at each call.
    private func spread(
        _ spread: SellerDraws.Spread, _ rounds: Int, _ folder: URL
    ) throws -> [ProxyScenario.Candidate] {
        let gateways = [("enlace", few, places.fewSellers), ("enlace_many", many, places.manySellers)]
        return try gateways.map { system, gateway, sellers in
            let scripts = try SellerDraws(spread, over: sellers.count).write(
                sellers, name: "\(spread.rawValue)-\(system)", path: FakeUpstream.Answer.small.rawValue,
                key: places.few.key, runs: 2 * rounds, in: folder)
            return .init(system: system, program: gateway.program, url: gateway.url, scripts: scripts)
        }
    }

    private var ordinary: [ProxyScenario.Candidate] {
        [("bare_route", bare), ("enlace", few)].map { system, serving in
            .init(
                system: system, program: serving.program, url: serving.url + path(.small),
                headers: headers.merging([ordinaryHeader.name: ordinaryHeader.value]) { $1 })
        }
    }
}
