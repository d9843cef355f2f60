internal import HailoFormats

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
        _ zeroPoint: Float, _ scale: Float
    ) {
        guard zeroPoint != 0 || scale != 1 else { return cast(source, target, count) }
        for index in 0..<count { target[index] = (Float(source[index]) - zeroPoint) * scale }
    }

    /// Every feature has numbers of its own: element i belongs to feature (i / stride) mod features.
    static func dequantize<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ target: UnsafeMutablePointer<Float>, _ count: Int,
        _ features: FeatureScales, stride: Int
    ) {
        features.zeroPoints.withUnsafeBufferPointer { zeroPoints in
            features.scales.withUnsafeBufferPointer { scales in
                var index = 0
                while index < count {
                    if stride == 1 {
                        let pixel = min(zeroPoints.count, count - index)
                        dequantize(source + index, target + index, pixel, zeroPoints, scales)
                        index += pixel
                    } else {
                        let feature = index / stride % zeroPoints.count
                        let end = min(index + stride, count)
                        dequantize(
                            source + index, target + index, end - index, zeroPoints[feature], scales[feature])
                        index = end
                    }
                }
            }
        }
    }
}

extension NumberConversion {
    /// One number of each feature.
    @inline(__always)
    fileprivate static func dequantize<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ target: UnsafeMutablePointer<Float>, _ count: Int,
        _ zeroPoints: UnsafeBufferPointer<Float>, _ scales: UnsafeBufferPointer<Float>
    ) {
        guard let zeros = UnsafeRawPointer(zeroPoints.baseAddress), let factors = UnsafeRawPointer(scales.baseAddress)
        else { return }
        let from = UnsafeRawPointer(source)
        let to = UnsafeMutableRawPointer(target)
        var index = 0
        while index + 4 <= count {
            let numbers =
                MemoryLayout<Stored>.size == 1
                ? SIMD4<Int32>(truncatingIfNeeded: (from + index).loadUnaligned(as: SIMD4<UInt8>.self))
                : SIMD4<Int32>(truncatingIfNeeded: (from + 2 &* index).loadUnaligned(as: SIMD4<UInt16>.self))
            let zeroPoint = (zeros + 4 &* index).loadUnaligned(as: SIMD4<Float>.self)
            let scale = (factors + 4 &* index).loadUnaligned(as: SIMD4<Float>.self)
            to.storeBytes(
                of: (SIMD4<Float>(numbers) - zeroPoint) * scale, toByteOffset: 4 &* index, as: SIMD4<Float>.self)
            index += 4
        }
        while index < count {
            target[index] = (Float(source[index]) - zeroPoints[index]) * scales[index]
            index += 1
        }
    }
}

/// The zero points and scales of all features.
struct FeatureScales: Sendable {
    let zeroPoints: [Float]
    let scales: [Float]

    init(_ quantizations: [Quantization]) {
        zeroPoints = quantizations.map { $0.zeroPoint }
        scales = quantizations.map { $0.scale }
    }
}
