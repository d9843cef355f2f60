import HailoBase
import HailoFirmware
import Testing

@testable import HailoPlanner

/// Sizes of descriptor lists for transfers at the edges.
@Suite struct ListSizeTests {
    @Test(arguments: [
        // size, queue depth, shmifo, largest page: descriptors, page
        (512, 32, 0, 4096, 128, 512),
        (511, 32, 0, 4096, 128, 512),
        (128, 32, 0, 4096, 128, 128),
        (1, 32, 0, 4096, 128, 64),
        (65, 32, 0, 4096, 128, 128),
        (1000, 32, 512, 4096, 256, 256),
        (1000, 32, 0, 256, 256, 256),
        // Ten whole pages and the end of one.
        (5121, 32, 0, 4096, 512, 512),
        // Does not fit a list at the usual page, so that fewer transfers are in flight.
        (20 << 20, 2, 0, 4096, 65536, 512),
        (100 << 20, 2, 0, 4096, 65536, 2048),
    ])
    func atTheHost(size: Int, depth: Int, shmifo: Int, page: Int, count: Int, expectedPage: Int) throws {
        let list = try ListSize.forBoundary(
            of: size, fewest: 2, queueDepth: depth, maxShmifoSize: shmifo, largestPage: page)
        #expect(list == ListSize(count: UInt32(count), pageSize: UInt32(expectedPage)))
    }

    @Test func whatFitsNoListIsRefused() {
        #expect(throws: ListSize.Failure.tooLarge) {
            try ListSize.forBoundary(of: 300 << 20, fewest: 2, queueDepth: 2, maxShmifoSize: 0, largestPage: 4096)
        }
        #expect(throws: ListSize.Failure.pageSize) {
            try ListSize.forTransfers([100], largestPage: 32, ListSize.Purpose())
        }
        #expect(throws: ListSize.Failure.pageSize) {
            try ListSize.forTransfers([100], largestPage: 8192, ListSize.Purpose())
        }
    }

    @Test func configurationBeginsEachBurstOnAPage() throws {
        let list = try ListSize.forTransfers(
            [1, 512, 513], largestPage: 4096, ListSize.Purpose(usesUsualPage: true))
        #expect(list == ListSize(count: 1 + 1 + 2 + 1, pageSize: 512))
    }

    /// With firmware from 4.21 on, and with older one, whose depth does not depend on sizes.
    @Test(arguments: [
        (1, 512, 1, 32), (1, 4 << 20, 1, 8), (1, 64 << 20, 1, 2), (1, 64 << 20, 8, 16), (640, 10, 1, 5242),
    ])
    func queueDepth(transfers: Int, size: Int, batch: Int, expected: Int) {
        func depth(_ rules: PlanRules) -> Int {
            rules.queueDepth(transfersPerFrame: transfers, transferSize: size, batch: batch)
        }
        #expect(depth(PlanRules(for: .newest)) == expected)
        #expect(depth(PlanRules(for: FirmwareInterface(of: Version(4, 20, 1)))) == 4 * transfers * batch)
    }
}
