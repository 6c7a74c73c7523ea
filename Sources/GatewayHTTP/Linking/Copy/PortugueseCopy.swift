import Gateway

/// The pages in Brazilian Portuguese.
struct PortugueseCopy: PageCopy {
    let languageTag = "pt-BR"
    let languageName = "Português"
    let languagesLabel = "Idioma"
    let footer = "Vinculação segura com"
    let testMode = "Modo de teste"
    func ask(_ brand: String) -> String { "Dúvidas? Fale com \(brand):" }
    let askSender = "Dúvidas? Pergunte a quem enviou este link."
    func reference(_ request: String) -> String { "Referência: \(request)" }

    func country(_ site: SiteID) -> String {
        switch site.description {
        case "MLA": "Argentina"
        case "MLB": "Brasil"
        case "MLC": "Chile"
        case "MCO": "Colômbia"
        case "MLM": "México"
        case "MPE": "Peru"
        case "MLU": "Uruguai"
        default: site.description
        }
    }

    func moment(_ moment: LocalMoment) -> String {
        let months = [
            "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
            "novembro", "dezembro",
        ]
        return "\(moment.day) de \(months[moment.month - 1]) de \(moment.year) às \(moment.time) (\(moment.zone))"
    }

    func inviteTitle(_ brand: String) -> String { "Vincular sua conta do Mercado Pago a \(brand)" }
    func inviteLead(_ brand: String, shop: String) -> String {
        "\(brand) pede sua permissão para cobrar com as maquininhas Point de \(shop)."
    }
    func canHeading(_ brand: String) -> String { "O que \(brand) poderá fazer" }
    let can = [
        "Ver e configurar suas maquininhas Point, lojas e caixas.",
        "Enviar cobranças às suas maquininhas e cancelá-las.",
        "Ver suas cobranças e a situação delas, e fazer estornos.",
        "Ver os dados da sua conta, como nome e e-mail.",
    ]
    let cannotHeading = "O que não poderá fazer"
    let cannot = [
        "Sacar ou transferir seu dinheiro.",
        "Ver sua senha: você a digita somente no Mercado Pago.",
    ]
    let ownerHeading = "Entre com a conta titular"
    let ownerText = "A de um colaborador não serve: o Mercado Pago pode mostrar um erro e não trazer você de volta."
    let inviteButton = "Continuar no Mercado Pago"
    func inviteExpires(_ moment: String) -> String { "Este link vence em \(moment)." }

    let onwardTitle = "Levando você ao Mercado Pago"
    func onwardText(_ brand: String) -> String {
        "Entre com a conta titular e autorize \(brand). Depois você volta para cá. "
            + "Se a página não mudar sozinha, use o botão."
    }
    let onwardButton = "Ir para o Mercado Pago"
    let onwardHint = "Se o Mercado Pago mostrar um erro, abra o link de novo e entre com a conta titular."

    let linkedTitle = "Pronto! Sua conta foi vinculada"
    func linkedLead(_ brand: String) -> String { "\(brand) já pode cobrar com as maquininhas Point desta conta." }
    let awaitingTitle = "Falta uma confirmação"
    func awaitingLead(_ brand: String) -> String {
        "A conta foi vinculada. \(brand) precisa confirmar que ela é a desta loja; até lá, ninguém pode cobrar com ela."
    }
    func progressAwaiting(_ brand: String) -> String {
        "Você não precisa fazer mais nada. Se \(brand) não confirmar em 7 dias, a vinculação se desfaz sozinha. "
            + "Você já pode fechar esta página."
    }
    let accountLabel = "Conta do Mercado Pago"
    func shopLabel(_ brand: String) -> String { "Loja em \(brand)" }
    let question = "A conta e a loja são suas?"
    func undoText(_ brand: String) -> String {
        "Se algo estiver errado, desfaça a vinculação agora e \(brand) perde o acesso. "
            + "Aqui você pode fazer isso por alguns minutos; depois, peça a \(brand)."
    }
    let undoButton = "Está errado: desfazer"
    let progressConfiguring = "Estamos terminando a configuração. Você já pode fechar esta página."
    let progressLinked = "A configuração está completa. Você já pode fechar esta página."
    func progressFailed(_ brand: String) -> String {
        "Falta um passo técnico que \(brand) fará; você não precisa fazer nada. Você já pode fechar esta página."
    }
    let stepsHeading = "Para começar a cobrar"
    func steps(_ brand: String) -> [String] {
        [
            "Ligue a maquininha e vincule-a a esta conta pelo app do Mercado Pago, com o código QR.",
            "Escolha a loja e o caixa dela.",
            "Passe a maquininha para o modo integrado (PDV) em \(brand).",
            "Reinicie a maquininha.",
        ]
    }
    func unlink(_ brand: String) -> String {
        "Para remover a permissão mais tarde: no Mercado Pago, Segurança → Aplicativos conectados; "
            + "ou peça a \(brand)."
    }
    let removeAtProvider =
        "A permissão continua na lista do Mercado Pago até que a loja a remova: Segurança → Aplicativos conectados."

