package import HailoBase

/// Something that may be at a place of a picture.
package struct Candidate: VendorSortable, BitwiseCopyable, Equatable, Sendable {
    package var score: Float
    /// Which anchor of which place of which layer, counted through.
    package var place: UInt32
    /// The class, without the background.
    package var label: UInt32

    package init(score: Float, place: UInt32, label: UInt32) {
        (self.score, self.place, self.label) = (score, place, label)
    }

    package static func isBefore(_ first: Candidate, _ second: Candidate) -> Bool { first.score > second.score }
}

/// All candidates of a frame. There is memory for as many as there can be, which the system provides when it is used first.
package final class Candidates: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<Candidate>
    private var count = 0

    package init(capacity: Int, _ memory: WorkingMemory) {
        self.memory = memory.reserve(capacity)
    }

    package func removeAll() { count = 0 }

    @inline(__always)
    package func append(_ candidate: Candidate) {
        guard count < memory.count else { return }
        memory[count] = candidate
        count += 1
    }

    package var all: UnsafeMutableBufferPointer<Candidate> { UnsafeMutableBufferPointer(rebasing: memory[..<count]) }
}
