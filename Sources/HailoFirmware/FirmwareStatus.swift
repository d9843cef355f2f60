internal import HailoBase

/// A status code of the firmware: bits 28–31 name the component (4), bits 16–23 the module, bits 0–15 the status.
package struct FirmwareStatus: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let success = FirmwareStatus(rawValue: 0)
    package static let invalidVersion = FirmwareStatus(rawValue: 0x4003_0003)
    package static let overrunAtParameter = FirmwareStatus(rawValue: 0x4003_0005)
    package static let controlAckReceived = FirmwareStatus(rawValue: 0x4003_0006)
    package static let invalidOpcode = FirmwareStatus(rawValue: 0x4003_0007)
    package static let unsupportedOpcode = FirmwareStatus(rawValue: 0x4003_000f)
    package static let incorrectParameterCount = FirmwareStatus(rawValue: 0x4003_0012)
    package static let partOfMessageNotParsed = FirmwareStatus(rawValue: 0x4003_009c)

    private var module: (name: StaticString, statuses: StaticString)? {
        let index = Int(rawValue >> 16 & 0xff)
        guard rawValue >> 28 == 4, index < FirmwareStatusNames.modules.count else { return nil }
        return FirmwareStatusNames.modules[index]
    }

    /// The firmware's own name of the code, or nil if version 4.23.0 has no such code.
    package var name: String? {
        let number = rawValue & 0xffff
        guard let module, number > 0 else { return nil }
        let names = UnsafeBufferPointer(start: module.statuses.utf8Start, count: module.statuses.utf8CodeUnitCount)
        var line: UInt32 = 1
        var start = names.startIndex
        while line < number {
            guard let end = names[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            start = end + 1
            line += 1
        }
        let rest = names[start...]
        return String(decoding: rest.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// The code in words: "context switch task: invalid context index (0x40130002)".
    package var text: String {
        guard let module, let name else { return "status " + rawValue.hexadecimal + ", unknown to this library" }
        let moduleName = FirmwareStatus.words("\(module.name)")
        return moduleName + ": " + FirmwareStatus.words(withoutPrefix(name)) + " (" + rawValue.hexadecimal + ")"
    }

    /// Most names begin with their module and "_STATUS_", which the text has already said.
    private func withoutPrefix(_ name: String) -> String {
        let bytes = Array(name.utf8)
        let marker = Array("_STATUS_".utf8)
        guard bytes.count > marker.count else { return name }
        for start in 0..<(bytes.count - marker.count)
        where bytes[start..<(start + marker.count)].elementsEqual(marker) {
            return String(decoding: bytes[(start + marker.count)...], as: UTF8.self)
        }
        return name
    }

    private static func words(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: " ") : $0.loweredASCII }, as: UTF8.self)
    }
}
