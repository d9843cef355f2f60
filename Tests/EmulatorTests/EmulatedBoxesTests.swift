import Testing

@testable import HailoEmulator

/// The words that the emulated unit for boxes delivers.
@Suite struct EmulatedBoxesTests {
    @Test func aBoxAtATime() throws {
        let boxes = try #require(EmulatedBoxes(classes: 3, burst: 16, transferSize: 8))
        // Frame 1 has 1, 2 and 0 boxes, each list with its delimiter.
        #expect(boxes.wordCount(1) == 6)
        #expect((0..<6).map { boxes.word(1, $0) == .max } == [false, true, false, false, true, true])
        #expect(boxes.word(1, 0) == UInt64(32768) << 48 | 101 << 36 | 200 << 24 | 201 << 12 | 350)
        #expect(boxes.word(1, 3) == UInt64(32668) << 48 | 111 << 36 | 220 << 24 | 211 << 12 | 370)
    }

    @Test func burstsAreFilledUp() throws {
        let boxes = try #require(EmulatedBoxes(classes: 2, burst: 4, transferSize: 32))
        #expect(boxes.wordCount(0) == 8)
        #expect((0..<8).map { boxes.word(0, $0) == .max } == [true, true, true, true, false, true, true, true])
        // A burst that has room for one box and the delimiter.
        let small = try #require(EmulatedBoxes(classes: 2, burst: 2, transferSize: 32))
        #expect((0..<4).map { small.word(1, $0) == .max } == [false, true, false, true])
    }

    @Test(arguments: [(0, 4, 8), (4, 0, 8), (4, 4, 24), (4, 4, 0), (4, 4, 64)])
    func transfersOfOtherThings(classes: Int, burst: Int, size: Int) {
        #expect(EmulatedBoxes(classes: classes, burst: burst, transferSize: size) == nil)
    }
}
