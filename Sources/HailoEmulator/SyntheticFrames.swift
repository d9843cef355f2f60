internal import HailoBase

/// What comes out of a network that the emulated core cannot compute, since the chip's instructions are not public. Byte i
/// of frame f on channel c is (i + 13 c + 7 f + seed) mod 256, so that every frame can be told apart; or, so that it can be
/// told what went in, i + 13 c + seed + a checksum over the inputs of the frame.
struct SyntheticFrames {
    private let checksInputs: Bool
    private let seed: Int
    /// Of the frames that are in the chip, by their number modulo `maximumFrames`, network by network.
    private let checksums: UnsafeMutableBufferPointer<UInt32>
    /// Counts up from 0, and begins again after 255.
    private let counter: UnsafeMutableRawBufferPointer

    /// How many bytes are handed out at a time.
    static let longestRun = (1 << 16) - 256
    /// More than there ever are in the chip.
    private static let maximumFrames = 256
    private static let maximumNetworks = 256

    /// Its tables live as long as `memory`, which has to be checked before anything else is done.
    init(checksInputs: Bool, seed: UInt64, _ memory: WorkingMemory) {
        self.checksInputs = checksInputs
        self.seed = Int(seed & 0xff)
        checksums = memory.reserve(checksInputs ? SyntheticFrames.maximumNetworks * SyntheticFrames.maximumFrames : 0)
        counter = memory.reserve(bytes: 1 << 16)
        for index in counter.indices { counter[index] = UInt8(truncatingIfNeeded: index) }
    }

    func start() { checksums.initialize(repeating: 0) }

    /// Whether anybody has to look at the bytes of inputs.
    var readsInputs: Bool { checksInputs }

    func checksum(of bytes: UnsafeRawBufferPointer, after checksum: UInt32) -> UInt32 {
        var checksum = checksum
        for byte in bytes { checksum = (checksum ^ UInt32(byte)) &* 16_777_619 }
        return checksum
    }

    /// Notes the checksum of a whole frame of one input.
    func note(_ checksum: UInt32, frame: Int, _ channel: Int, _ network: Int) {
        checksums[SyntheticFrames.place(frame, network)] &+= checksum &* UInt32(2 * channel + 1)
        checksums[SyntheticFrames.place(frame + SyntheticFrames.maximumFrames / 2, network)] = 0
    }

    private static func place(_ frame: Int, _ network: Int) -> Int { network * maximumFrames + frame % maximumFrames }

    /// The bytes of a frame from `offset` on, at most `longestRun`.
    func withBytes(_ channel: Int, _ network: Int, frame: Int, offset: Int, _ body: (UnsafeRawPointer) -> Void) {
        let mark = checksInputs ? Int(checksums[SyntheticFrames.place(frame, network)] >> 24) : 7 * frame
        let first = (13 * channel + mark + offset + seed) & 0xff
        if let base = counter.baseAddress { body(base + first) }
    }
}
