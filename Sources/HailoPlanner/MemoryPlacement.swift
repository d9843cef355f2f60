internal import HailoBase
internal import HailoFormats

/// Places memory areas that are needed during some of the contexts into one buffer, so that areas of the same time do
/// not overlap.
struct MemoryPlacement {
    private struct Segment {
        let offset: Int
        var end: Int
        /// The contexts that it is taken during.
        let contexts: ClosedRange<Int>
    }

    private var taken: Series<Segment> = []
    private(set) var size = 0

    /// Finds room for `size` bytes from context `first` to context `last` and takes it.
    mutating func place(_ size: Int, alignment: Int, during contexts: ClosedRange<Int>) -> Int {
        let segments = MemoryPlacement.merged(taken.filter { $0.contexts.overlaps(contexts) })
        let offset = MemoryPlacement.gap(of: size, alignment, in: segments)
        taken.append(Segment(offset: offset, end: offset + size, contexts: contexts))
        self.size = max(self.size, offset + size)
        return offset
    }

    /// In order, with those that touch joined.
    private static func merged(_ segments: [Segment]) -> [Segment] {
        var merged: [Segment] = []
        for segment in segments.ordered(by: { $0.offset < $1.offset }) {
            if let last = merged.last, last.end >= segment.offset {
                merged[merged.count - 1].end = max(last.end, segment.end)
            } else {
                merged.append(segment)
            }
        }
        return merged
    }

    /// Before the first, else between two, else behind the last.
    private static func gap(of size: Int, _ alignment: Int, in segments: [Segment]) -> Int {
        guard let first = segments.first else { return 0 }
        if first.offset / alignment * alignment >= size { return 0 }
        for (index, segment) in segments.enumerated() {
            let start = alignUp(segment.end, alignment)
            let isLast = index + 1 == segments.count
            let end = isLast ? segment.end : segments[index + 1].offset
            // An aligned start behind the next one's begin counts as room without end in the vendor's library, so that
            // areas may overlap there. Unequal page sizes with odd numbers of pages would be needed for that.
            if end >= start, end - start >= size { return start }
        }
        return alignUp(segments[segments.count - 1].end, alignment)
    }
}
