/// The transfers of a channel that are in flight, oldest first.
struct OngoingTransfers {
    private static let places = DMA.maximumTransfers + 1

    private var transfers: [(descriptors: Int, buffer: UInt64)] = []
    private var first = 0
    private(set) var count = 0
    /// How many descriptors they take together.
    private(set) var descriptors = 0

    var hasRoom: Bool { count < DMA.maximumTransfers }

    /// Where the transfer with this number lies, counted from the oldest.
    private func place(_ number: Int) -> Int { (first + number) % OngoingTransfers.places }

    mutating func append(_ descriptors: Int, _ buffer: UInt64) {
        let index = place(count)
        if index == transfers.count {
            transfers.append((descriptors, buffer))
        } else {
            transfers[index] = (descriptors, buffer)
        }
        count += 1
        self.descriptors += descriptors
    }

    /// Removes as many as the driver reports, at most all.
    mutating func removeFirst(_ number: Int) {
        for _ in 0..<min(max(number, 0), count) {
            descriptors -= transfers[first].descriptors
            first = place(1)
            count -= 1
        }
    }

    func contain(_ buffer: UInt64) -> Bool {
        (0..<count).contains { transfers[place($0)].buffer == buffer }
    }

    /// The buffers that they use.
    func forEach(_ body: (UInt64) -> Void) {
        for number in 0..<count { body(transfers[place(number)].buffer) }
    }
}