    let working = NoticeText(
        "Um momento…",
        "Estamos esperando a resposta do Mercado Pago. Esta página se atualiza sozinha.",
        "Fechou o Mercado Pago ou ele mostrou um erro? Comece de novo e entre com a conta titular.")
    let denied = NoticeText(
        "A vinculação não foi autorizada", "Nada foi alterado. Você pode tentar de novo quando quiser.")
    func accountMismatch(_ brand: String, shop: String) -> NoticeText {
        NoticeText(
            "Esta não é a conta esperada",
            "A conta com que você entrou não é a que \(brand) tem para \(shop). Nada foi alterado.",
            "Saia do Mercado Pago neste navegador e tente de novo com a conta correta. "
                + "Se quiser trocar de conta, avise \(brand) antes.")
    }
    func accountTaken(_ brand: String) -> NoticeText {
        NoticeText(
            "A conta já está vinculada a outra loja",
            "A conta com que você entrou já cobra para outra loja em \(brand). Nada foi alterado.",
            "Tente de novo com outra conta, ou peça a \(brand) que libere esta.")
    }
    func unsupportedSite(_ brand: String, country: String) -> NoticeText {
        NoticeText(
            "A conta é de outro país",
            "Este link é para contas do Mercado Pago deste país: \(country). Nada foi alterado.",
            "Tente de novo com uma conta desse país, ou peça a \(brand) um link para o seu.")
    }
    let providerTrouble = NoticeText(
        "O Mercado Pago não respondeu bem", "Nenhuma conta foi vinculada e nada foi perdido.",
        "Tente de novo em alguns minutos.")
    func undone(_ brand: String) -> NoticeText {
        NoticeText(
            "A vinculação foi desfeita", "\(brand) não tem mais acesso à conta.",
            "Para vincular outra conta, peça um novo link a \(brand).")
    }
    func linkExpired(_ brand: String) -> NoticeText {
        NoticeText(
            "Este link venceu", "Por segurança, cada link vale por tempo limitado.", "Peça um novo link a \(brand).")
    }
    func linkUsed(_ brand: String) -> NoticeText {
        NoticeText(
            "Este link já foi usado", "Se foi você quem fez a vinculação, não precisa fazer mais nada.",
            "Se não foi você, avise \(brand). Para vincular outra conta, peça um novo link.")
    }
    func linkRevoked(_ brand: String) -> NoticeText {
        NoticeText(
            "Este link foi cancelado", "Ele não pode mais ser usado e não altera nada na sua conta.",
            "Peça um novo link a \(brand).")
    }
    func sellerDisabled(_ brand: String, shop: String) -> NoticeText {
        NoticeText(
            "Esta loja está em pausa",
            "\(brand) deixou \(shop) em pausa, por isso agora não é possível vincular uma conta. Nada foi alterado.",
            "Fale com \(brand). Quando a loja voltar, este mesmo link funciona até vencer.")
    }
    let linkUnknown = NoticeText(
        "Não encontramos este link", "Ele pode estar incompleto.",
        "Abra-o de novo na mensagem em que o recebeu, ou peça um novo.")
    let otherBrowser = NoticeText(
        "Continue no navegador em que começou",
        "A autorização começou em outro navegador, ou há mais de dez minutos. Por segurança, não a usamos: "
            + "nada foi alterado.",
        "Abra de novo o link que recebeu e termine nesse mesmo navegador.")
    let staleAuthorization = NoticeText(
        "Esta autorização não vale mais",
        "Passou muito tempo, ela já foi usada ou não corresponde a este link. Nada foi alterado.",
        "Abra de novo o link que recebeu.")
    let nothingHere = NoticeText(
        "Abra o link de novo", "Neste navegador não há nenhuma vinculação recente com este link.",
        "Abra-o para começar ou para ver se já foi usado.")
    let foreignForm = NoticeText(
        "Não foi possível continuar", "Por segurança, este passo só funciona a partir da nossa própria página.",
        "Abra de novo o link que recebeu e use o botão.")
    let temporaryTrouble = NoticeText(
        "Há um problema temporário", "O serviço ou o Mercado Pago não respondeu. Nada foi perdido.",
        "Tente de novo em alguns minutos.")

    let tryAgain = "Tentar de novo"
    let startOver = "Começar de novo"
    let openLink = "Abrir o link"
    let seeResult = "Ver o resultado"
    func back(_ brand: String) -> String { "Voltar para \(brand)" }
}
