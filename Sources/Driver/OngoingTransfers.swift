/// The transfers of a channel that are under way, oldest first.
struct OngoingTransfers {
    /// The driver keeps 128 transfers of a channel, and one place stays free.
    static let most = 127

    private var transfers: [(descriptors: Int, buffer: UInt64)] = []
    private var first = 0
    private(set) var count = 0
    /// How many descriptors they take together.
    private(set) var descriptors = 0

    var hasRoom: Bool { count < OngoingTransfers.most }

    mutating func append(_ descriptors: Int, _ buffer: UInt64) {
        let index = (first + count) % (OngoingTransfers.most + 1)
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
            first = (first + 1) % (OngoingTransfers.most + 1)
            count -= 1
        }
    }

    func contain(_ buffer: UInt64) -> Bool {
        for index in 0..<count where transfers[(first + index) % (OngoingTransfers.most + 1)].buffer == buffer {
            return true
        }
        return false
    }

    /// The buffers that they use.
    func forEach(_ body: (UInt64) -> Void) {
        for index in 0..<count { body(transfers[(first + index) % (OngoingTransfers.most + 1)].buffer) }
    }
}
