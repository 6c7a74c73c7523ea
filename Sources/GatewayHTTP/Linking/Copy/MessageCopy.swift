/// The words of the messages by which an integrator sends a link, one type per language as ``PageCopy``.
protocol MessageCopy {
    /// The texts for a link that links a shop; `moment` is when it expires.
    func linkMessages(_ brand: String, shop: String, url: String, moment: String) -> MessageTexts
}

/// One message in the forms that it is sent in.
struct MessageTexts: Sendable {
    /// For a chat program, a few lines.
    let whatsapp: String
    /// An e-mail's subject.
    let subject: String
    /// An e-mail's text.
    let email: String
    /// One line, as short as it can be said.
    let sms: String
}

extension SpanishCopy: MessageCopy {
    func linkMessages(_ brand: String, shop: String, url: String, moment: String) -> MessageTexts {
        MessageTexts(
            whatsapp: """
                ¡Hola! Para cobrar con las terminales Point de \(shop) desde \(brand), vincula tu cuenta de Mercado \
                Pago con este enlace:

                \(url)

                Ingresa con la cuenta titular, no con la de un colaborador. El enlace vence el \(moment).
                """,
            subject: "Vincula tu cuenta de Mercado Pago con \(brand)",
            email: """
                ¡Hola!

                Para cobrar con las terminales Point de \(shop) desde \(brand) hace falta tu permiso en Mercado Pago. \
                Abre este enlace en tu navegador:

                \(url)

                Antes de aceptar verás qué podrá hacer \(brand) y qué no. Ingresa con la cuenta titular, no con la de \
                un colaborador.

                El enlace sirve una sola vez y vence el \(moment). Si no esperabas este mensaje, no lo abras y avísanos.

                \(brand)
                """,
            sms: "\(brand): vincula la cuenta de Mercado Pago de \(shop) en \(url)")
    }
}

extension PortugueseCopy: MessageCopy {
    func linkMessages(_ brand: String, shop: String, url: String, moment: String) -> MessageTexts {
        MessageTexts(
            whatsapp: """
                Olá! Para cobrar com as maquininhas Point de \(shop) por \(brand), vincule sua conta do Mercado Pago \
                com este link:

                \(url)

                Entre com a conta titular, não com a de um colaborador. O link vence em \(moment).
                """,
            subject: "Vincule sua conta do Mercado Pago a \(brand)",
            email: """
                Olá!

                Para cobrar com as maquininhas Point de \(shop) por \(brand), precisamos da sua permissão no Mercado \
                Pago. Abra este link no seu navegador:

                \(url)

                Antes de aceitar, você verá o que \(brand) poderá fazer e o que não. Entre com a conta titular, não \
                com a de um colaborador.

                O link serve uma única vez e vence em \(moment). Se você não esperava esta mensagem, não o abra e nos \
                avise.

                \(brand)
                """,
            sms: "\(brand): vincule a conta do Mercado Pago de \(shop) em \(url)")
    }
}

extension EnglishCopy: MessageCopy {
    func linkMessages(_ brand: String, shop: String, url: String, moment: String) -> MessageTexts {
        MessageTexts(
            whatsapp: """
                Hello! To charge with the Point terminals of \(shop) from \(brand), link your Mercado Pago account by \
                this link:

                \(url)

                Log in as the account owner, not as a collaborator. The link expires on \(moment).
                """,
            subject: "Link your Mercado Pago account to \(brand)",
            email: """
                Hello!

                To charge with the Point terminals of \(shop) from \(brand), we need your permission at Mercado Pago. \
                Open this link in your browser:

                \(url)

                Before you agree you will see what \(brand) will be able to do, and what not. Log in as the account \
                owner, not as a collaborator.

                The link works once and expires on \(moment). If you did not expect this message, don’t open it and \
                tell us.

                \(brand)
                """,
            sms: "\(brand): link the Mercado Pago account of \(shop) at \(url)")
    }
}
