internal import Base

/// Working memory of one size for as many threads as want it at once. What is given back is kept for the next.
final class ScratchPool: @unchecked Sendable {
    private let size: Int
    private let lock = Lock()
    private var free: [UnsafeMutableRawBufferPointer] = []

    init(size: Int) {
        self.size = size
    }

    deinit {
        for buffer in free { buffer.deallocate() }
    }

    func with<Failure: Error>(_ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        let scratch = lock.withLock { free.popLast() } ?? .allocate(byteCount: size, alignment: 64)
        defer { lock.withLock { free.append(scratch) } }
        try body(scratch)
    }
}
