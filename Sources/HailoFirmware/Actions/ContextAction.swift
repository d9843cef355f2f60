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

    /// Appends the parameters as they travel, with the list number replaced by its address.
    func appendParameters(to bytes: inout [UInt8], address: (UInt64) -> UInt64) {
        for (field, value) in zip(kind.fields, values) {
            let value = field == .listAddress ? address(value) : value
            for index in 0..<field.width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
        }
    }

    /// Reads the parameters of an action of this kind. nil if the bytes end before them.
    init?<Bytes: RandomAccessCollection<UInt8>>(
        _ kind: ActionKind, from bytes: Bytes, at start: Int
    ) where Bytes.Index == Int {
        guard bytes.endIndex - start >= kind.size else { return nil }
        var values: [UInt64] = []
        var position = start
        for field in kind.fields {
            var value: UInt64 = 0
            for index in 0..<field.width { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
            values.append(value)
            position += field.width
        }
        self.init(kind, values)
    }
}
