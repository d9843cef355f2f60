/// What the emulated firmware tells on its own accord.
enum EmulatedNotification {
    /// It has become too hot, and all channels were closed.
    case streamsClosed
    /// A network stopped where it was.
    case runTimeError

    /// As the driver hands it out: a header of 28 bytes and the parameters, all little endian.
    func bytes(sequence: UInt32) -> [UInt8] {
        let (kind, count, parameters): (UInt32, UInt32, [UInt8]) =
            switch self {
            case .streamsClosed: (3, 2, words(Float(121.5).bitPattern, Float(122.25).bitPattern))
            // Status 0x40130020 at application 0, batch 2, context 1, action 5.
            case .runTimeError: (12, 5, words(0x4013_0020) + [0, 2, 0, 1, 0, 5, 0])
            }
        return words(0, sequence, 1, 19, kind, count, UInt32(parameters.count)) + parameters
    }

    private func words(_ numbers: UInt32...) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }
}
