import HailoTestSupport
import Testing

@testable import HailoPlanner

@Suite struct MemoryPlacementTests {
    @Test func areasOfOneTimeDoNotOverlap() {
        var placement = MemoryPlacement()
        #expect(placement.place(1024, alignment: 512, during: 0...1) == 0)
        #expect(placement.place(512, alignment: 512, during: 1...2) == 1024)
        // The first area is free again, the second is not yet.
        #expect(placement.place(1024, alignment: 512, during: 2...3) == 0)
        #expect(placement.place(512, alignment: 512, during: 2...2) == 1536)
        #expect(placement.size == 2048)
    }

    @Test func aGapIsFilled() {
        var placement = MemoryPlacement()
        #expect(placement.place(512, alignment: 512, during: 0...2) == 0)
        #expect(placement.place(1024, alignment: 512, during: 0...0) == 512)
        #expect(placement.place(512, alignment: 512, during: 0...1) == 1536)
        #expect(placement.place(1024, alignment: 512, during: 1...1) == 512)
    }

    /// An aligned start that lies behind the next area's begin is no gap.
    @Test func aGapThatAlignmentEatsIsNone() {
        var placement = MemoryPlacement()
        #expect(placement.place(128, alignment: 64, during: 0...1) == 0)
        #expect(placement.place(64, alignment: 64, during: 0...0) == 128)
        #expect(placement.place(64, alignment: 64, during: 0...1) == 192)
        #expect(placement.place(512, alignment: 512, during: 1...1) == 512)
    }

    @Test(arguments: 0..<50)
    func randomAreas(seed: UInt64) {
        var random = SplitMix(seed)
        var placement = MemoryPlacement()
        var areas: [(contexts: ClosedRange<Int>, bytes: Range<Int>)] = []
        for _ in 0..<40 {
            let first = Int.random(in: 0..<6, using: &random)
            let contexts = first...Int.random(in: first..<6, using: &random)
            let alignment = [64, 128, 256, 512].randomElement(using: &random) ?? 64
            let size = alignment * Int.random(in: 1...9, using: &random)
            let offset = placement.place(size, alignment: alignment, during: contexts)
            #expect(offset % alignment == 0)
            let bytes = offset..<(offset + size)
            for area in areas where area.contexts.overlaps(contexts) { #expect(!area.bytes.overlaps(bytes)) }
            areas.append((contexts, bytes))
        }
        #expect(placement.size == areas.map { $0.bytes.upperBound }.max())
    }
}
