internal import HailoBase

/// Where in a HEF file something is, for error messages.
struct Place {
    var group: Name?
    /// nil outside of contexts; the preliminary configuration has no number.
    var context: Int?
    var isPreliminary = false
    var operation: Int?
    var action: Int?
    var layer: String?
    var op: String?

    var text: String {
        var parts: [String] = []
        if let group { parts.append("group \"\(group)\"") }
        if isPreliminary { parts.append("preliminary configuration") }
        if let context { parts.append("context \(context)") }
        if let operation { parts.append("operation \(operation)") }
        if let action { parts.append("action \(action)") }
        if let layer { parts.append("layer \"\(layer)\"") }
        if let op { parts.append("op \"\(op)\"") }
        return parts.joined(separator: ", ")
    }

    func error(_ status: Status, _ what: String) -> HailoError {
        let place = text
        return HailoError(status, "invalid HEF: " + (place.isEmpty ? "" : place + ": ") + what)
    }

    /// The value as a smaller number, if it fits.
    func narrow<Narrow: FixedWidthInteger>(
        _ value: some BinaryInteger, _: Narrow.Type, _ field: StaticString
    ) throws(HailoError) -> Narrow {
        guard let narrow = Narrow(exactly: value) else {
            throw error(.hefInvalid, "\(field) is \(value); the largest possible value is \(Narrow.max)")
        }
        return narrow
    }

    /// Checks the length of a name.
    func checkLength(of name: Name, atMost limit: Int, _ what: StaticString) throws(HailoError) {
        guard name.byteCount <= limit else {
            throw error(.unexpectedValue, "the \(what) has \(name.byteCount) bytes; names have at most \(limit)")
        }
    }
}
