internal import CHailoPlatform

/// Writes JSON text into a byte array, in the order in which it is told.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init() {}

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package mutating func object(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) {
        nest(key, open: "{", close: "}", body)
    }

    package mutating func array(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) {
        nest(key, open: "[", close: "]", body)
    }

    package mutating func string(_ key: String? = nil, _ value: String) {
        begin(key)
        quote(value)
    }

    package mutating func number(_ key: String? = nil, _ value: some BinaryInteger) {
        begin(key)
        append(String(value))
    }

    package mutating func number(_ key: String? = nil, _ value: Float) { number(key, Double(value)) }

    /// Nine digits: as many as it takes to tell any two values of type Float apart, and enough for any measured one.
    /// Numbers that JSON does not have become null.
    package mutating func number(_ key: String? = nil, _ value: Double) {
        begin(key)
        guard value.isFinite else { return append("null") }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            let count = Int(hailoplatform_number_text(value, text.baseAddress, text.count))
            let digits = text.prefix(count).map { UInt8(bitPattern: $0) }
            bytes.append(contentsOf: digits)
            // Whole numbers keep a sign of their type.
            let hasSign = digits.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") }
            if !hasSign { append(".0") }
        }
    }

    package mutating func boolean(_ key: String? = nil, _ value: Bool) {
        begin(key)
        append(value ? "true" : "false")
    }

    /// Text that is JSON already.
    package mutating func raw(_ key: String? = nil, _ json: [UInt8]) {
        begin(key)
        bytes.append(contentsOf: json)
    }

    /// Ends a line, for files with one value a line.
    package mutating func endLine() {
        append("\n")
        needsComma = false
    }

    private mutating func nest(
        _ key: String?, open: StaticString, close: StaticString, _ body: (inout JSONWriter) -> Void
    ) {
        begin(key)
        append(open)
        needsComma = false
        body(&self)
        append(close)
        needsComma = true
    }

    private mutating func begin(_ key: String?) {
        if needsComma { append(",") }
        if let key {
            quote(key)
            append(":")
        }
        needsComma = true
    }

    private mutating func quote(_ value: String) {
        append("\"")
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<32:
                append("\\u00")
                bytes.append(hexadecimalDigit(byte >> 4))
                bytes.append(hexadecimalDigit(byte & 15))
            default:
                bytes.append(byte)
            }
        }
        append("\"")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
