import Gateway

/// The words for whoever does not come straight: from inside another program, for the second time, or too late.
protocol DetourCopy {
    // MARK: Inside another program

    /// To go on in a browser.
    var inAppTitle: String { get }
    /// Why.
    var inAppText: String { get }
    /// How, step by step.
    var inAppSteps: [String] { get }
    /// Before the link that is to be copied.
    var inAppLabel: String { get }
    /// Goes on all the same.
    var inAppStay: String { get }

    // MARK: The invitation, once more

    /// Asks whether the provider did not lead back.
    var stillWaitingHeading: String { get }
    /// What may have gone wrong there, and what to do.
    var stillWaitingText: String { get }
    /// What it is about for a shop that is linked already.
    func relinkTitle(_ brand: String) -> String
    /// Why it is asked again; without a reason nothing is wrong.
    func relinkReason(_ reason: Connection.RelinkReason?) -> String
    /// For how long charging goes on, above what it depends on; `nil` where nothing ends.
    func relinkLeft(_ left: RelinkNotice.Left, _ brand: String) -> String?
    /// That it has to be the same account.
    func relinkAccount(shop: String) -> String
    /// The same, in a few words.
    var relinkAccountHeading: String { get }

    // MARK: Another account

    /// Before the account that was logged in with.
    var enteredAccount: String { get }
    /// Before the account that is expected.
    var expectedAccount: String { get }

    // MARK: Another link

    /// Asks the integrator for a new link.
    var askForLink: String { get }
    /// That it was asked.
    func askedForLink(_ brand: String) -> String
}

extension SpanishCopy: DetourCopy {
    var inAppTitle: String { "Abre este enlace en tu navegador" }
    var inAppText: String {
        "Lo estás viendo dentro de otra aplicación. Desde ahí, Mercado Pago puede no dejarte ingresar o no traerte de "
            + "vuelta."
    }
    var inAppSteps: [String] {
        [
            "Toca el menú de esta aplicación (⋯ o ⋮) y elige abrir en el navegador.",
            "Si no aparece, copia el enlace de abajo y pégalo en Chrome o Safari.",
        ]
    }
    var inAppLabel: String { "Tu enlace" }
    var inAppStay: String { "Continuar aquí de todos modos" }

    var stillWaitingHeading: String { "¿Mercado Pago no te trajo de vuelta?" }
    var stillWaitingText: String {
        "Eso pasa al ingresar con la cuenta de un colaborador. Cierra la sesión en Mercado Pago y empieza de nuevo con "
            + "la cuenta titular."
    }
    func relinkTitle(_ brand: String) -> String { "Vuelve a autorizar a \(brand) en Mercado Pago" }
    func relinkReason(_ reason: Connection.RelinkReason?) -> String {
        switch reason {
        case nil: "Tu cuenta ya está vinculada. Con esto renuevas el permiso."
        case .refreshRejected: "Mercado Pago ya no renueva el permiso que diste."
        case .rotationLost: "No pudimos renovar el permiso: se perdió una respuesta de Mercado Pago."
        case .expired: "El permiso que diste venció."
        }
    }
    func relinkLeft(_ left: RelinkNotice.Left, _ brand: String) -> String? {
        switch left {
        case .open: nil
        case .over: "Hasta que lo hagas, \(brand) no puede cobrar con tus terminales"
        case .days(0): "Queda menos de un día; hasta entonces tus cobros siguen funcionando"
        case .days(1): "Queda 1 día; hasta entonces tus cobros siguen funcionando"
        case .days(let days): "Quedan \(days) días; hasta entonces tus cobros siguen funcionando"
        }
    }
    func relinkAccount(shop: String) -> String {
        "Ingresa con la cuenta de Mercado Pago de \(shop) que ya estaba vinculada."
    }
    var relinkAccountHeading: String { "La misma cuenta" }

    var enteredAccount: String { "Ingresaste con" }
    var expectedAccount: String { "La cuenta esperada" }

    var askForLink: String { "Pedir un enlace nuevo" }
    func askedForLink(_ brand: String) -> String { "Ya le avisamos a \(brand) que necesitas un enlace nuevo." }
}

