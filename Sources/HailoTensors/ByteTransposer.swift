/// Transposes matrices of bytes: target[c * targetStride + r] = source[r * sourceStride + c].
///
/// Works on blocks of 8 by 8 and 16 by 8 bytes. Bytes are interleaved first, then pairs, then fours: with wider lanes in
/// every round the compiler keeps each round one instruction.
enum ByteTransposer {
    /// `available` is how many bytes of the source may be read from its start on.
    static func run(
        _ source: UnsafePointer<UInt8>, _ sourceStride: Int, available: Int, _ target: UnsafeMutablePointer<UInt8>,
        _ targetStride: Int, rows: Int, columns: Int
    ) {
        let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
        if columns == 1, sourceStride == 1 {
            to.copyMemory(from: from, byteCount: rows)
        } else if rows == 1 {
            if targetStride == 1 {
                to.copyMemory(from: from, byteCount: columns)
            } else {
                for column in 0..<columns { target[column * targetStride] = source[column] }
            }
        } else if rows >= 8, columns >= 8 {
            wide(from, sourceStride, to, targetStride, rows, columns)
        } else if rows >= 8 {
            narrow(from, sourceStride, available, to, targetStride, rows, columns)
        } else if columns >= 8, targetStride == rows {
            flat(from, sourceStride, to, targetStride, rows, columns)
        } else {
            plain(source, sourceStride, target, targetStride, 0..<rows, 0..<columns)
        }
    }

    private static func plain(
        _ source: UnsafePointer<UInt8>, _ sourceStride: Int, _ target: UnsafeMutablePointer<UInt8>,
        _ targetStride: Int, _ rows: Range<Int>, _ columns: Range<Int>
    ) {
        for column in columns {
            for row in rows { target[column &* targetStride &+ row] = source[row &* sourceStride &+ column] }
        }
    }

    private static func bytes(_ pointer: UnsafeRawPointer) -> UnsafePointer<UInt8> {
        pointer.assumingMemoryBound(to: UInt8.self)
    }

    /// At least 8 rows and columns. The last blocks overlap those before.
    private static func wide(
        _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int,
        _ rows: Int, _ columns: Int
    ) {
        let isHigh = rows >= 16
        var row = 0
        while row < rows {
            let start = min(row, rows - (isHigh ? 16 : 8))
            var column = 0
            while column < columns {
                let left = min(column, columns - 8)
                let from = source + (start &* sourceStride &+ left)
                let to = target + (left &* targetStride &+ start)
                if isHigh {
                    high(from, sourceStride, to, targetStride, 8)
                } else {
                    store(block(from, sourceStride), to, targetStride, 8)
                }
                column += 8
            }
            row += isHigh ? 16 : 8
        }
    }

    /// Fewer than 8 columns: what lies behind them is read and not used.
    private static func narrow(
        _ source: UnsafeRawPointer, _ sourceStride: Int, _ available: Int, _ target: UnsafeMutableRawPointer,
        _ targetStride: Int, _ rows: Int, _ columns: Int
    ) {
        var row = 0
        while row + 16 <= rows, (row + 15) &* sourceStride &+ 8 <= available {
            high(source + row &* sourceStride, sourceStride, target + row, targetStride, columns)
            row += 16
        }
        while row + 8 <= rows, (row + 7) &* sourceStride &+ 8 <= available {
            store(block(source + row &* sourceStride, sourceStride), target + row, targetStride, columns)
            row += 8
        }
        plain(
            bytes(source), sourceStride, target.assumingMemoryBound(to: UInt8.self), targetStride, row..<rows,
            0..<columns)
    }

    /// Fewer than 8 rows that fill those of the target: what is written behind them is overwritten by the next.
    private static func flat(
        _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int,
        _ rows: Int, _ columns: Int
    ) {
        var column = 0
        while column + 8 <= columns, (column + 7) &* targetStride &+ 8 <= columns &* targetStride {
            let from = source + column
            store(
                block(
                    row(0, from, sourceStride, rows), row(1, from, sourceStride, rows),
                    row(2, from, sourceStride, rows), row(3, from, sourceStride, rows),
                    row(4, from, sourceStride, rows), row(5, from, sourceStride, rows),
                    row(6, from, sourceStride, rows), row(7, from, sourceStride, rows)),
                target + column &* targetStride, targetStride, 8)
            column += 8
        }
        plain(
            bytes(source), sourceStride, target.assumingMemoryBound(to: UInt8.self), targetStride, 0..<rows,
            column..<columns)
    }

    /// Rows that do not exist are replaced by the first.
    @inline(__always)
    private static func row(_ index: Int, _ source: UnsafeRawPointer, _ stride: Int, _ rows: Int) -> SIMD8<UInt8> {
        load(source + (index < rows ? index &* stride : 0))
    }

    // MARK: Blocks

    /// Two rows of the target in each.
    private typealias Block = (SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>)

