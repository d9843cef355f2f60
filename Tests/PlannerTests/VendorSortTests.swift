import Testing

@testable import Planner

@Suite struct VendorSortTests {
    private struct Item {
        let key: Int
        let place: Int
    }

    /// Where std::sort of GNU's library (version 12) puts equal elements: twenty keys, sorted by falling key.
    @Test func equalElementsKeepTheVendorsOrder() {
        var items = (0..<20).map { Item(key: $0 % 2, place: $0) }
        VendorSort.sort(&items) { $0.key > $1.key }
        #expect(items.map { $0.place } == [1, 19, 17, 15, 13, 11, 9, 7, 5, 3, 8, 6, 10, 12, 4, 14, 16, 2, 18, 0])
        var equal = (0..<20).map { Item(key: 1, place: $0) }
        VendorSort.sort(&equal) { $0.key > $1.key }
        #expect(equal.map { $0.place } == [10, 19, 18, 17, 16, 15, 14, 13, 12, 11, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    }

    @Test(arguments: [0, 1, 2, 3, 16, 17, 18, 33, 100, 1000])
    func everythingIsSorted(count: Int) {
        var random = Generator(state: UInt64(count))
        let keys = (0..<count).map { _ in Int.random(in: 0..<max(count / 3, 1), using: &random) }
        var sorted = keys
        VendorSort.sort(&sorted) { $0 > $1 }
        #expect(sorted == keys.sorted(by: >))
    }

    @Test func fewElementsAreSortedStably() {
        var items = (0..<16).map { Item(key: $0 % 3, place: $0) }
        VendorSort.sort(&items) { $0.key > $1.key }
        #expect(items.map { $0.place } == items.sorted { ($1.key, $0.place) < ($0.key, $1.place) }.map { $0.place })
    }
}
