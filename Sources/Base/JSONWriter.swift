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

    /// Numbers that JSON does not have become null.
    package mutating func number(_ key: String? = nil, _ value: Float) {
        begin(key)
        append(value.isFinite ? "\(value)" : "null")
    }

    package mutating func number(_ key: String? = nil, _ value: Double) {
        begin(key)
        append(value.isFinite ? "\(value)" : "null")
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
