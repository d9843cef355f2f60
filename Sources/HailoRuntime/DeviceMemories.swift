internal import HailoBase
internal import HailoFormats

/// The buffers of a device, found by the addresses in them.
final class DeviceMemories: @unchecked Sendable {
    private let lock = Lock()
    private static let maximum = 4096
    /// In the order of their addresses. They do not overlap.
    private var memories: [DeviceMemory] = []

    /// Adds what `make` makes, unless `place` overlaps memory that is known.
    func add(
        at place: UnsafeMutableRawBufferPointer?, _ make: () throws(HailoError) -> DeviceMemory
    ) throws(HailoError) -> DeviceMemory {
        try lock.withLock { () throws(HailoError) in
            if let place { try checkOverlap(of: place) }
            guard memories.count < DeviceMemories.maximum else {
                throw HailoError(
                    .outOfMemory,
                    "the device has \(DeviceMemories.maximum) buffers, which is the maximum; release some first")
            }
            let memory = try make()
            memories.insert(memory, at: position(of: memory.start))
            return memory
        }
    }

    private func checkOverlap(of place: UnsafeMutableRawBufferPointer) throws(HailoError) {
        let start = UInt(bitPattern: place.baseAddress)
        let (end, overflows) = start.addingReportingOverflow(UInt(bitPattern: place.count))
        let index = position(of: start)
        guard !overflows, index == 0 || memories[index - 1].end <= start,
            index == memories.count || memories[index].start >= end
        else {
            throw HailoError(.invalidArgument, "part of this memory is registered for the device already")
        }
    }

    func remove(_ memory: DeviceMemory) {
        lock.withLock { memories.removeAll { $0 === memory } }
    }

    /// The memory that all these bytes lie in.
    func find(_ bytes: UnsafeRawBufferPointer) -> DeviceMemory? {
        lock.withLock {
            guard !memories.isEmpty else { return nil }
            let index = position(of: UInt(bitPattern: bytes.baseAddress) &+ 1)
            guard index > 0, memories[index - 1].place(of: bytes) != nil else { return nil }
            return memories[index - 1]
        }
    }

    /// How many begin before an address.
    private func position(of address: UInt) -> Int {
        var (low, high) = (0, memories.count)
        while low < high {
            let middle = (low + high) / 2
            if memories[middle].start < address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
