internal import CHailoPlatform

/// Configuration data that the chip has fetched through one channel, as far as somebody wants to see it.
final class FetchedBytes {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var count = 0

    deinit { free(memory) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

    /// Returns false if there is no memory for more.
    func append(_ more: UnsafeRawBufferPointer) -> Bool {
        guard let source = more.baseAddress else { return true }
        if count + more.count > capacity {
            let larger = max(2 * capacity, count + more.count, 4096)
            guard let grown = realloc(memory, larger) else { return false }
            memory = grown
            capacity = larger
        }
        guard let memory else { return false }
        // The program may have given the memory back in the meantime.
        guard hailoplatform_copy_if_accessible(memory + count, source, more.count) != 0 else { return true }
        count += more.count
        return true
    }
}
