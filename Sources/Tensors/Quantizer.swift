internal import HEF

/// Turns floating point numbers into those of the chip: clipped, divided by the scale, moved by the zero point and rounded
/// to even, with one operation each in single precision, so that results equal the vendor's to the last bit. Beyond 32 bits
/// and for NaN the result is 0, as on the machines that the vendor's library runs on.
struct Quantizer: Sendable {
    private enum Way {
        /// Zero point 0 and scale 1: numbers are rounded as they are, without being clipped.
        case asTheyAre
        /// What remains after clipping is so small that adding a large number rounds it.
        case small
        case any
    }

    private let zeroPoint: Float
    private let scale: Float
    private let minimum: Float
    private let maximum: Float
    private let way: Way

    /// Floating point numbers from here to twice as much have a distance of 1, and this one's lowest 22 bits are 0.
    private static let rounding: Float = 12_582_912
    /// Below all sums with small numbers; its lowest 16 bits are 0.
    private static let least: Float = 8_388_608
    private static let small: Float = 4_194_304

    init(_ quantization: Quantization) {
        zeroPoint = quantization.zeroPoint
        scale = quantization.scale
        minimum = quantization.minimum
        maximum = quantization.maximum
        let ends = (minimum / scale + zeroPoint, maximum / scale + zeroPoint)
        if zeroPoint == 0, scale == 1 {
            way = .asTheyAre
        } else if minimum <= maximum, ends.0.magnitude < Quantizer.small, ends.1.magnitude < Quantizer.small {
            way = .small
        } else {
            way = .any
        }
    }

    func run<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Stored>, _ count: Int
    ) {
        switch way {
        case .small: runSmall(source, target, count)
        case .asTheyAre:
            for index in 0..<count { target[index] = Quantizer.stored(source[index]) }
        case .any:
            for index in 0..<count { target[index] = Quantizer.stored(clipped(source[index]) / scale + zeroPoint) }
        }
    }

    private func clipped(_ value: Float) -> Float {
        value >= maximum ? maximum : value <= minimum ? minimum : value
    }

    /// Any number, rounded. Its multiple of 65536 is taken away first, which leaves the bits that count; for large numbers
    /// that is exact, and small ones have none.
    @inline(__always)
    private static func stored<Stored: FixedWidthInteger>(_ value: Float) -> Stored {
        let multiple = (value * 0x1p-16 + rounding) - rounding
        let rest = value - multiple * 65536
        let bits = (rest + rounding).bitPattern
        return Stored(truncatingIfNeeded: value.magnitude < 2_147_483_648 ? bits : 0)
    }

    private func runSmall<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Stored>, _ count: Int
    ) {
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        let width = MemoryLayout<Stored>.size
        var index = 0
        while index + 16 <= count {
            let start = from + 4 * index
            let bits = SIMD16<UInt32>(
                lowHalf: SIMD8(lowHalf: sums(start), highHalf: sums(start + 16)),
                highHalf: SIMD8(lowHalf: sums(start + 32), highHalf: sums(start + 48)))
            if width == 1 {
                to.storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: bits), toByteOffset: index, as: SIMD16<UInt8>.self)
            } else {
                to.storeBytes(
                    of: SIMD16<UInt16>(truncatingIfNeeded: bits), toByteOffset: 2 * index, as: SIMD16<UInt16>.self)
            }
            index += 16
        }
        while index < count {
            target[index] = Stored(truncatingIfNeeded: sum(limited(source[index])).bitPattern)
            index += 1
        }
    }

    /// Four numbers, each as the lowest bits of a floating point number.
    @inline(__always)
    private func sums(_ source: UnsafeRawPointer) -> SIMD4<UInt32> {
        let values = source.loadUnaligned(as: SIMD4<Float>.self)
        let limited = SIMD4(limited(values[0]), limited(values[1]), limited(values[2]), limited(values[3]))
        let sums = limited / scale + zeroPoint + Quantizer.rounding
        return unsafeBitCast(
            SIMD4(
                Quantizer.orLeast(sums[0]), Quantizer.orLeast(sums[1]), Quantizer.orLeast(sums[2]),
                Quantizer.orLeast(sums[3])), to: SIMD4<UInt32>.self)
    }

    @inline(__always)
    private func sum(_ value: Float) -> Float {
        Quantizer.orLeast(value / scale + zeroPoint + Quantizer.rounding)
    }

    // Both are written so that the compiler finds one instruction for them; NaN passes the first and ends in the second.

    @inline(__always)
    private func limited(_ value: Float) -> Float {
        let upper = maximum < value ? maximum : value
        return minimum > upper ? minimum : upper
    }

    @inline(__always)
    private static func orLeast(_ sum: Float) -> Float { sum > least ? sum : least }
}
