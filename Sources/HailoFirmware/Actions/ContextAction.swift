internal import HailoBase

/// One step of what the firmware does when it switches contexts: a kind and the values of its parameters.
///
/// In a plan the list address is the number of a descriptor list; on the wire it is the list's DMA address.
package struct ContextAction: Equatable, Sendable {
    package let kind: ActionKind
    /// One for each field of the kind, in its order.
    package let values: [UInt64]

    /// Values beyond the fields of the kind are dropped, missing ones are 0; the functions in ActionMakers.swift give
    /// each kind its parameters by name.
    init(_ kind: ActionKind, _ values: [UInt64]) {
        self.kind = kind
        let count = kind.fields.count
        self.values =
            values.count == count
            ? values : Array((values + [UInt64](repeating: 0, count: count)).prefix(count))
    }

    /// The value of a parameter, or nil where the kind has none of this name.
    package subscript(_ field: ActionField) -> UInt64? {
        kind.fields.firstIndex(of: field).map { values[$0] }
    }

    /// The same action with another value of a parameter.
    package func with(_ field: ActionField, _ value: UInt64) -> ContextAction {
        guard let index = kind.fields.firstIndex(of: field) else { return self }
        var values = values
        values[index] = value
        return ContextAction(kind, values)
    }

    /// Appends the parameters as they travel to that firmware, with the list number replaced by its address.
    func appendParameters(
        to bytes: inout [UInt8], for firmware: FirmwareInterface, address: (UInt64) -> UInt64
    ) {
        for field in kind.fields(for: firmware) {
            let value = self[field] ?? 0
            let sent = field == .listAddress ? address(value) : value
            for index in 0..<field.width { bytes.append(UInt8(truncatingIfNeeded: sent >> UInt64(8 * index))) }
        }
    }

    /// Reads the parameters of an action of this kind, moving `position` behind them. nil if the bytes end before.
    init?<Bytes: RandomAccessCollection<UInt8>>(
        _ kind: ActionKind, from bytes: Bytes, at position: inout Int, for firmware: FirmwareInterface
    ) where Bytes.Index == Int {
        var values = [UInt64](repeating: 0, count: kind.fields.count)
        for field in kind.fields(for: firmware) {
            guard bytes.endIndex - position >= field.width, let index = kind.fields.firstIndex(of: field) else {
                return nil
            }
            for byte in 0..<field.width { values[index] |= UInt64(bytes[position + byte]) << UInt64(8 * byte) }
            position += field.width
        }
        self.init(kind, values)
    }
}
