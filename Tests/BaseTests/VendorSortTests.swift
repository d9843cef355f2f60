import HailoBase
import HailoTestSupport
import Testing

@Suite struct VendorSortTests {
    private struct Item: VendorSortable {
        let key: Int
        let place: Int

        static func isBefore(_ first: Item, _ second: Item) -> Bool { first.key > second.key }
    }

    private func items(_ keys: [Int]) -> [Item] { keys.enumerated().map { Item(key: $0.element, place: $0.offset) } }

    private func sorted(_ keys: [Int]) -> [Item] {
        var items = items(keys)
        items.withUnsafeMutableBufferPointer { VendorSort.sort($0) }
        return items
    }

    private func hash(_ items: [Item]) -> UInt64 { items.reduce(0) { $0 &* 31 &+ UInt64($1.place) } }

    /// Where std::sort of GNU's library (version 12) puts equal elements: twenty keys, sorted by falling key.
    @Test func equalElementsKeepTheVendorsOrder() {
        #expect(
            sorted((0..<20).map { $0 % 2 }).map { $0.place }
                == [1, 19, 17, 15, 13, 11, 9, 7, 5, 3, 8, 6, 10, 12, 4, 14, 16, 2, 18, 0])
        #expect(
            sorted([Int](repeating: 1, count: 20)).map { $0.place }
                == [10, 19, 18, 17, 16, 15, 14, 13, 12, 11, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    }

    /// The same library's order of seven keys in lists of more elements, as a checksum.
    @Test(
        arguments: [
            (17, 9_132_640_126_541_382_666), (100, 14_573_233_519_034_685_650), (1000, 16_208_987_586_169_175_840),
            (5000, 12_983_479_414_655_942_398),
        ] as [(Int, UInt64)])
    func longLists(count: Int, expected: UInt64) {
        var state = UInt32(count)
        let keys = (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 24) % 7
        }
        #expect(hash(sorted(keys)) == expected)
    }

    @Test(arguments: [0, 1, 2, 3, 16, 17, 18, 33, 100, 1000])
    func everythingIsSorted(count: Int) {
        var random = SplitMix(UInt64(count))
        let keys = (0..<count).map { _ in Int.random(in: 0..<max(count / 3, 1), using: &random) }
        #expect(sorted(keys).map { $0.key } == keys.sorted(by: >))
    }

    @Test func fewElementsAreSortedStably() {
        let keys = (0..<16).map { $0 % 3 }
        #expect(
            sorted(keys).map { $0.place }
                == items(keys).sorted { ($1.key, $0.place) < ($0.key, $1.place) }.map { $0.place })
    }

    /// Whoever asks for a few elements only gets the same ones.
    @Test func fromTheBeginning() {
        var random = SplitMix(7)
        let keys = (0..<2000).map { _ in Int.random(in: 0..<50, using: &random) }
        let all = sorted(keys)
        var items = items(keys)
        items.withUnsafeMutableBufferPointer { buffer in
            var sort = VendorSort(buffer)
            for number in stride(from: 0, to: 700, by: 3) { #expect(sort.element(number)?.place == all[number].place) }
            #expect(sort.element(1999)?.place == all[1999].place)
            #expect(sort.element(2000) == nil)
        }
    }
}
