import Foundation

/// An upstream that costs next to nothing: nginx, answering from memory by plain HTTP and by TLS.
struct FakeUpstream: Sendable {
    /// What it answers, each under a path that the gateway's allow-list has.
    enum Answer: String, CaseIterable {
        /// About 190 bytes, to GET.
        case small = "/users/me"
        /// The same to POST.
        case posted = "/pos"
        /// 64 KiB.
        case medium = "/v1/payments/search"
        /// 8 MiB.
        case large = "/merchant_orders/search"
    }

    private static let small = """
        {"id":200000001,"nickname":"BENCH1","site_id":"MLA","country_id":"AR","email":"bench@example.com",\
        "status":{"site_status":"active"},"tags":["normal","test_user"],"points":100,"logo":null,"thumbnail":null}
        """

    let plainPort: Int
    let tlsPort: Int
    /// PEM file of the authority that its certificate is of.
    let authority: URL
    private let folder: URL

    /// Makes certificate, files and configuration in a folder of its own.
    static func make(in parent: URL) async throws -> FakeUpstream {
        let folder = parent.appending(path: "upstream")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "files"), withIntermediateDirectories: true)
        let upstream = FakeUpstream(
            plainPort: try await freePort(), tlsPort: try await freePort(),
            authority: folder.appending(path: "authority.pem"), folder: folder)
        try await upstream.makeCertificate()
        for (name, size) in [("medium", 64 << 10), ("large", 8 << 20)] {
            let text = #"{"results":""# + String(repeating: "0123456789abcdef", count: size / 16)
            try Data((text.prefix(size - 2) + #""}"#).utf8).write(to: folder.appending(path: "files/\(name)"))
        }
        try Data(upstream.configuration.utf8).write(to: folder.appending(path: "nginx.conf"))
        return upstream
    }

    /// Starts it.
    func start() throws -> Program { try Nginx.start(in: folder) }

    private var configuration: String {
        let files = [(Answer.medium, "medium"), (.large, "large")].map { answer, name in
            "location = \(answer.rawValue) { alias \(folder.path())/files/\(name); }"
        }
        return Nginx.configuration(
            """
            sendfile on;
            tcp_nopush on;
            open_file_cache max=10;
            default_type application/json;
            server {
                listen 127.0.0.1:\(plainPort) backlog=4096;
                listen 127.0.0.1:\(tlsPort) ssl backlog=4096;
                ssl_certificate \(folder.path())/certificate.pem;
                ssl_certificate_key \(folder.path())/key.pem;
                ssl_protocols TLSv1.3;
                location / { return 200 '\(Self.small)'; }
                \(files.joined(separator: "\n    "))
            }
            """)
    }

    private func makeCertificate() async throws {
        let openssl = try Tools.find("openssl")
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        try await Program.run(
            openssl,
            ["req", "-x509"] + key + [
                "-subj", "/CN=Bench authority", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign", "-keyout", "authority.key", "-out", "authority.pem",
            ], in: folder, log: "openssl.log")
        try await Program.run(
            openssl,
            ["req", "-x509"] + key + [
                "-subj", "/CN=localhost", "-CA", "authority.pem", "-CAkey", "authority.key", "-addext",
                "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", "key.pem", "-out", "certificate.pem",
            ], in: folder, log: "openssl.log")
    }
}

/// Programs of the system.
enum Tools {
    /// Finds a program on the path or where system daemons are.
    ///
    /// - Throws: ``BenchmarkFailure`` naming it.
    static func find(_ name: String) throws -> URL {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
        let files = folders.map { URL(filePath: $0).appending(path: name) }
        guard let file = files.first(where: { FileManager.default.isExecutableFile(atPath: $0.path()) }) else {
            throw BenchmarkFailure("\(name) is not installed: make bench does that.")
        }
        return file
    }
}

/// How nginx is run here: by our own file, in front, and never as the system's service.
enum Nginx {
    /// A whole configuration around what stands in its `http` block.
    static func configuration(_ http: String) -> String {
        """
        daemon off;
        worker_processes \(Peer.workers);
        pid nginx.pid;
        error_log error.log error;
        worker_rlimit_nofile 16384;
        events { worker_connections 8192; }
        http {
            access_log off;
            server_tokens off;
            keepalive_timeout 300s;
            keepalive_requests 1000000000;
            client_body_temp_path temporary;
            proxy_temp_path temporary;
            fastcgi_temp_path temporary;
            uwsgi_temp_path temporary;
            scgi_temp_path temporary;
        \(http.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        }

        """
    }

    /// Starts the one whose `nginx.conf` lies in a folder.
    static func start(in folder: URL) throws -> Program {
        try Program(
            Tools.find("nginx"), ["-p", folder.path(), "-c", "nginx.conf", "-e", "error.log"], in: folder,
            log: "nginx.log")
    }
}
