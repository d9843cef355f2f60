/// Moves numbers from a source to a target, both given as offsets. One description of a rearrangement serves both kinds.
protocol Mover {
    func move(_ target: Int, _ source: Int)
    func copy(_ target: Int, _ source: Int, _ count: Int)
    func zero(_ target: Int, _ count: Int)
}

/// For rearrangements that are known to stay inside of both frames.
struct DirectMover<Number: FixedWidthInteger>: Mover {
    let source: UnsafePointer<Number>
    let target: UnsafeMutablePointer<Number>

    @inline(__always)
    func move(_ target: Int, _ source: Int) { self.target[target] = self.source[source] }

    @inline(__always)
    func copy(_ target: Int, _ source: Int, _ count: Int) {
        (self.target + target).update(from: self.source + source, count: count)
    }

    @inline(__always)
    func zero(_ target: Int, _ count: Int) { (self.target + target).update(repeating: 0, count: count) }
}

/// For all others: what would lie outside of the source is 0, what would go outside of the target is dropped.
struct CheckedMover<Number: FixedWidthInteger>: Mover {
    let source: UnsafePointer<Number>
    let sourceCount: Int
    let target: UnsafeMutablePointer<Number>
    let targetCount: Int

    func move(_ target: Int, _ source: Int) {
        guard target >= 0, target < targetCount else { return }
        self.target[target] = source >= 0 && source < sourceCount ? self.source[source] : 0
    }

    func copy(_ target: Int, _ source: Int, _ count: Int) {
        for index in 0..<max(count, 0) { move(target + index, source + index) }
    }

    func zero(_ target: Int, _ count: Int) {
        for index in target..<max(target + count, target) where index >= 0 && index < targetCount {
            self.target[index] = 0
        }
    }
}
