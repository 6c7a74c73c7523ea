import Gateway

/// The words of the page where a shop owner sees what is linked and takes it back.
protocol StatusCopy {
    /// What it is about.
    func statusTitle(shop: String) -> String
    /// What being linked means.
    var statusLead: String { get }
    /// Nothing is linked, or nothing any more.
    var statusNothing: String { get }
    /// Before the application's brand.
    var statusWith: String { get }
    /// Before the moment of the linking.
    var statusSince: String { get }
    /// Before where it stands.
    var statusState: String { get }
    /// Where it stands.
    func statusWords(_ state: Connection.State) -> String
    /// Opens what leads to the unlinking.
    func unlinkOffer(_ brand: String) -> String
    /// What unlinking does.
    func unlinkText(_ brand: String) -> String
    /// Unlinks.
    var unlinkButton: String { get }
    /// It is unlinked.
    func unlinkedHeading(_ brand: String) -> String
    /// What that means, and how to take the permission away at the provider too.
    func unlinkedText(_ brand: String) -> String
    /// Until when the page can be opened.
    func statusExpires(_ moment: String) -> String
    /// The address is over.
    var statusExpired: NoticeText { get }
    /// The address is none.
    var statusUnknown: NoticeText { get }
}

extension SpanishCopy: StatusCopy {
    func statusTitle(shop: String) -> String { "Cuentas vinculadas de \(shop)" }
    var statusLead: String {
        "Aquí ves quién puede cobrar con las terminales Point de tu cuenta de Mercado Pago, y puedes desvincularlo."
    }
    var statusNothing: String { "No hay ninguna cuenta vinculada." }
    var statusWith: String { "Vinculada con" }
    var statusSince: String { "Desde" }
    var statusState: String { "Estado" }
    func statusWords(_ state: Connection.State) -> String {
        switch state {
        case .awaitingConfirmation: "Falta confirmarla"
        case .configuring: "Terminando la configuración"
        case .linked: "Funciona"
        case .needsRelink: "Necesita que la autorices otra vez"
        case .revoked, .erased: "Desvinculada"
        }
    }
    func unlinkOffer(_ brand: String) -> String { "Desvincular de \(brand)" }
    func unlinkText(_ brand: String) -> String {
        "\(brand) deja de ver tus terminales y de cobrar con ellas, y borramos el permiso que guardamos. Los cobros ya "
            + "hechos no cambian. Para volver a vincular, pide a \(brand) un enlace nuevo."
    }
    var unlinkButton: String { "Sí, desvincular ahora" }
    func unlinkedHeading(_ brand: String) -> String { "Listo: \(brand) ya no tiene acceso" }
    func unlinkedText(_ brand: String) -> String {
        "Borramos el permiso que guardábamos. Para quitarlo también en Mercado Pago, entra en Seguridad → Aplicaciones "
            + "conectadas y elimina la aplicación de \(brand)."
    }
    func statusExpires(_ moment: String) -> String { "Esta página se puede abrir hasta el \(moment)." }
    var statusExpired: NoticeText {
        NoticeText(
            "Esta página ya no se puede abrir", "Por seguridad, su enlace sirve por poco tiempo. No cambió nada.",
            "Pide un enlace nuevo a quien te la envió. También puedes quitar el permiso en Mercado Pago: Seguridad → "
                + "Aplicaciones conectadas.")
    }
    var statusUnknown: NoticeText {
        NoticeText(
            "No encontramos esta página", "El enlace puede estar incompleto.",
            "Ábrelo otra vez desde el mensaje en que lo recibiste, o pide uno nuevo.")
    }
}

