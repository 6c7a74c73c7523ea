import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// What the law asks for: `DELETE /v1/sellers/{seller}` and `GET /v1/sellers/{seller}/export`.
struct ErasureRoutes: Sendable {
    let erasures: Erasures
    let export: SellerExport
    let clock: WallClock

    func add(to api: APIRoutes) {
        api.router.delete("/sellers/{seller}") { [hashing = api.repetitions.hashing] request, context in
            let call = try await APICall(request, context, hashing: hashing)
            let certificate = try await erasures.erase(try Self.reference(call), by: call.caller)
            return try APIRoutes.json(CertificateResource(certificate), status: .ok)
        }
        api.answer("/sellers/{seller}/export") { call in
            let seller = try await export.begin(try Self.reference(call), by: call.caller)
            return Response(
                status: .ok, headers: [.contentType: AuditRoutes.lines, .cacheControl: "no-store"],
                body: lines(of: seller))
        }
    }

    private func lines(of seller: Seller) -> ResponseBody {
        ResponseBody { [export, clock] writer in
            var count = 0
            var cursor: SellerExport.Cursor? = .start
            while let from = cursor {
                let part = try await export.records(of: seller, from: from)
                for record in part.records {
                    try await writer.write(try Self.line(ExportLine(record, at: clock.now)))
                }
                count += part.records.count
                cursor = part.next
            }
            // Whoever reads it sees by the last line that nothing is missing.
            try await writer.write(try Self.line(ExportLine(count: count)))
            try await writer.finish(nil)
        }
    }

    private static func line(_ line: ExportLine) throws -> ByteBuffer {
        var buffer = ByteBuffer(bytes: try JSONEncoder.gateway.encode(line))
        buffer.writeInteger(UInt8(ascii: "\n"))
        return buffer
    }

    private static func reference(_ call: APICall) throws(Problem) -> SellerReference {
        guard let reference = call.context.parameters.get("seller").flatMap({ SellerReference($0) }) else {
            throw .sellerNotFound
        }
        return reference
    }
}
