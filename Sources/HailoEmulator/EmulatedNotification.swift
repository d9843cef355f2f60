internal import HailoFirmware

/// What the emulated firmware can tell on its own accord, by the names that fault scripts use.
package enum EmulatedNotification: Equatable, Sendable, CaseIterable {
    /// It has become too hot, and all channels were closed.
    case streamsClosed
    /// A network stopped where it was.
    case runTimeError
    case warm, hot, cool
    case overcurrent
    case memoryCorrected, memoryDamaged
    case clockChanged
    /// Nonsense: an event that no firmware knows.
    case unknown

    var name: String {
        switch self {
        case .streamsClosed: "streams-closed"
        case .runTimeError: "run-time-error"
        case .warm: "warm"
        case .hot: "hot"
        case .cool: "cool"
        case .overcurrent: "overcurrent"
        case .memoryCorrected: "memory-corrected"
        case .memoryDamaged: "memory-damaged"
        case .clockChanged: "clock-changed"
        case .unknown: "unknown"
        }
    }

    /// As the driver hands it out: a header of 28 bytes and the parameters, all little endian.
    func bytes(sequence: UInt32, _ firmware: FirmwareInterface) -> [UInt8] {
        let (kind, count, parameters): (UInt32, UInt32, [UInt8]) =
            switch self {
            case .streamsClosed:
                switch firmware.generation {
                // The closed inputs and outputs come first.
                case .first: (3, 4, words(0xffff, 0xffff, Float(121.5).bitPattern, Float(122.25).bitPattern))
                case .second: (3, 2, words(Float(121.5).bitPattern, Float(122.25).bitPattern))
                }
            // Status 0x40130020 at application 0, batch 2, context 1, action 5.
            case .runTimeError: (12, 5, words(0x4013_0020) + [0, 2, 0, 1, 0, 5, 0])
            case .cool: (2, 4, temperature(zone: 0, 70, 71))
            case .warm: (2, 4, temperature(zone: 1, 105, 106))
            case .hot: (2, 4, temperature(zone: 2, 118, 119))
            case .overcurrent: (4, 4, words(1, Float(3100).bitPattern) + [0])
            case .memoryCorrected: (5, 1, [2, 0])
            case .memoryDamaged: (6, 1, [2, 0])
            case .clockChanged: (10, 2, words(400_000_000, 200_000_000))
            case .unknown: (99, 0, [])
            }
        return words(0, sequence, 1, 19, kind, count, UInt32(parameters.count)) + parameters
    }

    private func temperature(zone: UInt32, _ sensor0: Float, _ sensor1: Float) -> [UInt8] {
        words(zone, 0, sensor0.bitPattern, sensor1.bitPattern)
    }

    private func words(_ numbers: UInt32...) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }
}
