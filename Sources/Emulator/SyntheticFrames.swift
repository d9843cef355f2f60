/// What comes out of a network that the emulated core cannot compute, since the chip's instructions are not public. Byte i
/// of frame f on channel c is (i + 13 c + 7 f + seed) mod 256, so that every frame can be told apart; or, so that it can be
/// told what went in, i + 13 c + seed + a checksum over the inputs of the frame.
struct SyntheticFrames {
    private let checksInputs: Bool
    private let seed: Int
    /// Of the frames that are in the chip, by their number modulo `mostFrames`, network by network.
    private var checksums: [UInt32] = []
    /// Counts up from 0, and begins anew after 255.
    private var counter: [UInt8]

    /// How many bytes are handed out at a time.
    static let longestRun = (1 << 16) - 256
    /// More than there ever are in the chip.
    private static let mostFrames = 256
    private static let mostNetworks = 256

    init(checksInputs: Bool, seed: UInt64) {
        self.checksInputs = checksInputs
        self.seed = Int(seed & 0xff)
        counter = (0..<1 << 16).map { UInt8(truncatingIfNeeded: $0) }
    }

    mutating func start() {
        guard checksInputs else { return }
        checksums = [UInt32](repeating: 0, count: SyntheticFrames.mostNetworks * SyntheticFrames.mostFrames)
    }

    /// Whether anybody has to look at the bytes of inputs.
    var readsInputs: Bool { checksInputs }

    func checksum(of bytes: UnsafeRawBufferPointer, after checksum: UInt32) -> UInt32 {
        var checksum = checksum
        for byte in bytes { checksum = (checksum ^ UInt32(byte)) &* 16_777_619 }
        return checksum
    }

    /// Notes the checksum of a whole frame of one input.
    mutating func note(_ checksum: UInt32, frame: Int, _ channel: Int, _ network: Int) {
        checksums[SyntheticFrames.place(frame, network)] &+= checksum &* UInt32(2 * channel + 1)
        checksums[SyntheticFrames.place(frame + SyntheticFrames.mostFrames / 2, network)] = 0
    }

    private static func place(_ frame: Int, _ network: Int) -> Int { network * mostFrames + frame % mostFrames }

    /// The bytes of a frame from `offset` on, at most `longestRun`.
    func withBytes(_ channel: Int, _ network: Int, frame: Int, offset: Int, _ body: (UnsafeRawPointer) -> Void) {
        let mark = checksInputs ? Int(checksums[SyntheticFrames.place(frame, network)] >> 24) : 7 * frame
        let first = (13 * channel + mark + offset + seed) & 0xff
        counter.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { body(base + first) }
        }
    }
}
