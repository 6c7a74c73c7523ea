import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("The linking routes")
struct LinkingRoutesTests {
    @Test("link an account: page, form, provider, callback, result, undo")
    func wholeWay() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let invite = try await client.page(.get, link.path)
            #expect(invite.status == 200)
            #expect(invite.html.contains("Panadería Sol") && invite.html.contains("Caja Feliz"))
            #expect(invite.html.contains("<form method=\"post\" action=\"\(link.path)?lang=es\">"))

            let (state, cookie) = try await link.begin(client, language: "pt")
            let callback = "/oauth/callback/\(link.application)?code=TG-code-marker&state=\(state)"
            let back = try await client.page(.get, callback, cookie: cookie)
            #expect(back.status == 303)
            #expect(back.headers[.location] == "\(link.path)/done")
            #expect(back.headers[.cacheControl] == "no-store")

            let done = try await client.page(.get, "\(link.path)/done", cookie: cookie)
            #expect(done.status == 200)
            #expect(done.html.contains("<html lang=\"pt-BR\">"))
            #expect(done.html.contains("PANADERIA SOL") && done.html.contains("Panadería Sol"))
            #expect(!done.html.contains("sol@example.com"))

            let used = try await client.page(.get, link.path, cookie: cookie)
            #expect(used.status == 410)
            #expect(used.html.contains("href=\"\(link.path)/done\""))