    @inline(__always)
    private static func load(_ source: UnsafeRawPointer) -> SIMD8<UInt8> { source.loadUnaligned(as: SIMD8<UInt8>.self) }

    @inline(__always)
    private static func block(_ source: UnsafeRawPointer, _ stride: Int) -> Block {
        block(
            load(source), load(source + stride), load(source + 2 &* stride), load(source + 3 &* stride),
            load(source + 4 &* stride), load(source + 5 &* stride), load(source + 6 &* stride),
            load(source + 7 &* stride))
    }

    @inline(__always)
    private static func block(
        _ row0: SIMD8<UInt8>, _ row1: SIMD8<UInt8>, _ row2: SIMD8<UInt8>, _ row3: SIMD8<UInt8>,
        _ row4: SIMD8<UInt8>, _ row5: SIMD8<UInt8>, _ row6: SIMD8<UInt8>, _ row7: SIMD8<UInt8>
    ) -> Block {
        let (pair0, pair1) = (interleaved(row0, row1), interleaved(row2, row3))
        let (pair2, pair3) = (interleaved(row4, row5), interleaved(row6, row7))
        let (low0, high0) = Lanes.interleaved(pair0, pair1)
        let (low1, high1) = Lanes.interleaved(pair2, pair3)
        let (first, second) = Lanes.interleaved(low0, low1)
        let (third, fourth) = Lanes.interleaved(high0, high1)
        return (first, second, third, fourth)
    }

    @inline(__always)
    private static func interleaved(_ a: SIMD8<UInt8>, _ b: SIMD8<UInt8>) -> SIMD8<UInt16> {
        var result = SIMD16<UInt8>()
        result.evenHalf = a
        result.oddHalf = b
        return unsafeBitCast(result, to: SIMD8<UInt16>.self)
    }

    /// Stores `count` rows of 8 bytes.
    @inline(__always)
    private static func store(_ block: Block, _ target: UnsafeMutableRawPointer, _ stride: Int, _ count: Int) {
        let rows = (Lanes.halves(block.0), Lanes.halves(block.1), Lanes.halves(block.2), Lanes.halves(block.3))
        @inline(__always)
        func put(_ row: Int, _ value: UInt64) {
            if row < count { target.storeBytes(of: value, toByteOffset: row &* stride, as: UInt64.self) }
        }
        put(0, rows.0[0])
        put(1, rows.0[1])
        put(2, rows.1[0])
        put(3, rows.1[1])
        put(4, rows.2[0])
        put(5, rows.2[1])
        put(6, rows.3[0])
        put(7, rows.3[1])
    }

    /// Two blocks below each other: `count` rows of 16 bytes.
    @inline(__always)
    private static func high(
        _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int,
        _ count: Int
    ) {
        let upper = block(source, sourceStride)
        let lower = block(source + 8 &* sourceStride, sourceStride)
        @inline(__always)
        func put(_ row: Int, _ first: SIMD4<UInt32>, _ second: SIMD4<UInt32>) {
            let (a, b) = (Lanes.halves(first), Lanes.halves(second))
            if row < count {
                target.storeBytes(of: SIMD2(a[0], b[0]), toByteOffset: row &* targetStride, as: SIMD2<UInt64>.self)
            }
            if row + 1 < count {
                target.storeBytes(
                    of: SIMD2(a[1], b[1]), toByteOffset: (row + 1) &* targetStride, as: SIMD2<UInt64>.self)
            }
        }
        put(0, upper.0, lower.0)
        put(2, upper.1, lower.1)
        put(4, upper.2, lower.2)
        put(6, upper.3, lower.3)
    }
}

/// Interleavings that both transposers use. Odd halves come first: the other way round the compiler takes the lower halves apart
/// for ARM, number by number.
enum Lanes {
    @inline(__always)
    static func interleaved(_ a: SIMD8<UInt16>, _ b: SIMD8<UInt16>) -> (SIMD4<UInt32>, SIMD4<UInt32>) {
        var (low, high) = (SIMD8<UInt16>(), SIMD8<UInt16>())
        low.oddHalf = b.lowHalf
        low.evenHalf = a.lowHalf
        high.oddHalf = b.highHalf
        high.evenHalf = a.highHalf
        return (unsafeBitCast(low, to: SIMD4<UInt32>.self), unsafeBitCast(high, to: SIMD4<UInt32>.self))
    }

    @inline(__always)
    static func interleaved(_ a: SIMD4<UInt32>, _ b: SIMD4<UInt32>) -> (SIMD4<UInt32>, SIMD4<UInt32>) {
        var (low, high) = (SIMD4<UInt32>(), SIMD4<UInt32>())
        low.oddHalf = b.lowHalf
        low.evenHalf = a.lowHalf
        high.oddHalf = b.highHalf
        high.evenHalf = a.highHalf
        return (low, high)
    }

    @inline(__always)
    static func halves(_ value: SIMD4<UInt32>) -> SIMD2<UInt64> { unsafeBitCast(value, to: SIMD2<UInt64>.self) }
}
