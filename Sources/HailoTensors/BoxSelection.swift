package import HailoBase
internal import HailoFormats

/// Two corners: top, left, bottom and right.
package typealias Box = SIMD4<Float>

/// Non-maximum suppression: of candidates of one class whose boxes overlap, the one with the highest score stays.
///
/// Candidates are taken in the vendor's order and only until there are as many boxes as are wanted, so that most of them
/// are neither sorted nor decoded.
package final class BoxSelection: @unchecked Sendable {
    package struct Kept: BitwiseCopyable {
        package let box: Box
        package let score: Float
        package let label: UInt32
        package let place: UInt32
        /// The next one of its class, or -1.
        package fileprivate(set) var next: Int32
    }

    /// The boxes of a class.
    private struct List {
        var first: Int32 = -1
        var last: Int32 = -1
        var count: Int32 = 0
        /// Candidates with a score of 0, which the vendor's library counts and does not deliver.
        var zeros: Int32 = 0
        /// The same boxes in fours.
        var firstFour: Int32 = -1
        var lastFour: Int32 = -1
    }

    /// Four boxes of a class, side by side; what is not there yet overlaps with nothing.
    private struct Four {
        var top = SIMD4<Float>(repeating: .infinity)
        var left = SIMD4<Float>(repeating: .infinity)
        var bottom = SIMD4<Float>(repeating: -.infinity)
        var right = SIMD4<Float>(repeating: -.infinity)
        var area = SIMD4<Float>()
        var next: Int32 = -1
    }

    /// What ends the selection.
    package struct Limits {
        /// In one class; nil for any number.
        package let perClass: Int?
        package let total: Int

        package init(perClass: Int?, total: Int) {
            (self.perClass, self.total) = (perClass, total)
        }
    }

    private let limits: Limits
    private let kept: UnsafeMutableBufferPointer<Kept>
    private let lists: UnsafeMutableBufferPointer<List>
    private let fours: UnsafeMutableBufferPointer<Four>
    private var fourCount = 0
    /// The boxes of places that have been decoded for this frame.
    private let boxes: UnsafeMutableBufferPointer<Box>
    private let frameOfBox: UnsafeMutableBufferPointer<UInt32>
    private var frame: UInt32 = 0
    package private(set) var count = 0

    /// There are never more boxes than `capacity`.
    package init(
        classes: Int, places: Int, capacity: Int, _ limits: Limits, _ memory: WorkingMemory
    ) {
        self.limits = limits
        var most = min(limits.total, capacity)
        if let perClass = limits.perClass {
            let (product, overflows) = perClass.multipliedReportingOverflow(by: classes)
            if !overflows { most = min(most, product) }
        }
        kept = memory.reserve(most)
        lists = memory.reserve(classes)
        fours = memory.reserve(most)
        boxes = memory.reserve(places)
        frameOfBox = memory.reserve(places)
        frameOfBox.initialize(repeating: 0)
    }

    /// Chooses among a frame's candidates. `decode` gives the box of a place. With `marks`, those that others cover lose
    /// their score.
    package func run(
        _ candidates: UnsafeMutableBufferPointer<Candidate>, overlap threshold: Float, marks: Bool = false,
        decode: (Int) -> Box
    ) {
        begin()
        var sort = VendorSort(candidates)
        var number = 0
        var openClasses = lists.count
        while count < limits.total, openClasses > 0, let candidate = sort.element(number) {
            number += 1
            let label = Int(candidate.label)
            guard label < lists.count, candidate.score != 0 else {
                if label < lists.count { lists[label].zeros &+= 1 }
                continue
            }
            if let most = limits.perClass, lists[label].count >= most { continue }
            let box = box(Int(candidate.place), decode)
            guard !isCovered(box, lists[label], threshold) else {
                if marks { candidates[number - 1].score = 0 }
                continue
            }
            // A box that is none has no place in any list.
            guard box == box, count < kept.count else { continue }
            keep(Kept(box: box, score: candidate.score, label: candidate.label, place: candidate.place, next: -1))
            if let most = limits.perClass, lists[label].count >= most { openClasses -= 1 }
        }
    }

    private func begin() {
        (count, fourCount) = (0, 0)
        lists.update(repeating: List())
        frame &+= 1
        if frame == 0 {
            frameOfBox.update(repeating: 0)
            frame = 1
        }
    }

    private func box(_ place: Int, _ decode: (Int) -> Box) -> Box {
        guard place < boxes.count else { return Box(repeating: .nan) }
        if frameOfBox[place] != frame {
            boxes[place] = decode(place)
            frameOfBox[place] = frame
        }
        return boxes[place]
    }

    private func keep(_ entry: Kept) {
        kept[count] = entry
        let index = Int32(truncatingIfNeeded: count)
        count += 1
        let label = Int(entry.label)
        if lists[label].last >= 0 {
            kept[Int(lists[label].last)].next = index
        } else {
            lists[label].first = index
        }
        lists[label].last = index
        if lists[label].count % 4 == 0 {
            let four = Int32(truncatingIfNeeded: fourCount)
            fours[fourCount] = Four()
            fourCount += 1
            if lists[label].lastFour >= 0 {
                fours[Int(lists[label].lastFour)].next = four
            } else {
                lists[label].firstFour = four
            }
            lists[label].lastFour = four
        }
        let (four, lane) = (Int(lists[label].lastFour), Int(lists[label].count) % 4)
        fours[four].top[lane] = entry.box[0]
        fours[four].left[lane] = entry.box[1]
        fours[four].bottom[lane] = entry.box[2]
        fours[four].right[lane] = entry.box[3]
        fours[four].area[lane] = BoxSelection.area(entry.box)
        lists[label].count += 1
    }

    @inline(__always)
    private static func area(_ box: Box) -> Float { (box[2] - box[0]) * (box[3] - box[1]) }

    /// Whether the intersection with a box of the list, in relation to the union, is as large.
    private func isCovered(_ box: Box, _ list: List, _ threshold: Float) -> Bool {
        // Boxes that do not touch have an intersection of nothing.
        guard threshold > 0 else { return list.count > 0 }
        let area = BoxSelection.area(box)
        var index = list.firstFour
        while index >= 0 {
            let others = fours[Int(index)]
            let width = BoxSelection.smaller(others.right, box[3]) - BoxSelection.larger(others.left, box[1])
            let height = BoxSelection.smaller(others.bottom, box[2]) - BoxSelection.larger(others.top, box[0])
            let touches = (width .> 0) .& (height .> 0)
            if any(touches) {
                let intersection = width * height
                let share = intersection / (others.area + area - intersection)
                if any(touches .& (share .>= threshold)) { return true }
            }
            index = others.next
        }
        return false
    }

    @inline(__always)
    private static func smaller(_ lanes: SIMD4<Float>, _ number: Float) -> SIMD4<Float> {
        lanes.replacing(with: number, where: lanes .> number)
    }

    @inline(__always)
    private static func larger(_ lanes: SIMD4<Float>, _ number: Float) -> SIMD4<Float> {
        lanes.replacing(with: number, where: lanes .< number)
    }

    // MARK: What was chosen

    /// In the order of their scores.
    package subscript(index: Int) -> Kept { kept[index] }

    /// How many boxes a class has, together with its candidates without a score.
    package func counted(_ label: Int) -> Int {
        let count = Int(lists[label].count) + Int(lists[label].zeros)
        return min(count, limits.perClass ?? count)
    }

    package func forEach(ofClass label: Int, _ body: (Kept) -> Void) {
        var index = lists[label].first
        while index >= 0 {
            body(kept[Int(index)])
            index = kept[Int(index)].next
        }
    }
}
