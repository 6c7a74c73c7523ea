import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOPosix
import NIOSSL

/// Understands answers and failures; never quotes a body (SEC C6.2).
///
/// Source: REF §1.7 and §6.
enum AnswerReading {
    /// What is assumed where no life was told: short, so that a wrong guess costs one refresh.
    static let unknownLife = 6 * 3600
    /// Shortest and longest life that is believed, in seconds.
    static let believedLife = 60...(400 * 86_400)

    /// A JSON object, or `nil` for any other body.
    static func object(_ body: [UInt8]) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
    }

    /// Text, or a number's digits: the provider's types float.
    static func text(_ value: Any?) -> String? {
        switch value {
        case let text as String: text
        case let number as NSNumber: number.stringValue
        default: nil
        }
    }

    /// The pair that the token endpoint gave.
    ///
    /// - Throws: ``UpstreamError/limited(retryAfter:)`` for 429, ``UpstreamError/refused(code:status:)`` for a refusal
    ///   in so many words, else ``UpstreamError/unanswered(status:)``.
    static func grant(_ answer: Answer) throws(UpstreamError) -> TokenGrant {
        let members = object(answer.body)
        guard (200...299).contains(answer.status), let members, let access = text(members["access_token"]) else {
            if answer.status == 429 { throw .limited(retryAfter: seconds(answer.retryAfter)) }
            // Only words of the provider's own count as a refusal: a front proxy's page says nothing about the token.
            if (400...499).contains(answer.status), let code = members.flatMap({ text($0["error"]) }), isCode(code) {
                throw .refused(code: code, status: answer.status)
            }
            throw .unanswered(status: answer.status)
        }
        let told = text(members["expires_in"]).flatMap { Int($0) } ?? unknownLife
        let life = min(max(told, believedLife.lowerBound), believedLife.upperBound)
        return TokenGrant(
            access: Secret(access), refresh: text(members["refresh_token"]).map { Secret($0) },
            lifetime: .seconds(life),
            scopes: (text(members["scope"]) ?? "").split(separator: " ").map(String.init),
            user: text(members["user_id"]).flatMap { UpstreamUserID($0) },
            liveMode: members["live_mode"] as? Bool)
    }

    /// What an answer other than 2xx to an API call means.
    static func callError(_ answer: Answer) -> UpstreamError {
        let members = object(answer.body)
        let words = (members.flatMap { text($0["message"]) } ?? "").lowercased()
        switch answer.status {
        case 401 where words.contains("live credentials"):
            return .refused(code: "live_credentials", status: 401)
        case 401: return .unauthorized
        case 429: return .limited(retryAfter: seconds(answer.retryAfter))
        case 400...499:
            let code = members.flatMap { text($0["error"]) } ?? ""
            return .refused(code: isCode(code) ? code : "status_\(answer.status)", status: answer.status)
        default: return .unanswered(status: answer.status)
        }
    }

    /// Whether anything can have been written when a call failed without an answer.
    static func failure(_ error: any Error) -> UpstreamError {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout || error == .getConnectionFromPoolTimeout:
            .notWritten(reason: .timeout)
        case let error as HTTPClientError where error == .tlsHandshakeTimeout: .notWritten(reason: .tls)
        case let error as NIOConnectionError:
            .notWritten(reason: error.connectionErrors.isEmpty ? .dns : .connect)
        // What an address in place of a name gives: no connection was made.
        case let error as IOError where error.errnoCode == ECONNREFUSED: .notWritten(reason: .connect)
        case is NIOSSLError, is NIOSSLExtraError: .notWritten(reason: .tls)
        default: .unanswered(status: nil)
        }
    }

    private static func seconds(_ text: String?) -> Duration? {
        text.flatMap { Int($0) }.map { .seconds(max(0, min($0, 86_400))) }
    }

    // Codes go to logs and to callers: only the shape of a code passes.
    private static func isCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
            }
    }
}
