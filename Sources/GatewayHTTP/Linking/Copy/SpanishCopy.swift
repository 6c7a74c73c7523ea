import Gateway

/// The pages in the Spanish that all of Latin America reads as its own.
struct SpanishCopy: PageCopy {
    let languageTag = "es"
    let languageName = "Español"
    let languagesLabel = "Idioma"
    let footer = "Vinculación segura con"
    let testMode = "Modo de prueba"
    func ask(_ brand: String) -> String { "¿Dudas? Contacta a \(brand):" }
    let askSender = "¿Dudas? Pregunta a quien te envió este enlace."
    func reference(_ request: String) -> String { "Referencia: \(request)" }

    func country(_ site: SiteID) -> String {
        switch site.description {
        case "MLA": "Argentina"
        case "MLB": "Brasil"
        case "MLC": "Chile"
        case "MCO": "Colombia"
        case "MLM": "México"
        case "MPE": "Perú"
        case "MLU": "Uruguay"
        default: site.description
        }
    }

    func moment(_ moment: LocalMoment) -> String {
        let months = [
            "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
            "noviembre", "diciembre",
        ]
        return "\(moment.day) de \(months[moment.month - 1]) de \(moment.year) a las \(moment.time) (\(moment.zone))"
    }

    func inviteTitle(_ brand: String) -> String { "Vincular tu cuenta de Mercado Pago con \(brand)" }
    func inviteLead(_ brand: String, shop: String) -> String {
        "\(brand) pide tu permiso para cobrar con las terminales Point de \(shop)."
    }
    func canHeading(_ brand: String) -> String { "Qué podrá hacer \(brand)" }
    let can = [
        "Ver y configurar tus terminales Point, sucursales y cajas.",
        "Enviar cobros a tus terminales y cancelarlos.",
        "Ver tus cobros y su estado, y hacer devoluciones.",
        "Ver los datos de tu cuenta, como nombre y correo.",
    ]
    let cannotHeading = "Qué no podrá hacer"
    let cannot = [
        "Retirar o transferir tu dinero.",
        "Ver tu contraseña: la escribes solo en Mercado Pago.",
    ]
    let ownerHeading = "Ingresa con la cuenta titular"
    let ownerText =
        "La de un colaborador no sirve: Mercado Pago puede mostrar un error y no traerte de vuelta."
    let inviteButton = "Continuar en Mercado Pago"
    func inviteExpires(_ moment: String) -> String { "Este enlace vence el \(moment)." }

    let onwardTitle = "Te llevamos a Mercado Pago"
    func onwardText(_ brand: String) -> String {
        "Ingresa con la cuenta titular y autoriza a \(brand). Después volverás aquí. "
            + "Si la página no cambia sola, usa el botón."
    }
    let onwardButton = "Ir a Mercado Pago"
    let onwardHint = "Si Mercado Pago muestra un error, abre otra vez el enlace e ingresa con la cuenta titular."

    let linkedTitle = "¡Listo! Tu cuenta quedó vinculada"
    func linkedLead(_ brand: String) -> String { "\(brand) ya puede cobrar con las terminales Point de esta cuenta." }
    let awaitingTitle = "Falta una confirmación"
    func awaitingLead(_ brand: String) -> String {
        "La cuenta quedó vinculada. \(brand) tiene que confirmar que es la de esta tienda; hasta entonces nadie puede "
            + "cobrar con ella."
    }
    func progressAwaiting(_ brand: String) -> String {
        "No tienes que hacer nada más. Si \(brand) no la confirma en 7 días, la vinculación se deshace sola. "
            + "Ya puedes cerrar esta página."
    }
    let accountLabel = "Cuenta de Mercado Pago"
    func shopLabel(_ brand: String) -> String { "Tienda en \(brand)" }
    let question = "¿Son tu cuenta y tu tienda?"
    func undoText(_ brand: String) -> String {
        "Si algo no es correcto, deshaz la vinculación ahora y \(brand) pierde el acceso. "
            + "Aquí puedes hacerlo durante unos minutos; después, pídelo a \(brand)."
    }
    let undoButton = "No es correcto: deshacer"
    let progressConfiguring = "Estamos terminando la configuración. Ya puedes cerrar esta página."
    let progressLinked = "La configuración está completa. Ya puedes cerrar esta página."
    func progressFailed(_ brand: String) -> String {
        "Queda un paso técnico que hará \(brand); no tienes que hacer nada. Ya puedes cerrar esta página."
    }
    let stepsHeading = "Para empezar a cobrar"
    func steps(_ brand: String) -> [String] {
        [
            "Enciende la terminal y vincúlala con esta cuenta desde la app de Mercado Pago, con el código QR.",
            "Asígnale una sucursal y una caja.",
            "Pasa la terminal al modo integrado (PDV) desde \(brand).",
            "Reinicia la terminal.",
        ]
    }
    func unlink(_ brand: String) -> String {
        "Para quitar el permiso más adelante: en Mercado Pago, Seguridad → Aplicaciones conectadas; "
            + "o pídelo a \(brand)."
    }
    let removeAtProvider =
        "El permiso sigue en la lista de Mercado Pago hasta que la tienda lo quite: Seguridad → Aplicaciones conectadas."

