/// The frame of every page: one inline style, no script.
enum Page {
    /// Wraps content that is HTML already; the title is escaped.
    static func document(_ title: String, _ content: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        <title>\(escaped(title)) · Sandbox</title>
        <style>\(style)</style>
        </head>
        <body>
        <main>
        <p class="mark">Sandbox: simulated Mercado Pago, no real account or money</p>
        <h1>\(escaped(title))</h1>
        \(content)
        </main>
        </body>
        </html>

        """
    }

    /// A page that says why it goes no further.
    static func problem(_ problem: AuthorizationProblem) -> String {
        document(
            "We couldn't continue",
            "<p>\(escaped(problem.text))</p>\n<p><code>\(escaped(problem.code))</code></p>")
    }

    /// Text made safe for element content and quoted attributes.
    static func escaped(_ text: String) -> String {
        var safe = ""
        // By scalars: as a Character, a sign with a combining mark behind it would pass.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    private static let style = """
        :root{color-scheme:light dark}
        body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#f3f5f8;color:#1c2430}
        main{max-width:34rem;margin:3rem auto;padding:2rem;background:#fff;border-radius:12px;\
        box-shadow:0 1px 4px #0002}
        h1{font-size:1.4rem;margin:.2rem 0 1rem}
        .mark{margin:0;font-size:.8rem;color:#5b6675}
        label{display:block;margin:.8rem 0 .2rem;font-weight:600}
        input,select{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #b6bfca;\
        border-radius:6px}
        button{font:inherit;margin:1rem .4rem 0 0;padding:.5rem 1.1rem;border:0;border-radius:6px;\
        background:#0a6ed1;color:#fff;cursor:pointer}
        button.quiet{background:#e4e8ee;color:#1c2430}
        form.inline{display:inline}
        table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem .35rem 0}
        code{background:#8882;padding:.1rem .3rem;border-radius:4px}
        @media (prefers-color-scheme:dark){body{background:#12161c;color:#e6eaf0}main{background:#1b212a}\
        .mark{color:#98a4b3}input,select{background:#12161c;color:inherit;border-color:#445}\
        button.quiet{background:#2c3541;color:inherit}}
        """
}
