internal import HEF

/// Conversions between the numbers of the host and those of the chip. Arithmetic is in single precision, without fused
/// operations and rounded to even, so that results equal the vendor's to the last bit.
enum NumberConversion {
    /// A stored number as it enters the chip. Beyond 32 bits and for NaN the result is 0, as on the machines that the
    /// vendor's library runs on.
    @inline(__always)
    private static func stored<Stored: FixedWidthInteger>(_ value: Float) -> Stored {
        let rounded = value.rounded(.toNearestOrEven)
        guard rounded > -2_147_483_904, rounded < 2_147_483_648 else { return 0 }
        return Stored(truncatingIfNeeded: Int32(rounded))
    }

    static func quantize<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Stored>, _ count: Int,
        _ quantization: Quantization
    ) {
        let (zeroPoint, scale) = (quantization.zeroPoint, quantization.scale)
        guard zeroPoint != 0 || scale != 1 else {
            for index in 0..<count { target[index] = stored(source[index]) }
            return
        }
        let (minimum, maximum) = (quantization.minimum, quantization.maximum)
        for index in 0..<count {
            let value = source[index]
            let clipped = value >= maximum ? maximum : value <= minimum ? minimum : value
            target[index] = stored(clipped / scale + zeroPoint)
        }
    }

    static func widen(_ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt16>, _ count: Int) {
        for index in 0..<count { target[index] = UInt16(source[index]) }
    }

    static func cast<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ target: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        for index in 0..<count { target[index] = Float(source[index]) }
    }

    static func dequantize<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ target: UnsafeMutablePointer<Float>, _ count: Int,
        _ quantization: Quantization
    ) {
        let (zeroPoint, scale) = (quantization.zeroPoint, quantization.scale)
        guard zeroPoint != 0 || scale != 1 else { return cast(source, target, count) }
        for index in 0..<count { target[index] = (Float(source[index]) - zeroPoint) * scale }
    }

    /// Every feature has numbers of its own: element i belongs to feature (i / stride) mod features.
    static func dequantize<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ target: UnsafeMutablePointer<Float>, _ count: Int,
        _ quantizations: [Quantization], stride: Int
    ) {
        let features = quantizations.count
        var index = 0
        var feature = 0
        while index < count {
            let end = min(index + stride, count)
            dequantize(source + index, target + index, end - index, quantizations[feature])
            index = end
            feature = feature + 1 == features ? 0 : feature + 1
        }
    }
}