extension PortugueseCopy: DetourCopy {
    var inAppTitle: String { "Abra este link no seu navegador" }
    var inAppText: String {
        "Você está vendo o link dentro de outro aplicativo. Ali, o Mercado Pago pode não deixar você entrar ou não "
            + "trazer você de volta."
    }
    var inAppSteps: [String] {
        [
            "Toque no menu deste aplicativo (⋯ ou ⋮) e escolha abrir no navegador.",
            "Se não aparecer, copie o link abaixo e cole no Chrome ou no Safari.",
        ]
    }
    var inAppLabel: String { "Seu link" }
    var inAppStay: String { "Continuar aqui mesmo assim" }

    var stillWaitingHeading: String { "O Mercado Pago não trouxe você de volta?" }
    var stillWaitingText: String {
        "Isso acontece ao entrar com a conta de um colaborador. Saia do Mercado Pago e comece de novo com a conta "
            + "titular."
    }
    func relinkTitle(_ brand: String) -> String { "Autorize \(brand) novamente no Mercado Pago" }
    func relinkReason(_ reason: Connection.RelinkReason?) -> String {
        switch reason {
        case nil: "Sua conta já está vinculada. Assim você renova a permissão."
        case .refreshRejected: "O Mercado Pago não renova mais a permissão que você deu."
        case .rotationLost: "Não foi possível renovar a permissão: uma resposta do Mercado Pago se perdeu."
        case .expired: "A permissão que você deu venceu."
        }
    }
    func relinkLeft(_ left: RelinkNotice.Left, _ brand: String) -> String? {
        switch left {
        case .open: nil
        case .over: "Até lá, \(brand) não pode cobrar com suas maquininhas"
        case .days(0): "Resta menos de um dia; até lá suas cobranças continuam funcionando"
        case .days(1): "Resta 1 dia; até lá suas cobranças continuam funcionando"
        case .days(let days): "Restam \(days) dias; até lá suas cobranças continuam funcionando"
        }
    }
    func relinkAccount(shop: String) -> String {
        "Entre com a conta do Mercado Pago de \(shop) que já estava vinculada."
    }
    var relinkAccountHeading: String { "A mesma conta" }

    var enteredAccount: String { "Você entrou com" }
    var expectedAccount: String { "A conta esperada" }

    var askForLink: String { "Pedir um novo link" }
    func askedForLink(_ brand: String) -> String { "Já avisamos \(brand) que você precisa de um novo link." }
}

extension EnglishCopy: DetourCopy {
    var inAppTitle: String { "Open this link in your browser" }
    var inAppText: String {
        "You are looking at it inside another app. From there, Mercado Pago may not let you log in, or not bring you "
            + "back."
    }
    var inAppSteps: [String] {
        [
            "Tap this app’s menu (⋯ or ⋮) and choose to open in the browser.",
            "If it isn’t there, copy the link below and paste it in Chrome or Safari.",
        ]
    }
    var inAppLabel: String { "Your link" }
    var inAppStay: String { "Continue here all the same" }

    var stillWaitingHeading: String { "Did Mercado Pago not bring you back?" }
    var stillWaitingText: String {
        "That happens after a collaborator’s login. Log out of Mercado Pago and start over as the account owner."
    }
    func relinkTitle(_ brand: String) -> String { "Authorize \(brand) again at Mercado Pago" }
    func relinkReason(_ reason: Connection.RelinkReason?) -> String {
        switch reason {
        case nil: "Your account is linked already. This renews the permission."
        case .refreshRejected: "Mercado Pago no longer renews the permission that you gave."
        case .rotationLost: "We couldn’t renew the permission: an answer of Mercado Pago got lost."
        case .expired: "The permission that you gave has expired."
        }
    }
    func relinkLeft(_ left: RelinkNotice.Left, _ brand: String) -> String? {
        switch left {
        case .open: nil
        case .over: "Until you do, \(brand) can’t charge with your terminals"
        case .days(0): "Less than a day left; until then your charges keep working"
        case .days(1): "1 day left; until then your charges keep working"
        case .days(let days): "\(days) days left; until then your charges keep working"
        }
    }
    func relinkAccount(shop: String) -> String {
        "Log in with the Mercado Pago account of \(shop) that was linked before."
    }
    var relinkAccountHeading: String { "The same account" }

    var enteredAccount: String { "You logged in with" }
    var expectedAccount: String { "The expected account" }

    var askForLink: String { "Ask for a new link" }
    func askedForLink(_ brand: String) -> String { "We have told \(brand) that you need a new link." }
}