            let undo = try await client.page(.post, "\(link.path)/undo?lang=pt", cookie: cookie)
            #expect(undo.status == 303)
            #expect(undo.headers[.location] == "\(link.path)/done?lang=pt")
            let undone = try await client.page(.get, "\(link.path)/done?lang=pt", cookie: cookie)
            #expect(undone.html.contains(PortugueseCopy().undone("Caja Feliz").title))
            for marker in ["TG-code-marker", "access-token-marker", "refresh-token-marker", state, link.token] {
                #expect(!gateway.logs.text.contains(marker))
            }
        }
    }

    @Test("go on to the provider by a page of our own, with the cookie set")
    func onward() async throws {
        try await withGateway(address: "https://pagos.example.com") { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let page = try await client.page(.post, link.path)
            #expect(page.status == 200)
            let url = "https://auth.example.com/authorization?client_id=1234567890&amp;state="
            #expect(page.html.contains("<meta http-equiv=\"refresh\" content=\"0;url=\(url)"))
            #expect(page.html.contains("<a class=\"button\" href=\"\(url)"))
            let cookie = try #require(page.headers[.setCookie])
            #expect(
                cookie.contains(
                    #/^__Host-enlace=[\w-]{43}\.[\w-]{43}\.es; Path=\/; HttpOnly; Secure; SameSite=Lax; Max-Age=600$/#))
            #expect(page.headers[.strictTransportSecurity] != nil)
        }
    }

    @Test("consume nothing by GET or HEAD, whoever opens the link")
    func previews() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            for agent in ["WhatsApp/2.23", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0"] {
                #expect(try await client.page(.get, link.path, [.userAgent: agent]).status == 200)
                let head = try await client.page(.head, link.path, [.userAgent: agent])
                #expect(head.status == 200)
                #expect(head.html.isEmpty && head.headers[.contentType] == "text/html; charset=utf-8")
            }
            #expect(try await client.page(.post, link.path).status == 200)
        }
    }

    @Test("refuse a form that another site sent")
    func foreignForms() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let site = HTTPField.Name("Sec-Fetch-Site")!
            for headers: HTTPFields in [[site: "cross-site"], [.origin: "https://evil.example"]] {
                for path in [link.path, "\(link.path)/undo"] {
                    let page = try await client.page(.post, path, headers)
                    #expect(page.status == 403)
                    #expect(page.headers[.setCookie] == nil)
                    #expect(page.html.contains("<h1>"))
                }
            }
            let long = try await client.page(.post, link.path, body: String(repeating: "x", count: 5000))
            #expect(long.status == 413)
            #expect(long.headers[.contentType] == "text/html; charset=utf-8")
        }
    }

    @Test("answer a callback with a bad state by a page that shows nothing of it")
    func badState() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let query = "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state=wrong-marker"
            let page = try await client.page(.get, "/oauth/callback/\(link.application)?\(query)&code=code-marker")
            #expect(page.status == 400)
            for text in ["<script", "alert(1)", "access_denied", "wrong-marker", "code-marker"] {
                #expect(!page.html.contains(text))
                #expect(!gateway.logs.text.contains(text))
            }
            #expect(page.html.contains(SpanishCopy().staleAuthorization.title))
            #expect(page.html.contains("Caja Feliz"))
        }
    }

    @Test("refuse a callback in another browser, and burn its state")
    func otherBrowser() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let (state, cookie) = try await link.begin(client)
            let other = try await link.begin(client)
            let callback = "/oauth/callback/\(link.application)?code=code&state=\(state)"
            #expect(try await client.page(.get, callback, cookie: other.cookie).status == 403)
            #expect(try await client.page(.get, callback, cookie: cookie).status == 400)
            #expect(try await client.page(.get, link.path).status == 200)
        }
    }

    @Test("show a refusal at the provider as a page to try again from")
    func denied() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let (state, cookie) = try await link.begin(client)
            let query = "error=access_denied&error_description=no&state=\(state)"
            #expect(
                try await client.page(.get, "/oauth/callback/\(link.application)?\(query)", cookie: cookie).status
                    == 303)
            let done = try await client.page(.get, "\(link.path)/done", cookie: cookie)
            #expect(done.html.contains(SpanishCopy().denied.title))
            #expect(done.html.contains("href=\"\(link.path)?lang=es\""))
            #expect(done.html.contains("status=denied"))
        }
    }

    @Test("show a result to the browser alone that made the attempt, by that link alone")
    func results() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let other = try await OpenLink.make(client, link.shop, seller: link.shop.other)
            let (_, cookie) = try await link.begin(client)
            let waiting = try await client.page(.get, "\(link.path)/done", cookie: cookie)
            #expect(waiting.html.contains("<meta http-equiv=\"refresh\" content=\"2\">"))
            #expect(try await client.page(.get, "\(link.path)/done").status == 404)
            #expect(try await client.page(.get, "\(other.path)/done", cookie: cookie).status == 404)
            #expect(try await client.page(.post, "\(other.path)/undo", cookie: cookie).status == 404)
        }
    }

    @Test("say what to do with a link that is unknown, expired or revoked")
    func closed() async throws {
        try await withGateway { gateway, client in
            let unknown = base64URL(Array(repeating: 1, count: 32))
            for path in ["/link/\(unknown)", "/link/x", "/link/%3Cscript%3E"] {
                for method in [HTTPRequest.Method.get, .post] {
                    let page = try await client.page(method, path)
                    #expect(page.status == 404)
                    #expect(page.html.contains(SpanishCopy().linkUnknown.title))
                    #expect(!page.html.contains("<script"))
                }
            }
            let link = try await OpenLink.make(gateway, client)
            gateway.clock.advance(by: .seconds(8 * 86_400))
            for method in [HTTPRequest.Method.get, .post] {
                let page = try await client.page(method, "\(link.path)?lang=en")
                #expect(page.status == 410)
                #expect(page.html.contains(EnglishCopy().linkExpired("").title))
            }
        }
    }

    @Test("answer with a page of a temporary problem when the store is gone")
    func trouble() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let (state, cookie) = try await link.begin(client)
            await gateway.services.store.close()
            let callback = "/oauth/callback/\(link.application)?code=code&state=\(state)"
            for path in [link.path, "\(link.path)/done", callback] {
                let page = try await client.page(.get, path, cookie: cookie)
                #expect(page.status == 503)
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.html.contains(SpanishCopy().temporaryTrouble.title))
                #expect(page.html.contains("href=\"\(link.path)\""))
                #expect(page.headers[.cacheControl] == "no-store")
            }
        }
    }

    @Test("send every page with the headers that shut it in")
    func headers() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let pages = [
                try await client.page(.get, link.path), try await client.page(.get, "/link/x"),
                try await client.page(.post, link.path), try await client.page(.get, "\(link.path)/done"),
                try await client.page(.get, "/oauth/callback/\(link.application)"),
            ]
            for page in pages {
                #expect(
                    page.headers[.contentSecurityPolicy]
                        == "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
                        + "base-uri 'none'; frame-ancestors 'none'")
                #expect(page.headers[.cacheControl] == "no-store")
                #expect(page.headers[.xContentTypeOptions] == "nosniff")
                #expect(page.headers[HTTPField.Name("Referrer-Policy")!] == "no-referrer")
                #expect(page.headers[HTTPField.Name("Cross-Origin-Opener-Policy")!] == "same-origin")
                #expect(page.headers[.strictTransportSecurity] == nil)
            }
            let style = try await client.page(.get, "/link-assets/style.css")
            #expect(style.headers[.contentType] == "text/css; charset=utf-8")
            #expect(style.html.contains("prefers-color-scheme: dark"))
        }
    }
}
