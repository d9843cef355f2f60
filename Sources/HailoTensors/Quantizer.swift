internal import HailoFormats

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
    /// The bits of a number below which all are the same as 0 in what follows. Otherwise the processor would divide subnormal
    /// numbers, or get them as results, at a tenth of its speed.
    private let nothing: Int32

    /// Floating point numbers from here to twice as much have a distance of 1, and this one's lowest 22 bits are 0.
    private static let rounding: Float = 12_582_912
    /// Below all sums with small numbers; its lowest 16 bits are 0.
    private static let least: Float = 8_388_608
    private static let small: Float = 4_194_304
    /// This much of a step and less gets lost in the zero point, or is rounded to 0.
    private static let negligible: Float = 0x1p-60

    init(_ quantization: Quantization) {
        zeroPoint = quantization.zeroPoint
        scale = quantization.scale
        minimum = quantization.minimum
        maximum = quantization.maximum
        let least = scale * Quantizer.negligible
        nothing = least.isNormal && least > 0 ? Int32(bitPattern: least.bitPattern) : 0
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
        case .asTheyAre: runAsTheyAre(source, target, count)
        case .any: runAny(source, target, count)
        }
    }

    // A function for each way: in one, the compiler would not put the steps of all of them into their loops.

    @inline(never)
    private func runSmall<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Stored>, _ count: Int
    ) {
        convert(source, target, count) { small($0) }
    }

    @inline(never)
    private func runAsTheyAre<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Stored>, _ count: Int
    ) {
        convert(source, target, count) { Quantizer.any($0) }
    }

    @inline(never)
    private func runAny<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Stored>, _ count: Int
    ) {
        convert(source, target, count) { Quantizer.any(significant(clipped($0)) / scale + zeroPoint) }
    }

    /// Sixteen numbers at a time; `bits` gives the numbers of four in the lowest bits.
    @inline(__always)
    private func convert<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Stored>, _ count: Int,
        bits: (SIMD4<Float>) -> SIMD4<UInt32>
    ) {
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        @inline(__always)
        func four(_ offset: Int) -> SIMD4<UInt32> {
            bits((from + offset).loadUnaligned(as: SIMD4<Float>.self))
        }
        var index = 0
        while index + 16 <= count {
            let start = 4 * index
            let numbers = SIMD16<UInt32>(
                lowHalf: SIMD8(lowHalf: four(start), highHalf: four(start + 16)),
                highHalf: SIMD8(lowHalf: four(start + 32), highHalf: four(start + 48)))
            if MemoryLayout<Stored>.size == 1 {
                to.storeBytes(
                    of: SIMD16<UInt8>(truncatingIfNeeded: numbers), toByteOffset: index, as: SIMD16<UInt8>.self)
            } else {
                to.storeBytes(
                    of: SIMD16<UInt16>(truncatingIfNeeded: numbers), toByteOffset: 2 * index, as: SIMD16<UInt16>.self)
            }
            index += 16
        }
        while index < count {
            target[index] = Stored(truncatingIfNeeded: bits(SIMD4(repeating: source[index]))[0])
            index += 1
        }
    }

    // MARK: Four numbers

    /// What remains after clipping is rounded by adding a large number.
    @inline(__always)
    private func small(_ values: SIMD4<Float>) -> SIMD4<UInt32> {
        let limits = SIMD4(limited(values[0]), limited(values[1]), limited(values[2]), limited(values[3]))
        let sums = significant(limits) / scale + zeroPoint + Quantizer.rounding
        return unsafeBitCast(
            SIMD4(
                Quantizer.orLeast(sums[0]), Quantizer.orLeast(sums[1]), Quantizer.orLeast(sums[2]),
                Quantizer.orLeast(sums[3])), to: SIMD4<UInt32>.self)
    }

    /// Numbers that make a difference; 0 in place of others.
    @inline(__always)
    private func significant(_ values: SIMD4<Float>) -> SIMD4<Float> {
        let magnitudes = unsafeBitCast(values, to: SIMD4<Int32>.self) & 0x7fff_ffff
        return values.replacing(with: 0, where: magnitudes .< nothing)
    }

    /// Any number, rounded. Its multiple of 65536 is taken away first, which leaves the bits that count; for large numbers
    /// that is exact, and small ones have none. It is found by adding: a product could be subnormal.
    @inline(__always)
    private static func any(_ values: SIMD4<Float>) -> SIMD4<UInt32> {
        let multiples = (values + rounding * 65536) - rounding * 65536
        let sums = values - multiples + rounding
        let magnitudes = unsafeBitCast(
            unsafeBitCast(values, to: SIMD4<UInt32>.self) & 0x7fff_ffff, to: SIMD4<Float>.self)
        return SIMD4<UInt32>().replacing(
            with: unsafeBitCast(sums, to: SIMD4<UInt32>.self), where: magnitudes .< 2_147_483_648)
    }

    @inline(__always)
    private func clipped(_ values: SIMD4<Float>) -> SIMD4<Float> {
        values.replacing(with: minimum, where: values .<= minimum).replacing(with: maximum, where: values .>= maximum)
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
