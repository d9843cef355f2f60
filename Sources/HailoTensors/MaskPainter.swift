package import HailoBase
internal import HailoFormats

/// Paints the masks of boxes: the prototypes of a frame, weighted and added up, say for each place how sure the network is
/// that it belongs to the box; what is above a threshold, in the size of the picture, is 1.
///
/// Only what lies within the box is computed, in the order of operations of the vendor's library.
package final class MaskPainter: @unchecked Sendable {
    private let prototypes: FeatureMap
    private let threshold: Float
    private let columns: Resampling
    private let rows: Resampling
    /// One row of prototypes, and all rows in the width of the picture.
    private let row: UnsafeMutableBufferPointer<Float>
    private let widened: UnsafeMutableBufferPointer<Float>
    private let line: UnsafeMutableBufferPointer<Float>

    package init(
        _ prototypes: FeatureMap, height: Int, width: Int, threshold: Float, _ memory: WorkingMemory
    ) {
        self.prototypes = prototypes
        self.threshold = threshold
        columns = Resampling(from: prototypes.width, to: width, memory)
        rows = Resampling(from: prototypes.height, to: height, memory)
        row = memory.reserve(prototypes.width)
        widened = memory.reserve(prototypes.height * width)
        line = memory.reserve(width)
    }

    /// How many weights a box has.
    package var weights: Int { prototypes.features }

    /// Paints the part of the picture that begins at `top` and `left` into `mask`, whose rows are `width` long and of which
    /// no more than `visible` pixels are painted. It is all 0 before.
    package func paint(
        _ frame: UnsafeRawPointer, weights: UnsafeBufferPointer<Float>, top: Int, left: Int, height: Int, width: Int,
        visible: Int, _ mask: UnsafeMutablePointer<UInt8>
    ) {
        let x = left..<max(min(left + min(width, visible), columns.count), left)
        let y = top..<max(min(top + height, rows.count), top)
        guard let neededRows = rows.needed(y), let neededColumns = columns.needed(x) else { return }
        for number in neededRows {
            weigh(frame, weights, number, neededColumns)
            let target = number * columns.count
            for column in x {
                var sum: Float = 0
                for share in columns.shares(column) { sum += row[Int(share.index)] * share.weight }
                widened[target + column] = sum
            }
        }
        guard let sums = line.baseAddress.map({ $0 + x.lowerBound }), let wide = widened.baseAddress else { return }
        for number in y {
            sums.update(repeating: 0, count: x.count)
            for share in rows.shares(number) {
                let source = wide + (Int(share.index) &* columns.count &+ x.lowerBound)
                let weight = share.weight
                for index in 0..<x.count { sums[index] += source[index] * weight }
            }
            let target = mask + (number - top) * width
            for index in 0..<x.count { target[index] = sums[index] > threshold ? 1 : 0 }
        }
    }

    /// The certainty of one row of places.
    private func weigh(
        _ frame: UnsafeRawPointer, _ weights: UnsafeBufferPointer<Float>, _ number: Int, _ columns: ClosedRange<Int>
    ) {
        let (first, count) = (columns.lowerBound, columns.count)
        guard let sums = row.baseAddress.map({ $0 + first }) else { return }
        sums.update(repeating: 0, count: count)
        let map = prototypes
        for feature in 0..<map.features {
            let source = number &* map.rowStride &+ feature &* map.featureStride &+ first
            let scale = map.hasOneScale ? 0 : feature
            let factors = (map.scales.zeroPoints[scale], map.scales.scales[scale], weights[feature])
            if map.isWide {
                MaskPainter.add(frame.assumingMemoryBound(to: UInt16.self) + source, factors, to: sums, count)
            } else {
                MaskPainter.add(frame.assumingMemoryBound(to: UInt8.self) + source, factors, to: sums, count)
            }
        }
        // The vendor's library takes the last numbers of a frame, which do not fill a vector, one by one.
        let firstOfTail = map.height * map.width / 4 * 4
        MaskPainter.takeSigmoids(sums, count, vectors: firstOfTail - number * map.width - first)
    }

    /// Adds the weighted real values of one feature.
    @inline(__always)
    private static func add<Number: FixedWidthInteger>(
        _ numbers: UnsafePointer<Number>, _ factors: (zeroPoint: Float, scale: Float, weight: Float),
        to sums: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        for index in 0..<count {
            sums[index] += (Float(numbers[index]) - factors.zeroPoint) * factors.scale * factors.weight
        }
    }

    /// In place. So many from the first one on are taken as the vendor's library takes them in vectors.
    private static func takeSigmoids(_ numbers: UnsafeMutablePointer<Float>, _ count: Int, vectors: Int) {
        let pointer = UnsafeMutableRawPointer(numbers)
        let head = max(min(vectors, count), 0)
        var index = 0
        while index &+ 4 <= head {
            let four = (pointer + 4 &* index).loadUnaligned(as: SIMD4<Float>.self)
            pointer.storeBytes(of: 1 / (1 + Exponential.of(-four)), toByteOffset: 4 &* index, as: SIMD4<Float>.self)
            index &+= 4
        }
        for index in index..<count {
            let exponential =
                index < head
                ? Exponential.of(SIMD4(repeating: -numbers[index]))[0] : Exponential.of(-numbers[index])
            numbers[index] = 1 / (1 + exponential)
        }
    }
}
