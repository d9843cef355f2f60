package import HailoBase

/// The answer to GET_CHIP_TEMPERATURE.
package struct ChipTemperature: Equatable, Sendable {
    package var sensor0: Float
    package var sensor1: Float
    package var sampleCount: UInt16

    package init(sensor0: Float, sensor1: Float, sampleCount: UInt16) {
        self.sensor0 = sensor0
        self.sensor1 = sensor1
        self.sampleCount = sampleCount
    }

    package static let request = ControlRequest(.getChipTemperature)

    package init(_ response: ControlResponse) throws(HailoError) {
        var reader = ResponseReader(response, to: .getChipTemperature)
        let bytes = try reader.bytes(10)
        sensor0 = Float(bitPattern: bytes.littleEndian(UInt32.self, at: 0) ?? 0)
        sensor1 = Float(bitPattern: bytes.littleEndian(UInt32.self, at: 4) ?? 0)
        sampleCount = bytes.bigEndian(UInt16.self, at: 8) ?? 0
    }

    package var parameters: [[UInt8]] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(sensor0.bitPattern)
        bytes.appendLittleEndian(sensor1.bitPattern)
        bytes.appendBigEndian(sampleCount)
        return [bytes]
    }
}

/// The answer to POWER_MEASUREMENT: one reading, in watts.
package struct PowerMeasurement: Equatable, Sendable {
    package var value: Float

    /// Lets the firmware choose the measuring point: on boards with current monitoring, the supply of the board.
    private static let automaticSource: UInt32 = 0x7fff_ffff
    /// Power in watts. Left to itself, the firmware may answer with a current.
    private static let powerKind: UInt32 = 2

    package init(value: Float) {
        self.value = value
    }

    package static let request: ControlRequest = {
        var source: [UInt8] = []
        var kind: [UInt8] = []
        source.appendBigEndian(automaticSource)
        kind.appendBigEndian(powerKind)
        return ControlRequest(.powerMeasurement, [source, kind])
    }()

    package init(_ response: ControlResponse) throws(HailoError) {
        var reader = ResponseReader(response, to: .powerMeasurement)
        value = try reader.float()
    }

    /// The value, then where and what was measured.
    package func parameters(source: UInt32, kind: UInt32) -> [[UInt8]] {
        var bytes: [[UInt8]] = [[], [], []]
        bytes[0].appendLittleEndian(value.bitPattern)
        bytes[1].appendLittleEndian(source)
        bytes[2].appendLittleEndian(kind)
        return bytes
    }
}
