internal import CHailoPlatform

/// Memory whose sizes a model or a caller decides, all given back at once. There may not be enough of it: then an error is
/// thrown in the end, where what the language itself reserves would end the process.
package final class WorkingMemory {
    private var pieces: [UnsafeMutableRawPointer] = []
    /// Bytes that there was no memory for.
    private var missing = 0

    package init() {}

    deinit {
        for piece in pieces { free(piece) }
    }

    private static let alignment = 64

    /// One byte at least, none of them initialized; nothing where `check()` will throw.
    package func reserve(bytes: Int) -> UnsafeMutableRawBufferPointer {
        let count = max(bytes, 1)
        let (size, overflows) = count.addingReportingOverflow(-count & (WorkingMemory.alignment - 1))
        guard !overflows, let piece = aligned_alloc(WorkingMemory.alignment, size) else {
            missing = count
            return UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
        pieces.append(piece)
        return UnsafeMutableRawBufferPointer(start: piece, count: count)
    }

    /// One element at least, none of them initialized; nothing where `check()` will throw.
    package func reserve<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
        let (size, overflows) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        return reserve(bytes: overflows ? .max : size).bindMemory(to: Element.self)
    }

    /// Whether there has been enough so far.
    package var hasAll: Bool { missing == 0 }

    /// Throws if there was not enough memory since it was asked last.
    package func check() throws(HailoError) {
        let missing = missing
        self.missing = 0
        guard missing == 0 else {
            throw HailoError(.outOfMemory, "cannot allocate \(counted(missing, "byte")) of working memory")
        }
    }
}
