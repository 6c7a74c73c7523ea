/// Where the provider is.
public struct MercadoPagoConfiguration: Sendable {
    /// Scheme, host and port of the API, without a slash at the end.
    public let apiURL: String
    /// Scheme, host and port of the authorization page for all countries; `nil` uses each country's own (REF §1.1).
    public let authorizationURL: String?
    /// A PEM file with a further certificate authority to trust; `nil` trusts the system's alone.
    public let caFile: String?

    /// Takes the constants of the configuration.
    public init(apiURL: String, authorizationURL: String?, caFile: String?) {
        self.apiURL = apiURL
        self.authorizationURL = authorizationURL
        self.caFile = caFile
    }

    /// The authorization page of a country, by its site id.
    func authorizationPage(site: String) -> String {
        if let authorizationURL { return authorizationURL + "/authorization" }
        let hosts = [
            "MLA": "auth.mercadopago.com.ar", "MLB": "auth.mercadopago.com.br", "MLM": "auth.mercadopago.com.mx",
            "MLC": "auth.mercadopago.cl", "MCO": "auth.mercadopago.com.co", "MPE": "auth.mercadopago.com.pe",
            "MLU": "auth.mercadopago.com.uy",
        ]
        return "https://\(hosts[site] ?? "auth.mercadopago.com")/authorization"
    }
}
