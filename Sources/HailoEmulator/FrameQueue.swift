internal import HailoBase

/// Frames of one channel of the emulated core, as many as there ever are in the chip: the oldest first, the last one maybe
/// not whole yet. Its memory is that of the group that runs.
struct FrameQueue {
    private let slots: UnsafeMutableRawBufferPointer
    private let frameSize: Int
    private var first = 0
    /// Whole frames.
    private(set) var count = 0
    /// Bytes of the frame that is coming in.
    private var arrived = 0

    /// Room for `depth` frames. The memory has to be checked before anything else is done.
    init(frameSize: Int, depth: Int, _ memory: WorkingMemory) {
        self.frameSize = max(frameSize, 1)
        let (size, overflows) = self.frameSize.multipliedReportingOverflow(by: depth)
        slots = memory.reserve(bytes: overflows ? .max : size)
    }

    private var depth: Int { slots.count / frameSize }

    private func slot(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let start = (first + index) % max(depth, 1) * frameSize
        return UnsafeMutableRawBufferPointer(rebasing: slots[start..<(start + frameSize)])
    }

    /// A whole frame, counted from the oldest; nil if there is none.
    func frame(_ index: Int) -> UnsafeMutableRawBufferPointer? { index >= 0 && index < count ? slot(index) : nil }

    /// Where the next `size` bytes of the frame that is coming in belong, or of a later one; nil if there is no room.
    func room(_ size: Int, ahead: Int = 0) -> UnsafeMutableRawBufferPointer? {
        guard count + ahead < depth, size <= frameSize - arrived else { return nil }
        return UnsafeMutableRawBufferPointer(rebasing: slot(count + ahead)[arrived..<(arrived + size)])
    }

    /// So many bytes more are there.
    mutating func advance(_ size: Int) { arrived += size }

    /// The frame that was coming in is whole.
    mutating func endFrame() {
        arrived = 0
        if count < depth { count += 1 }
    }

    mutating func removeFirst(_ number: Int) {
        let number = min(number, count)
        first = (first + number) % max(depth, 1)
        count -= number
    }
}
