import Configuration

// The reader's own accessors take the default for a value of another type; a typing error must not go unseen.
extension ConfigReader {
    /// A text, or the default where the key is absent.
    func text(_ key: String, default fallback: String, expected: String = "a text") throws(SettingsError) -> String {
        try checked(string(forKey: ConfigKey(key)), key, fallback, expected)
    }

    /// A whole number within a range, or the default where the key is absent.
    func number(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
        let expected = "\(range.lowerBound)...\(range.upperBound)"
        let number = try checked(int(forKey: ConfigKey(key)), key, fallback, expected)
        guard range.contains(number) else { throw .invalid(key: key, expected: expected) }
        return number
    }

    /// Whole numbers within a range, or the default where the key is absent.
    func numbers(
        _ key: String, default fallback: [Int], in range: ClosedRange<Int>, expected: String
    ) throws(SettingsError) -> [Int] {
        let numbers = try checked(intArray(forKey: ConfigKey(key)), key, fallback, expected)
        guard numbers.allSatisfy(range.contains) else { throw .invalid(key: key, expected: expected) }
        return numbers
    }

    /// Texts, or the default where the key is absent.
    func texts(_ key: String, default fallback: [String], expected: String) throws(SettingsError) -> [String] {
        try checked(stringArray(forKey: ConfigKey(key)), key, fallback, expected)
    }

    /// A truth value, or the default where the key is absent.
    func flag(_ key: String, default fallback: Bool) throws(SettingsError) -> Bool {
        try checked(bool(forKey: ConfigKey(key)), key, fallback, "true or false")
    }

    private func checked<Value>(
        _ value: Value?, _ key: String, _ fallback: Value, _ expected: String
    ) throws(SettingsError) -> Value {
        if let value { return value }
        let isAbsent = string(forKey: ConfigKey(key)) == nil && stringArray(forKey: ConfigKey(key)) == nil
        guard isAbsent else { throw .invalid(key: key, expected: expected) }
        return fallback
    }
}
