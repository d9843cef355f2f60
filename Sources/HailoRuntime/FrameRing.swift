internal import HailoFormats

/// The frames of a session that have a place in the rings, in their order. Frames are numbered from the activation on: first
/// come those that have been delivered, then those that have been sent, then those that are being filled.
struct FrameRing {
    struct Frame {
        /// nil for a frame that only fills a batch up.
        var job: Job?
        /// Its number within the job.
        var index = 0
        /// What its backlog knows it by, if it comes from one.
        var ticket = 0
        var isFilled = false
    }

    /// How many frames have a place at a time.
    let depth: Int
    private var frames: [Frame]
    private(set) var delivered = 0
    private(set) var sent = 0
    private(set) var reserved = 0
    /// Those that are filled, without one before them that is not.
    private var ready = 0

    init(depth: Int) {
        self.depth = depth
        frames = [Frame](repeating: Frame(), count: depth)
    }

    /// How many frames have a place.
    var count: Int { reserved - delivered }

    /// Forgets everything. Returns the frames that were left, in their order.
    mutating func clear() -> [Frame] {
        let left = (delivered..<reserved).map { frames[$0 % depth] }
        self = FrameRing(depth: depth)
        return left
    }

    /// The jobs that have frames here, some of them several times.
    var jobs: [Job] { frames.compactMap { $0.job } }

    /// Gives the next place to a frame. There has to be one.
    mutating func reserve(_ job: Job?, _ index: Int, ticket: Int = 0) -> Int {
        frames[reserved % depth] = Frame(job: job, index: index, ticket: ticket)
        reserved += 1
        return reserved - 1
    }

    /// Returns how many frames can be sent now that could not before.
    mutating func didFill(_ number: Int) -> Int {
        frames[number % depth].isFilled = true
        let before = ready
        while ready < reserved, frames[ready % depth].isFilled { ready += 1 }
        return ready - before
    }

    /// The frame to be sent next; nil if there is none, or it is not filled yet.
    mutating func nextToSend() -> Frame? {
        guard sent < reserved, frames[sent % depth].isFilled else { return nil }
        sent += 1
        return frames[(sent - 1) % depth]
    }

    /// The oldest frame that has been sent and not been delivered.
    var oldestSent: Frame? { delivered < sent ? frames[delivered % depth] : nil }

    mutating func didDeliver() {
        frames[delivered % depth] = Frame()
        delivered += 1
    }
}
