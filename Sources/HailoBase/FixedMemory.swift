internal import CHailoPlatform

/// Numbers in one piece of memory, which never changes its place: for what a file or a caller decides the length of. There is
/// a value only where there is memory for it.
package final class FixedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
    package let elements: UnsafeMutableBufferPointer<Element>

    private init(_ base: UnsafeMutablePointer<Element>, _ count: Int) {
        elements = UnsafeMutableBufferPointer(start: base, count: count)
    }

    deinit { free(elements.baseAddress) }

    /// Memory that is not initialized; nil if there is none.
    package static func make(_ count: Int) -> FixedMemory? {
        let (size, overflows) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflows, let memory = malloc(size) else { return nil }
        return FixedMemory(memory.bindMemory(to: Element.self, capacity: max(count, 1)), count)
    }

    /// A copy of numbers; nil if there is no memory for it.
    package static func make(copying numbers: some Collection<Element>) -> FixedMemory? {
        guard let memory = make(numbers.count) else { return nil }
        _ = memory.elements.initialize(from: numbers)
        return memory
    }
}
