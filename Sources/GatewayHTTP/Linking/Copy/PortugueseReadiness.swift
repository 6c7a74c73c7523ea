import Gateway

/// The checklist in Brazilian Portuguese.
struct PortugueseReadiness: ReadinessCopy {
    let heading = "Para começar a cobrar"

    func state(_ state: Readiness.State) -> String {
        switch state {
        case .done: "Pronto"
        case .open: "Pendente"
        case .unknown: "A confirmar"
        }
    }

    func title(_ step: Readiness.Step, _ brand: String) -> String {
        switch step {
        case .linked: "Conta vinculada"
        case .terminalPaired: "Maquininha vinculada à sua conta"
        case .storeAndPOS: "Maquininha com loja e caixa"
        case .pdvMode: "Maquininha no modo integrado (PDV)"
        case .webhookValid: "Avisos do Mercado Pago para \(brand)"
        case .endpointAnswering: "Avisos para o seu sistema de caixa"
        case .firstPayment: "Primeira cobrança"
        }
    }

    func fix(_ reason: Readiness.Reason, _ brand: String) -> String? {
        switch reason {
        case .linked, .paired, .assigned, .inPDVMode, .valid, .answering, .paymentSeen: nil
        case .notLinked, .relinkNeeded, .revoked:
            "Abra o link enviado por \(brand) e vincule sua conta do Mercado Pago."
        case .awaitingConfirmation: "\(brand) está confirmando a conta; você não precisa fazer nada."
        case .noTerminal:
            "Ligue a maquininha. No celular, abra o app do Mercado Pago com esta mesma conta e escaneie o código QR "
                + "que a maquininha mostra."
        case .noStore: "Crie uma loja e um caixa no app do Mercado Pago e atribua os dois à maquininha."
        case .noPointOfSale: "Crie um caixa para a sua loja no app do Mercado Pago e atribua-o à maquininha."
        case .notAssigned: "Escolha na maquininha, ou no app do Mercado Pago, a loja e o caixa onde ela está."
        case .standalone: "Passe a maquininha para o modo integrado e depois reinicie-a."
        case .restartNeeded:
            "Reinicie a maquininha: desligue e ligue de novo. Se continuar igual, use o botão outra vez."
        case .restartNotSeen:
            "Reinicie a maquininha agora: desligue e ligue de novo. A primeira cobrança confirma."
        case .noPayment: "Faça uma cobrança pequena por \(brand)."
        case .notTold: "Confira na maquininha se ela tem loja, caixa e modo integrado."
        case .registering: "Está sendo configurado; você não precisa fazer nada."
        case .heldAfterImport, .notValid, .elsewhere, .noEndpoint, .notActivated, .paused, .disabled, .failing,
            .nothingTried:
            "É uma etapa técnica feita por \(brand); você não precisa fazer nada."
        case .tokenUnavailable, .tokenRefused, .upstreamUnreachable, .upstreamLimited, .upstreamRefused:
            "Não foi possível consultar o Mercado Pago agora. Olhe de novo em alguns minutos."
        }
    }

    func pdvButton(_ terminal: String?) -> String {
        terminal.map { "Passar \($0) para o modo integrado" } ?? "Passar a maquininha para o modo integrado"
    }
    let appsLabel = "O app do Mercado Pago:"
    let refreshing = "Esta página procura a sua maquininha e se atualiza sozinha a cada poucos segundos."
    let lookAgain = "Atualizar a lista"
    func pdvRefused(_ brand: String) -> NoticeText {
        NoticeText(
            "Não foi possível mudar o modo da maquininha",
            "O Mercado Pago não aceitou a mudança ou não respondeu. Confira se a maquininha tem loja e caixa, e se o "
                + "caixa não tem outra maquininha no modo integrado.",
            "Tente de novo em alguns minutos, ou peça a \(brand).")
    }
    let backToList = "Voltar à lista"
}
