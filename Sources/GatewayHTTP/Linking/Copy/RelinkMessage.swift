import Gateway

/// What an integrator sends to a shop owner whose account has to be linked anew, ready for a messenger.
enum RelinkMessage {
    /// In the language of the account's country.
    static func text(brand: String, shop: String, site: SiteID, url: String) -> String {
        if site.description == "MLB" {
            "Olá, \(shop). Por segurança, é preciso autorizar de novo \(brand) no Mercado Pago. "
                + "Abra este link com a conta titular: \(url)"
        } else {
            "Hola, \(shop). Por seguridad hay que volver a autorizar a \(brand) en Mercado Pago. "
                + "Abre este enlace con la cuenta titular: \(url)"
        }
    }
}
