internal import HailoBase

/// A tar file, in the format that POSIX calls ustar.
struct TarArchive {
    private(set) var bytes: [UInt8] = []

    private static let block = 512

    mutating func add(_ name: String, _ contents: [UInt8]) {
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(Self.octal(contents.count, digits: 11), at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Self.octal(sum, digits: 6) + "\0 ", at: 148)
        bytes += header + contents + [UInt8](repeating: 0, count: -contents.count & (Self.block - 1))
    }

    mutating func finish() { bytes += [UInt8](repeating: 0, count: 2 * Self.block) }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
    }
}
