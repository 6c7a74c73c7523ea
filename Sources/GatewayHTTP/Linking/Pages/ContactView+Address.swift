extension ContactView {
    /// What to say in `copy` about the contact that the integrator gave, if it gave one.
    init(_ contact: String?, brand: String, _ copy: any PageCopy) {
        ask = contact == nil ? copy.askSender : copy.ask(brand)
        whom = contact
        address = contact.flatMap { Self.address(of: $0) }
    }

    /// The URL of what can only be an https URL, an e-mail address or a telephone number; else `nil`, and it is text.
    static func address(of contact: String) -> String? {
        if contact.hasPrefix("https://"), contact.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return contact }
        let halves = contact.split(separator: "@", omittingEmptySubsequences: false)
        if halves.count == 2, halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isAddressByte) }) {
            return "mailto:\(contact)"
        }
        let digits = contact.utf8.filter(isDigit)
        let separators = Set("+ -().".utf8)
        guard (6...15).contains(digits.count), contact.utf8.allSatisfy({ isDigit($0) || separators.contains($0) })
        else { return nil }
        return "tel:" + (contact.hasPrefix("+") ? "+" : "") + String(decoding: digits, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    // No `?`, `&` or `%`, which would say more to a mail program than whom to write to.
    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || Set("._-+".utf8).contains(byte)
    }
}
