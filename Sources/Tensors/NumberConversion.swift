internal import HEF

/// Conversions from the numbers of the chip to those of the host. Arithmetic is in single precision, without fused
/// operations, so that results equal the vendor's to the last bit.
enum NumberConversion {
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
        quantizations.withUnsafeBufferPointer { features in
            var index = 0
            var feature = 0
            while index < count {
                let end = min(index + stride, count)
                if stride == 1 {
                    // That of one number cannot be a shortcut: with zero point 0 and scale 1 it changes nothing anyway.
                    target[index] = (Float(source[index]) - features[feature].zeroPoint) * features[feature].scale
                } else {
                    dequantize(source + index, target + index, end - index, features[feature])
                }
                index = end
                feature = feature + 1 == features.count ? 0 : feature + 1
            }
        }
    }
}