extension PortugueseCopy: StatusCopy {
    func statusTitle(shop: String) -> String { "Contas vinculadas de \(shop)" }
    var statusLead: String {
        "Aqui você vê quem pode cobrar com as maquininhas Point da sua conta do Mercado Pago, e pode desvincular."
    }
    var statusNothing: String { "Não há nenhuma conta vinculada." }
    var statusWith: String { "Vinculada a" }
    var statusSince: String { "Desde" }
    var statusState: String { "Situação" }
    func statusWords(_ state: Connection.State) -> String {
        switch state {
        case .awaitingConfirmation: "Falta confirmar"
        case .configuring: "Terminando a configuração"
        case .linked: "Funcionando"
        case .needsRelink: "Precisa que você autorize novamente"
        case .revoked, .erased: "Desvinculada"
        }
    }
    func unlinkOffer(_ brand: String) -> String { "Desvincular de \(brand)" }
    func unlinkText(_ brand: String) -> String {
        "\(brand) deixa de ver suas maquininhas e de cobrar com elas, e apagamos a permissão que guardamos. As "
            + "cobranças já feitas não mudam. Para vincular de novo, peça um novo link a \(brand)."
    }
    var unlinkButton: String { "Sim, desvincular agora" }
    func unlinkedHeading(_ brand: String) -> String { "Pronto: \(brand) não tem mais acesso" }
    func unlinkedText(_ brand: String) -> String {
        "Apagamos a permissão que guardávamos. Para removê-la também no Mercado Pago, entre em Segurança → Aplicativos "
            + "conectados e exclua o aplicativo de \(brand)."
    }
    func statusExpires(_ moment: String) -> String { "Esta página pode ser aberta até \(moment)." }
    var statusExpired: NoticeText {
        NoticeText(
            "Esta página não pode mais ser aberta", "Por segurança, o link dela vale por pouco tempo. Nada mudou.",
            "Peça um novo link a quem o enviou. Você também pode remover a permissão no Mercado Pago: Segurança → "
                + "Aplicativos conectados.")
    }
    var statusUnknown: NoticeText {
        NoticeText(
            "Não encontramos esta página", "O link pode estar incompleto.",
            "Abra-o de novo na mensagem em que o recebeu, ou peça um novo.")
    }
}

extension EnglishCopy: StatusCopy {
    func statusTitle(shop: String) -> String { "Linked accounts of \(shop)" }
    var statusLead: String {
        "Here you see who can charge with the Point terminals of your Mercado Pago account, and you can unlink it."
    }
    var statusNothing: String { "No account is linked." }
    var statusWith: String { "Linked with" }
    var statusSince: String { "Since" }
    var statusState: String { "State" }
    func statusWords(_ state: Connection.State) -> String {
        switch state {
        case .awaitingConfirmation: "Waiting to be confirmed"
        case .configuring: "Finishing the set-up"
        case .linked: "Works"
        case .needsRelink: "Needs you to authorize it again"
        case .revoked, .erased: "Unlinked"
        }
    }
    func unlinkOffer(_ brand: String) -> String { "Unlink from \(brand)" }
    func unlinkText(_ brand: String) -> String {
        "\(brand) no longer sees your terminals or charges with them, and we delete the permission that we keep. Charges "
            + "already made don’t change. To link again, ask \(brand) for a new link."
    }
    var unlinkButton: String { "Yes, unlink now" }
    func unlinkedHeading(_ brand: String) -> String { "Done: \(brand) has no access any more" }
    func unlinkedText(_ brand: String) -> String {
        "We deleted the permission that we kept. To take it away at Mercado Pago too, go to Security → Connected apps "
            + "and remove the app of \(brand)."
    }
    func statusExpires(_ moment: String) -> String { "This page can be opened until \(moment)." }
    var statusExpired: NoticeText {
        NoticeText(
            "This page can’t be opened any more", "For your safety its link works for a short while. Nothing changed.",
            "Ask whoever sent it for a new link. You can also take the permission away at Mercado Pago: Security → "
                + "Connected apps.")
    }
    var statusUnknown: NoticeText {
        NoticeText(
            "We can’t find this page", "The link may be incomplete.",
            "Open it again from the message you got it in, or ask for a new one.")
    }
}
