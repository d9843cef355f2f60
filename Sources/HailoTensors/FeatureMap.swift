package import HailoBase
package import HailoFormats

/// Where the numbers of a layer lie in the frames of its stream: in rows that hold all columns of one feature behind those
/// of the one before.
package struct FeatureMap: Sendable {
    package let height: Int
    package let width: Int
    package let features: Int
    /// Numbers from one row to the next, and from one feature to the next.
    package let rowStride: Int
    package let featureStride: Int
    /// Whether a number has two bytes, and not one.
    package let isWide: Bool
    /// Bytes of a frame, without what may follow behind the last row.
    package let byteCount: Int
    let scales: FeatureScales
    /// Whether all features have the same scale.
    let hasOneScale: Bool

    @_optimize(size)
    package init(_ tensor: ChipTensor) throws(HailoError) {
        func refusal(_ what: String) -> HailoError {
            HailoError(.hefUnsupported, "layer \"\(tensor.name)\" cannot be post-processed: \(what)")
        }
        guard tensor.format.order == .nhcw, !tensor.format.isTransposed else {
            throw refusal("its order on the chip is \(tensor.format.order.name), and not NHCW")
        }
        guard tensor.format.type == .uint8 || tensor.format.type == .uint16 else {
            throw refusal("its numbers do not have one or two bytes")
        }
        let (shape, padded) = (tensor.shape, tensor.paddedShape)
        height = Int(shape.height)
        width = Int(shape.width)
        features = Int(shape.features)
        featureStride = Int(padded.width)
        isWide = tensor.format.type == .uint16
        let (row, rowOverflows) = featureStride.multipliedReportingOverflow(by: Int(padded.features))
        let (count, overflows) = row.multipliedReportingOverflow(by: height * (isWide ? 2 : 1))
        guard !rowOverflows, !overflows, count <= FeatureMap.maximumBytes, height > 0, width > 0, features > 0,
            shape.width <= padded.width, features <= padded.features, shape.height <= padded.height
        else { throw refusal("its shape is empty, too large or larger than on the chip") }
        rowStride = row
        byteCount = count
        let quantizations = tensor.quantizations
        hasOneScale = quantizations.allSatisfy { $0.isIdentical(to: quantizations[0]) }
        scales = FeatureScales(hasOneScale ? [quantizations[0]] : quantizations)
        guard hasOneScale || quantizations.count >= features else {
            throw refusal("\(quantizations.count) scales do not match \(features) features")
        }
        guard quantizations.allSatisfy({ $0.scale.isFinite && $0.zeroPoint.isFinite }) else {
            throw refusal("its scale or its zero point is not a number")
        }
    }

    private static let maximumBytes = 1 << 31

    /// A number as it is stored, at its place counted in numbers.
    @inline(__always)
    func stored(_ frame: UnsafeRawPointer, _ place: Int) -> UInt32 {
        isWide
            ? UInt32(frame.load(fromByteOffset: 2 &* place, as: UInt16.self))
            : UInt32(frame.load(fromByteOffset: place, as: UInt8.self))
    }

    @inline(__always)
    func real(_ stored: UInt32, _ feature: Int) -> Float {
        let index = hasOneScale ? 0 : feature
        return (Float(stored) - scales.zeroPoints[index]) * scales.scales[index]
    }

    /// The real value of a number.
    package func value(_ frame: UnsafeRawPointer, row: Int, column: Int, feature: Int) -> Float {
        real(stored(frame, row &* rowStride &+ feature &* featureStride &+ column), feature)
    }

    /// The real values of some features of a place.
    package func read(
        _ frame: UnsafeRawPointer, row: Int, column: Int, features: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        let start = row &* rowStride &+ features.lowerBound &* featureStride &+ column
        guard hasOneScale else {
            for (index, feature) in features.enumerated() {
                values[index] = real(stored(frame, start &+ index &* featureStride), feature)
            }
            return
        }
        let (zeroPoint, scale) = (scales.zeroPoints[0], scales.scales[0])
        for index in 0..<features.count {
            values[index] = (Float(stored(frame, start &+ index &* featureStride)) - zeroPoint) * scale
        }
    }
}
