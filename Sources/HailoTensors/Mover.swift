internal import HailoFormats

/// Moves numbers from a source to a target, both given as offsets. One description of a rearrangement serves both kinds.
protocol Mover {
    /// Whether numbers may be moved in any order, since none is overwritten.
    static var isDirect: Bool { get }
    func move(_ target: Int, _ source: Int)
    func copy(_ target: Int, _ source: Int, _ count: Int)
    func zero(_ target: Int, _ count: Int)
    /// Copies `count` groups of 8 numbers.
    func copyGroups(_ target: Int, _ targetStride: Int, _ source: Int, _ sourceStride: Int, count: Int)
    /// Three numbers of each of `count` pixels the other way round, and a 0.
    func reverseColors(_ target: Int, _ source: Int, count: Int)
    /// target[c * targetStride + r] = source[r * sourceStride + c], from the given offsets on.
    func transpose(
        _ target: Int, _ targetStride: Int, _ source: Int, _ sourceStride: Int, rows: Int, columns: Int)
}

/// For rearrangements that are known to stay inside of both frames.
struct DirectMover<Number: FixedWidthInteger>: Mover {
    let source: UnsafePointer<Number>
    let sourceCount: Int
    let target: UnsafeMutablePointer<Number>

    static var isDirect: Bool { true }

    private static var width: Int { MemoryLayout<Number>.size }

    @inline(__always)
    func move(_ target: Int, _ source: Int) { self.target[target] = self.source[source] }

    @inline(__always)
    func copy(_ target: Int, _ source: Int, _ count: Int) {
        UnsafeMutableRawPointer(self.target + target).copyMemory(
            from: UnsafeRawPointer(self.source + source), byteCount: count &* DirectMover.width)
    }

    func copyGroups(_ target: Int, _ targetStride: Int, _ source: Int, _ sourceStride: Int, count: Int) {
        var to = UnsafeMutableRawPointer(self.target + target)
        var from = UnsafeRawPointer(self.source + source)
        for _ in 0..<count {
            if DirectMover.width == 1 {
                to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
            } else {
                to.storeBytes(of: from.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
            }
            to += targetStride &* DirectMover.width
            from += sourceStride &* DirectMover.width
        }
    }

    func reverseColors(_ target: Int, _ source: Int, count: Int) {
        var (to, from) = (self.target + target, self.source + source)
        var left = count
        // Four bytes at a time; the last pixel has none behind it.
        while DirectMover.width == 1, left > 1 {
            let color = UInt32(bigEndian: UnsafeRawPointer(from).loadUnaligned(as: UInt32.self)) &>> 8
            UnsafeMutableRawPointer(to).storeBytes(of: color.littleEndian, as: UInt32.self)
            (to, from) = (to + 4, from + 3)
            left &-= 1
        }
        while left > 0 {
            (to[0], to[1], to[2], to[3]) = (from[2], from[1], from[0], 0)
            (to, from) = (to + 4, from + 3)
            left &-= 1
        }
    }

    @inline(__always)
    func zero(_ target: Int, _ count: Int) {
        guard count > 0 else { return }
        UnsafeMutableRawPointer(self.target + target).initializeMemory(
            as: UInt8.self, repeating: 0, count: count &* DirectMover.width)
    }

    func transpose(
        _ target: Int, _ targetStride: Int, _ source: Int, _ sourceStride: Int, rows: Int, columns: Int
    ) {
        let from = UnsafeRawPointer(self.source + source)
        let to = UnsafeMutableRawPointer(self.target + target)
        if DirectMover.width == 1 {
            ByteTransposer.run(
                from.assumingMemoryBound(to: UInt8.self), sourceStride, available: sourceCount &- source,
                to.assumingMemoryBound(to: UInt8.self), targetStride, rows: rows, columns: columns)
        } else {
            WordTransposer.run(
                from.assumingMemoryBound(to: UInt16.self), sourceStride, to.assumingMemoryBound(to: UInt16.self),
                targetStride, rows: rows, columns: columns)
        }
    }
}

/// For all others: what would lie outside of the source is 0, what would go outside of the target is dropped.
struct CheckedMover<Number: FixedWidthInteger>: Mover {
    static var isDirect: Bool { false }

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

    func copyGroups(_ target: Int, _ targetStride: Int, _ source: Int, _ sourceStride: Int, count: Int) {
        for group in 0..<max(count, 0) { copy(target + group * targetStride, source + group * sourceStride, 8) }
    }

    @_optimize(size)
    func reverseColors(_ target: Int, _ source: Int, count: Int) {
        for pixel in 0..<max(count, 0) {
            for color in 0..<3 { move(target + 4 * pixel + color, source + 3 * pixel + 2 - color) }
            zero(target + 4 * pixel + 3, 1)
        }
    }

    func transpose(
        _ target: Int, _ targetStride: Int, _ source: Int, _ sourceStride: Int, rows: Int, columns: Int
    ) {
        for row in 0..<max(rows, 0) {
            for column in 0..<max(columns, 0) {
                move(target + column * targetStride + row, source + row * sourceStride + column)
            }
        }
    }
}
