internal import HailoBase

/// Working memory of one size for as many threads as want it at once. What is given back is kept for the next.
final class ScratchPool: @unchecked Sendable {
    private let size: Int
    private let lock = Lock()
    private let memory = WorkingMemory()
    private var free: [UnsafeMutableRawBufferPointer] = []

    init(size: Int) {
        self.size = size
    }

    func with(_ body: (UnsafeMutableRawBufferPointer) throws(HailoError) -> Void) throws(HailoError) {
        let scratch = try lock.withLock { () throws(HailoError) in
            if let scratch = free.popLast() { return scratch }
            let scratch = memory.reserve(bytes: size)
            try memory.check()
            return scratch
        }
        defer { lock.withLock { free.append(scratch) } }
        try body(scratch)
    }
}
