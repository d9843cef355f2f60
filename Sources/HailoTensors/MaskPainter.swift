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
        for number in y {
            for column in x { line[column] = 0 }
            for share in rows.shares(number) {
                let source = Int(share.index) * columns.count
                for column in x { line[column] += widened[source + column] * share.weight }
            }
            let target = mask + (number - top) * width
            for column in x where line[column] > threshold { target[column - left] = 1 }
        }
    }

    /// The certainty of one row of places.
    private func weigh(
        _ frame: UnsafeRawPointer, _ weights: UnsafeBufferPointer<Float>, _ number: Int, _ columns: ClosedRange<Int>
    ) {
        for column in columns { row[column] = 0 }
        let map = prototypes
        for feature in 0..<map.features {
            let source = number &* map.rowStride &+ feature &* map.featureStride
            let weight = weights[feature]
            for column in columns { row[column] += map.real(map.stored(frame, source &+ column), feature) * weight }
        }
        // The vendor's library takes the last numbers of a frame, which do not fill a vector, one by one.
        let firstOfTail = map.height * map.width / 4 * 4
        for column in columns {
            let exponential =
                number * map.width + column < firstOfTail
                ? Exponential.of(SIMD4(repeating: -row[column]))[0] : Exponential.of(-row[column])
            row[column] = 1 / (1 + exponential)
        }
    }
}
