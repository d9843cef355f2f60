package import HailoBase

/// Reads the parameters of an answer one after another, with every length checked.
package struct ResponseReader {
    private let response: ControlResponse
    private let opcode: ControlOpcode
    private var next = 0

    package init(_ response: ControlResponse, to opcode: ControlOpcode) {
        self.response = response
        self.opcode = opcode
    }

    /// The next parameter, at least `length` bytes long.
    package mutating func bytes(_ length: Int) throws(HailoError) -> ArraySlice<UInt8> {
        defer { next += 1 }
        return try response.parameter(next, atLeast: length, of: opcode)
    }

    package mutating func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type) throws(HailoError) -> Number {
        let size = MemoryLayout<Number>.size
        return try bytes(size).bigEndian(type, at: 0) ?? 0
    }

    package mutating func text() throws(HailoError) -> String {
        try bytes(0).zeroTerminatedText
    }

    /// A single-precision number. Floats travel little endian.
    package mutating func float() throws(HailoError) -> Float {
        Float(bitPattern: try bytes(4).littleEndian(UInt32.self, at: 0) ?? 0)
    }
}
