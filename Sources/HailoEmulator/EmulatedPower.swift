internal import HailoBase
internal import HailoFirmware

/// The firmware's measurement of power over a time. The emulated card always takes the same, with a little up and down.
struct EmulatedPower {
    private struct Measurement {
        let source: UInt32
        let kind: UInt32
    }

    /// What is measured, by the number of its buffer.
    private var measurements = [Measurement?](repeating: nil, count: 4)
    /// When measuring began and, once it has been stopped, when it ended.
    private var start: UInt64?
    private var end: UInt64?
    /// Nanoseconds for one sample.
    private var period: UInt64 = 1

    static let watts: Float = 1.625
    private static let automatic: UInt32 = 0x7fff_ffff
    /// The measuring point and the kind that the firmware chooses: the board's supply, in watts.
    static let chosenSource: UInt32 = 9
    static let chosenKind: UInt32 = 2
    private static let badIndex = FirmwareStatus(rawValue: 0x4003_0033)
    private static let badGet = FirmwareStatus(rawValue: 0x4003_002f)

    typealias Answer = (status: FirmwareStatus, parameters: [[UInt8]])

    mutating func set(_ parameters: [ArraySlice<UInt8>]) -> Answer {
        guard let index = parameters[0].bigEndian(UInt32.self, at: 0), measurements.indices.contains(Int(index)),
            let source = parameters[1].bigEndian(UInt32.self, at: 0),
            let kind = parameters[2].bigEndian(UInt32.self, at: 0)
        else { return (EmulatedPower.badIndex, []) }
        let chosen = Measurement(
            source: source == EmulatedPower.automatic ? EmulatedPower.chosenSource : source,
            kind: kind == EmulatedPower.automatic ? EmulatedPower.chosenKind : kind)
        measurements[Int(index)] = chosen
        return (.success, [EmulatedPower.bytes(chosen.source), EmulatedPower.bytes(chosen.kind)])
    }

    mutating func start(_ parameters: [ArraySlice<UInt8>]) -> Answer {
        // How many readings make a sample, and microseconds for a reading.
        let readings = UInt64(parameters[1].bigEndian(UInt16.self, at: 0) ?? 1)
        let microseconds = UInt64(parameters[2].bigEndian(UInt16.self, at: 0) ?? 1)
        period = max(readings * microseconds, 1) * 1000
        start = Clock.now
        end = nil
        return (.success, [])
    }

    mutating func get(_ parameters: [ArraySlice<UInt8>]) -> Answer {
        guard let index = parameters[0].bigEndian(UInt32.self, at: 0), measurements.indices.contains(Int(index)) else {
            return (EmulatedPower.badIndex, [])
        }
        guard measurements[Int(index)] != nil, let start else { return (EmulatedPower.badGet, []) }
        let samples = ((end ?? Clock.now) &- start) / period
        if parameters[1].first != 0 { self.start = Clock.now }
        var count: [UInt8] = []
        count.appendBigEndian(UInt32(truncatingIfNeeded: samples))
        let values = [
            EmulatedPower.watts - 0.125, EmulatedPower.watts + 0.125, EmulatedPower.watts, Float(period) / 1e6,
        ]
        return (.success, [count] + values.map { EmulatedPower.bytes($0.bitPattern) })
    }

    mutating func stop() -> Answer {
        end = end ?? Clock.now
        return (.success, [])
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(value)
        return bytes
    }
}
