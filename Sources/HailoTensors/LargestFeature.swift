package import HailoBase
package import HailoFormats

/// Which feature of each pixel is the largest; of equal ones the first.
package final class LargestFeature: @unchecked Sendable {
    private let height, width, features: Int
    private let rowStride, columnStride: Int
    /// Numbers from one feature to the next, and from eight features to the next eight.
    private let featureStride, groupStride: Int
    private let isWide: Bool
    private let type: NumberType
    package let sourceSize: Int
    package let targetSize: Int
    /// The largest feature of each column of a row so far, and its value.
    private let winners, values: UnsafeMutableBufferPointer<UInt32>

    @_optimize(size)
    package init(_ tensor: ChipTensor, as type: NumberType, _ memory: WorkingMemory) throws(HailoError) {
        func refusal(_ what: String) -> HailoError {
            HailoError(.invalidArgument, "the largest feature of layer \"\(tensor.name)\" cannot be found: \(what)")
        }
        let (shape, padded) = (tensor.shape, tensor.paddedShape)
        (height, width, features) = (Int(shape.height), Int(shape.width), Int(shape.features))
        let (paddedWidth, paddedFeatures) = (Int(padded.width), Int(padded.features))
        switch tensor.format.order {
        case .nhcw: (columnStride, featureStride, groupStride) = (1, paddedWidth, 8 * paddedWidth)
        case .nhwc, .nc: (columnStride, featureStride, groupStride) = (paddedFeatures, 1, 8)
        case .f8cr: (columnStride, featureStride, groupStride) = (8, 1, 8 * paddedWidth)
        default: throw refusal("its order on the chip is \(tensor.format.order.name)")
        }
        guard tensor.format.type == .uint8 || tensor.format.type == .uint16, !tensor.format.isTransposed else {
            throw refusal("its numbers do not have one or two bytes, or height and width are exchanged")
        }
        let largest: Int =
            switch type {
            case .uint8: 0xff
            case .uint16: 0xffff
            default: 1 << 24
            }
        guard features <= largest else {
            throw refusal(
                "the numbers of its \(features) features do not fit \(type.name); choose a larger type of numbers")
        }
        isWide = tensor.format.type == .uint16
        self.type = type
        let (row, rowOverflows) = paddedWidth.multipliedReportingOverflow(by: paddedFeatures)
        let (size, overflows) = row.multipliedReportingOverflow(by: height * (isWide ? 2 : 1))
        guard !rowOverflows, !overflows, size <= 1 << 31, height > 0, width > 0, features > 0,
            width <= paddedWidth, features <= paddedFeatures, tensor.format.order != .f8cr || paddedFeatures % 8 == 0
        else { throw refusal("its shape is empty, too large or larger than on the chip") }
        rowStride = row
        sourceSize = size
        targetSize = height * width * Int(type.bytes)
        winners = memory.reserve(width)
        values = memory.reserve(width)
    }

    package func run(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        guard source.count >= sourceSize, target.count == targetSize, let from = source.baseAddress
        else { throw HailoError(.invalidArgument, "buffers for the largest feature have wrong sizes") }
        if isWide {
            run(from.assumingMemoryBound(to: UInt16.self), target)
        } else {
            run(from.assumingMemoryBound(to: UInt8.self), target)
        }
    }

    private func run<Number: StoredNumber>(
        _ source: UnsafePointer<Number>, _ target: UnsafeMutableRawBufferPointer
    ) {
        let isSideBySide = columnStride == 1 && groupStride == 8 * featureStride
        for row in 0..<height {
            if isSideBySide, width >= 16 / MemoryLayout<Number>.size {
                scan(source + row &* rowStride)
                store(row, target)
                continue
            }
            for column in 0..<width { (winners[column], values[column]) = (0, 0) }
            for feature in 0..<features {
                let start = row &* rowStride &+ feature / 8 &* groupStride &+ feature % 8 &* featureStride
                let number = UInt32(truncatingIfNeeded: feature)
                for column in 0..<width {
                    let value = UInt32(truncatingIfNeeded: source[start &+ column &* columnStride])
                    let isLarger = value > values[column]
                    winners[column] = isLarger ? number : winners[column]
                    values[column] = isLarger ? value : values[column]
                }
            }
            store(row, target)
        }
    }

    /// A row whose columns lie side by side: as many at a time as fill a vector.
    private func scan<Number: StoredNumber>(_ row: UnsafePointer<Number>) {
        guard let winners = winners.baseAddress, let values = values.baseAddress else { return }
        let lanes = 16 / MemoryLayout<Number>.size
        // As many features as a number can count.
        let most = Int(Number.max) + 1
        var column = 0
        while column < width {
            // The last block overlaps the one before it.
            let left = min(column, width &- lanes)
            for first in stride(from: 0, to: features, by: most) {
                var found = (values: Number.lanes(0), winners: Number.lanes(0))
                var numbers = UnsafeRawPointer(row + (left &+ first &* featureStride))
                for feature in 0..<min(most, features &- first) {
                    Number.takeLarger(
                        numbers, Number(truncatingIfNeeded: feature), &found.values, &found.winners)
                    numbers += featureStride &* MemoryLayout<Number>.size
                }
                withUnsafeBytes(of: found) { bytes in
                    guard let found = bytes.baseAddress?.assumingMemoryBound(to: Number.self) else { return }
                    LargestFeature.merge(found, lanes, first, winners + left, values + left)
                }
            }
            column &+= lanes
        }
    }

    @inline(__always)
    private static func merge<Number: StoredNumber>(
        _ found: UnsafePointer<Number>, _ lanes: Int, _ first: Int, _ winners: UnsafeMutablePointer<UInt32>,
        _ values: UnsafeMutablePointer<UInt32>
    ) {
        for lane in 0..<lanes where first == 0 || UInt32(truncatingIfNeeded: found[lane]) > values[lane] {
            values[lane] = UInt32(truncatingIfNeeded: found[lane])
            winners[lane] = UInt32(truncatingIfNeeded: first) &+ UInt32(truncatingIfNeeded: found[lanes &+ lane])
        }
    }

    @inline(never)
    private func store(_ row: Int, _ target: UnsafeMutableRawBufferPointer) {
        guard let to = target.baseAddress, let winners = winners.baseAddress else { return }
        let start = row &* width
        switch type {
        case .uint8:
            for column in 0..<width {
                to.storeBytes(
                    of: UInt8(truncatingIfNeeded: winners[column]), toByteOffset: start &+ column, as: UInt8.self)
            }
        case .uint16:
            for column in 0..<width {
                to.storeBytes(
                    of: UInt16(truncatingIfNeeded: winners[column]), toByteOffset: 2 &* (start &+ column),
                    as: UInt16.self)
            }
        default:
            for column in 0..<width {
                to.storeBytes(of: Float(winners[column]), toByteOffset: 4 &* (start &+ column), as: Float.self)
            }
        }
    }
}
