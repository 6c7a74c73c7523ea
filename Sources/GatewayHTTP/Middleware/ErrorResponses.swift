import Foundation
public import Gateway
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns whatever was thrown into `application/problem+json` (RFC 9457) with a stable code.
struct ErrorResponses: RouterMiddleware {
    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Self.problem(error)
            if problem.code == .internalError {
                // The type alone: a description may carry what was read.
                context.logger.error("Request failed", metadata: ["cause": "\(type(of: error))"])
            }
            let response = problem.response(request: context.requestID)
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case is NIOTooManyBytesError: return Problem(.bodyTooLarge, "Send a smaller body.")
        case let error as HTTPError:
            switch error.status.code {
            case 404: return Problem(.notFound, "There is no such route.")
            case 413: return Problem(.bodyTooLarge, "Send a smaller body.")
            default: return Problem(.invalidRequest, "The request can't be understood.")
            }
        default: return Problem(.internalError, "Something went wrong here; the operator's log has the request id.")
        }
    }
}

extension Problem {
    /// What the code means in HTTP; the only place that says it.
    var status: HTTPResponse.Status {
        switch code {
        case .invalidRequest, .badJSON, .badPath, .endpointURLNotAllowed: .badRequest
        case .unauthorized: .unauthorized
        case .missingScope, .routeNotAllowed, .sellerDisabled, .modeMismatch: .forbidden
        case .sellerQuarantined: .init(code: 423, reasonPhrase: "Locked")
        case .sellerNotFound, .applicationNotFound, .linkNotFound, .connectionNotFound, .terminalNotFound,
            .endpointNotFound, .eventNotFound, .deliveryNotFound, .jobNotFound, .keyNotFound, .notFound:
            .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .sellerNotLinked, .connectionNotConfirmed, .connectionAmbiguous, .refreshUncertain, .needsRelink,
            .accountTaken,
            .accountMismatch, .unsupportedSite, .tokenRefused, .externalRefTaken, .clientIDTaken, .applicationInUse,
            .endpointLimit,
            .idempotencyKeyReused, .stateConflict, .payloadForgotten,
            .keyringRefused:
            .conflict
        case .bodyTooLarge: .contentTooLarge
        // Not even tried: the gateway itself says no for the moment.
        case .upstreamUnreachable where extra["reason"] == Problem.circuitOpen: .serviceUnavailable
        case .upstreamUnreachable, .upstreamRedirect, .upstreamRefused: .badGateway
        case .upstreamTimeout: .gatewayTimeout
        case .upstreamLimited, .rateLimited: .tooManyRequests
        case .storageUnavailable, .backupFailed, .overloaded: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    /// The answer, with the code in `Enlace-Error` too.
    func response(request: String) -> Response {
        let rendered = rendered(request: request)
        var headers = HTTPFields()
        for (name, value) in rendered.headers { headers[.own(name)] = value }
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: rendered.body)))
    }

    /// The answer as every lane writes it.
    public func rendered(request: String) -> RenderedProblem {
        var members = extra
        members["type"] = "urn:enlace:problem:\(code.rawValue)"
        members["title"] = code.rawValue.replacing("_", with: " ")
        members["detail"] = detail
        members["code"] = code.rawValue
        members["request_id"] = request
        members["field"] = field
        var headers = [
            (name: "Content-Type", value: "application/problem+json"), (name: "Cache-Control", value: "no-store"),
            (name: "Enlace-Error", value: code.rawValue),
        ]
        if let retryAfter {
            headers.append((name: "Retry-After", value: String(max(1, retryAfter.components.seconds))))
        }
        if code == .unauthorized { headers.append((name: "WWW-Authenticate", value: "Bearer realm=\"enlace\"")) }
        let json = ProblemJSON(status: Int(status.code), members: members)
        return RenderedProblem(
            status: Int(status.code), headers: headers, body: [UInt8]((try? JSONEncoder.gateway.encode(json)) ?? Data())
        )
    }
}

private struct ProblemJSON: Encodable {
    let status: Int
    let members: [String: String]

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyKey.self)
        try container.encode(status, forKey: AnyKey(stringValue: "status"))
        for (key, value) in members { try container.encode(value, forKey: AnyKey(stringValue: key)) }
    }
}

/// A member's name that is known only when it is written.
struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension HTTPField.Name {
    static let enlaceRequestID = own("Enlace-Request-Id")
    static let idempotencyKey = own("Idempotency-Key")
    static let idempotencyReplayed = own("Idempotency-Replayed")
    static let upstreamIdempotencyKey = own("X-Idempotency-Key")
    static let secFetchSite = own("Sec-Fetch-Site")

    /// A name that is spelled in the source and so can't be none.
    static func own(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a header's name: \(name)") }
        return name
    }
}

extension Problem {
    /// The answer for an id of no or another kind, the same as for one that is out of reach.
    static func unknown(_ code: Code) -> Problem {
        Problem(code, "There is no such thing within this key's reach. Check the id.")
    }
}