    let working = NoticeText(
        "Un momento…",
        "Estamos esperando la respuesta de Mercado Pago. Esta página se actualiza sola.",
        "¿Cerraste Mercado Pago o mostró un error? Empieza de nuevo e ingresa con la cuenta titular.")
    let denied = NoticeText(
        "No se autorizó la vinculación", "No cambiamos nada. Puedes intentarlo otra vez cuando quieras.")
    func accountMismatch(_ brand: String, shop: String) -> NoticeText {
        NoticeText(
            "Esta no es la cuenta esperada",
            "La cuenta con la que ingresaste no es la que \(brand) tiene para \(shop). No cambiamos nada.",
            "Cierra la sesión de Mercado Pago en este navegador e intenta otra vez con la cuenta correcta. "
                + "Si quieres cambiar de cuenta, avisa primero a \(brand).")
    }
    func accountTaken(_ brand: String) -> NoticeText {
        NoticeText(
            "La cuenta ya está vinculada a otra tienda",
            "La cuenta con la que ingresaste ya cobra para otra tienda en \(brand). No cambiamos nada.",
            "Intenta otra vez con otra cuenta, o pide a \(brand) que libere esta.")
    }
    func unsupportedSite(_ brand: String, country: String) -> NoticeText {
        NoticeText(
            "La cuenta es de otro país",
            "Este enlace es para cuentas de Mercado Pago de este país: \(country). No cambiamos nada.",
            "Intenta otra vez con una cuenta de ese país, o pide a \(brand) un enlace para el tuyo.")
    }
    let providerTrouble = NoticeText(
        "Mercado Pago no respondió bien", "No se vinculó ninguna cuenta y no se perdió nada.",
        "Intenta otra vez en unos minutos.")
    func undone(_ brand: String) -> NoticeText {
        NoticeText(
            "La vinculación se deshizo", "\(brand) ya no tiene acceso a la cuenta.",
            "Para vincular otra cuenta, pide a \(brand) un enlace nuevo.")
    }
    func linkExpired(_ brand: String) -> NoticeText {
        NoticeText(
            "Este enlace venció", "Por seguridad, cada enlace sirve por tiempo limitado.",
            "Pide a \(brand) un enlace nuevo.")
    }
    func linkUsed(_ brand: String) -> NoticeText {
        NoticeText(
            "Este enlace ya se usó", "Si la vinculación la hiciste tú, no tienes que hacer nada más.",
            "Si no fuiste tú, avisa a \(brand). Para vincular otra cuenta, pide un enlace nuevo.")
    }
    func linkRevoked(_ brand: String) -> NoticeText {
        NoticeText(
            "Este enlace se canceló", "Ya no se puede usar y no cambia nada en tu cuenta.",
            "Pide a \(brand) un enlace nuevo.")
    }
    func sellerDisabled(_ brand: String, shop: String) -> NoticeText {
        NoticeText(
            "Esta tienda está en pausa",
            "\(brand) tiene en pausa a \(shop), así que por ahora no se puede vincular una cuenta. No cambiamos nada.",
            "Habla con \(brand). Cuando la reactive, este mismo enlace sirve hasta que venza.")
    }
    let linkUnknown = NoticeText(
        "No encontramos este enlace", "Puede estar incompleto.",
        "Ábrelo otra vez desde el mensaje en que lo recibiste, o pide uno nuevo.")
    let otherBrowser = NoticeText(
        "Continúa en el navegador donde empezaste",
        "La autorización empezó en otro navegador, o hace más de diez minutos. Por seguridad no la usamos: "
            + "no cambiamos nada.",
        "Abre otra vez el enlace que recibiste y termina en ese mismo navegador.")
    let staleAuthorization = NoticeText(
        "Esta autorización ya no sirve",
        "Pasó demasiado tiempo, ya se usó o no corresponde a este enlace. No cambiamos nada.",
        "Abre otra vez el enlace que recibiste.")
    let nothingHere = NoticeText(
        "Abre otra vez el enlace", "En este navegador no hay ninguna vinculación reciente con este enlace.",
        "Ábrelo para empezar o para ver si ya se usó.")
    let foreignForm = NoticeText(
        "No pudimos continuar", "Por seguridad, este paso solo funciona desde nuestra propia página.",
        "Abre otra vez el enlace que recibiste y usa el botón.")
    let temporaryTrouble = NoticeText(
        "Hay un problema temporal", "El servicio o Mercado Pago no respondió. No se perdió nada.",
        "Intenta otra vez en unos minutos.")

    let tryAgain = "Intentar otra vez"
    let startOver = "Empezar de nuevo"
    let openLink = "Abrir el enlace"
    let seeResult = "Ver el resultado"
    func back(_ brand: String) -> String { "Volver a \(brand)" }
}
