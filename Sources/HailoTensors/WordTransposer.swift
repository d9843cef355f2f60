/// Transposes matrices of numbers of two bytes, as `ByteTransposer` does those of one.
enum WordTransposer {
    static func run(
        _ source: UnsafePointer<UInt16>, _ sourceStride: Int, _ target: UnsafeMutablePointer<UInt16>,
        _ targetStride: Int, rows: Int, columns: Int
    ) {
        guard rows >= 8, columns >= 8 else {
            for column in 0..<columns {
                for row in 0..<rows { target[column &* targetStride &+ row] = source[row &* sourceStride &+ column] }
            }
            return
        }
        var row = 0
        while row < rows {
            let top = min(row, rows - 8)
            var column = 0
            while column < columns {
                let left = min(column, columns - 8)
                block(
                    UnsafeRawPointer(source + (top &* sourceStride &+ left)), 2 &* sourceStride,
                    UnsafeMutableRawPointer(target + (left &* targetStride &+ top)), 2 &* targetStride)
                column += 8
            }
            row += 8
        }
    }

    @inline(__always)
    private static func load(_ source: UnsafeRawPointer) -> SIMD8<UInt16> {
        source.loadUnaligned(as: SIMD8<UInt16>.self)
    }

    /// 8 rows of 8 numbers. Strides are in bytes.
    @inline(__always)
    private static func block(
        _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int
    ) {
        let pair0 = Lanes.interleaved(load(source), load(source + sourceStride))
        let pair1 = Lanes.interleaved(load(source + 2 &* sourceStride), load(source + 3 &* sourceStride))
        let pair2 = Lanes.interleaved(load(source + 4 &* sourceStride), load(source + 5 &* sourceStride))
        let pair3 = Lanes.interleaved(load(source + 6 &* sourceStride), load(source + 7 &* sourceStride))
        quarter(pair0.0, pair1.0, pair2.0, pair3.0, target, targetStride)
        quarter(pair0.1, pair1.1, pair2.1, pair3.1, target + 4 &* targetStride, targetStride)
    }

    /// Four rows of the target.
    @inline(__always)
    private static func quarter(
        _ a: SIMD4<UInt32>, _ b: SIMD4<UInt32>, _ c: SIMD4<UInt32>, _ d: SIMD4<UInt32>,
        _ target: UnsafeMutableRawPointer, _ stride: Int
    ) {
        let (upper0, upper1) = Lanes.interleaved(a, b)
        let (lower0, lower1) = Lanes.interleaved(c, d)
        let rows = (Lanes.halves(upper0), Lanes.halves(lower0), Lanes.halves(upper1), Lanes.halves(lower1))
        target.storeBytes(of: SIMD2(rows.0[0], rows.1[0]), as: SIMD2<UInt64>.self)
        target.storeBytes(of: SIMD2(rows.0[1], rows.1[1]), toByteOffset: stride, as: SIMD2<UInt64>.self)
        target.storeBytes(of: SIMD2(rows.2[0], rows.3[0]), toByteOffset: 2 &* stride, as: SIMD2<UInt64>.self)
        target.storeBytes(of: SIMD2(rows.2[1], rows.3[1]), toByteOffset: 3 &* stride, as: SIMD2<UInt64>.self)
    }
}
