import Gateway

/// The checklist in Spanish, for all of Latin America.
struct SpanishReadiness: ReadinessCopy {
    let heading = "Para empezar a cobrar"

    func state(_ state: Readiness.State) -> String {
        switch state {
        case .done: "Listo"
        case .open: "Pendiente"
        case .unknown: "Sin confirmar"
        }
    }

    func title(_ step: Readiness.Step, _ brand: String) -> String {
        switch step {
        case .linked: "Cuenta vinculada"
        case .terminalPaired: "Terminal vinculada a tu cuenta"
        case .storeAndPOS: "Terminal con sucursal y caja"
        case .pdvMode: "Terminal en modo integrado (PDV)"
        case .webhookValid: "Avisos de Mercado Pago a \(brand)"
        case .endpointAnswering: "Avisos a tu sistema de caja"
        case .firstPayment: "Primer cobro"
        }
    }

    func fix(_ reason: Readiness.Reason, _ brand: String) -> String? {
        switch reason {
        case .linked, .paired, .assigned, .inPDVMode, .valid, .answering, .paymentSeen: nil
        case .notLinked, .relinkNeeded, .revoked:
            "Abre el enlace que te envía \(brand) y vincula tu cuenta de Mercado Pago."
        case .awaitingConfirmation: "\(brand) está confirmando la cuenta; no tienes que hacer nada."
        case .noTerminal:
            "Enciende la terminal. En tu teléfono, abre la app de Mercado Pago con esta misma cuenta y escanea "
                + "el código QR que muestra la terminal."
        case .noStore: "Crea una sucursal y una caja en la app de Mercado Pago y asígnalas a la terminal."
        case .noPointOfSale: "Crea una caja para tu sucursal en la app de Mercado Pago y asígnala a la terminal."
        case .notAssigned: "Elige en la terminal, o en la app de Mercado Pago, la sucursal y la caja donde está."
        case .standalone: "Pasa la terminal al modo integrado y después reiníciala."
        case .restartNeeded:
            "Reinicia la terminal: apágala y vuelve a encenderla. Si sigue igual, usa otra vez el botón."
        case .restartNotSeen:
            "Reinicia ahora la terminal: apágala y vuelve a encenderla. Lo confirmamos con tu primer cobro."
        case .noPayment: "Haz un cobro pequeño desde \(brand)."
        case .notTold: "Revisa en la terminal que tenga sucursal, caja y modo integrado."
        case .registering: "Se está configurando; no tienes que hacer nada."
        case .heldAfterImport, .notValid, .elsewhere, .noEndpoint, .notActivated, .paused, .disabled, .failing,
            .nothingTried:
            "Es un paso técnico que hace \(brand); no tienes que hacer nada."
        case .tokenUnavailable, .tokenRefused, .upstreamUnreachable, .upstreamLimited, .upstreamRefused:
            "No pudimos consultarlo en Mercado Pago ahora. Vuelve a mirar en unos minutos."
        }
    }

    func pdvButton(_ terminal: String?) -> String {
        terminal.map { "Pasar \($0) al modo integrado" } ?? "Pasar la terminal al modo integrado"
    }
    let appsLabel = "La app de Mercado Pago:"
    let refreshing = "Esta página busca tu terminal y se actualiza sola cada pocos segundos."
    let lookAgain = "Actualizar la lista"
    func pdvRefused(_ brand: String) -> NoticeText {
        NoticeText(
            "No pudimos cambiar el modo de la terminal",
            "Mercado Pago no aceptó el cambio o no respondió. Revisa que la terminal tenga sucursal y caja, y que la "
                + "caja no tenga otra terminal en modo integrado.",
            "Intenta otra vez en unos minutos, o pídelo a \(brand).")
    }
    let backToList = "Volver a la lista"
}
