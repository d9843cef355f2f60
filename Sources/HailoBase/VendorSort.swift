/// What `VendorSort` sorts.
package protocol VendorSortable {
    static func isBefore(_ first: Self, _ second: Self) -> Bool
}

/// Sorts like std::sort of GNU's C++ library, which the vendor's library uses: where elements that compare equal end up is
/// part of what it sends to the chip and of what it delivers.
///
/// The parts into which quicksort cuts a list are sorted one after the other, from the first on, and only as far as somebody
/// asks: each by itself ends up as it would if all were sorted.
package struct VendorSort<Element: VendorSortable> {
    private struct Part {
        var start: Int
        var end: Int
        /// How often it may still be cut.
        var depth: Int
    }

    private let elements: UnsafeMutableBufferPointer<Element>
    /// The parts that are left, the first of them last. There are never more than cuts in depth.
    private var parts: InlineArray<128, Part>
    private var partCount: Int
    /// So many elements stand at their place already.
    private var sortedCount = 0

    /// Up to this many elements are sorted by insertion.
    private static var fewElements: Int { 16 }

    /// Nobody else may touch the list's elements from here on.
    package init(_ list: UnsafeMutableBufferPointer<Element>) {
        parts = InlineArray(repeating: Part(start: 0, end: 0, depth: 0))
        elements = list
        partCount = list.isEmpty ? 0 : 1
        parts[0] = Part(
            start: 0, end: list.count, depth: 2 * (Int.bitWidth - 1 - list.count.leadingZeroBitCount))
    }

    package static func sort(_ list: UnsafeMutableBufferPointer<Element>) {
        var sort = VendorSort(list)
        while sort.partCount > 0 { sort.sortNextPart() }
    }

    /// The element with this number in the sorted list; nil behind the last. Numbers must not fall from call to call.
    package mutating func element(_ number: Int) -> Element? {
        while number >= sortedCount {
            guard partCount > 0 else { return nil }
            sortNextPart()
        }
        return elements[number]
    }

    private mutating func sortNextPart() {
        partCount -= 1
        var part = parts[partCount]
        while part.end - part.start > VendorSort.fewElements {
            guard part.depth > 0 else {
                sortAsHeap(part)
                break
            }
            part.depth -= 1
            let cut = cut(part)
            parts[partCount] = Part(start: cut, end: part.end, depth: part.depth)
            partCount += 1
            part.end = cut
        }
        if part.end - part.start <= VendorSort.fewElements { insert(part) }
        sortedCount = part.end
    }

    /// Cuts a part in two around the median of three elements, and returns where.
    private func cut(_ part: Part) -> Int {
        let pivot = part.start
        swap(pivot, median(part.start + 1, part.start + (part.end - part.start) / 2, part.end - 1))
        var low = part.start + 1
        var high = part.end
        while true {
            while Element.isBefore(elements[low], elements[pivot]) { low += 1 }
            high -= 1
            while Element.isBefore(elements[pivot], elements[high]) { high -= 1 }
            guard low < high else { return low }
            swap(low, high)
            low += 1
        }
    }

    private func swap(_ a: Int, _ b: Int) {
        let element = elements[a]
        elements[a] = elements[b]
        elements[b] = element
    }

    private func median(_ a: Int, _ b: Int, _ c: Int) -> Int {
        func isBefore(_ first: Int, _ second: Int) -> Bool { Element.isBefore(elements[first], elements[second]) }
        if isBefore(a, b) { return isBefore(b, c) ? b : isBefore(a, c) ? c : a }
        return isBefore(a, c) ? a : isBefore(b, c) ? c : b
    }

    private func insert(_ part: Part) {
        for index in part.start..<part.end {
            let element = elements[index]
            var hole = index
            while hole > part.start, Element.isBefore(element, elements[hole - 1]) {
                elements[hole] = elements[hole - 1]
                hole -= 1
            }
            elements[hole] = element
        }
    }

    // MARK: Parts that were cut too often

    private func sortAsHeap(_ part: Part) {
        let heap = UnsafeMutableBufferPointer(rebasing: elements[part.start..<part.end])
        var count = part.end - part.start
        for hole in stride(from: (count - 2) / 2, through: 0, by: -1) { sift(heap, heap[hole], from: hole, count) }
        while count > 1 {
            count -= 1
            let last = heap[count]
            heap[count] = heap[0]
            sift(heap, last, from: 0, count)
        }
    }

    /// Puts an element into a heap that has a hole: down to the end of the heap first, then up to its place.
    private func sift(
        _ heap: UnsafeMutableBufferPointer<Element>, _ element: Element, from start: Int, _ count: Int
    ) {
        var hole = start
        while 2 * hole + 2 < count {
            var child = 2 * hole + 2
            if Element.isBefore(heap[child], heap[child - 1]) { child -= 1 }
            heap[hole] = heap[child]
            hole = child
        }
        if 2 * hole + 2 == count {
            heap[hole] = heap[count - 1]
            hole = count - 1
        }
        while hole > start {
            let parent = (hole - 1) / 2
            guard Element.isBefore(heap[parent], element) else { break }
            heap[hole] = heap[parent]
            hole = parent
        }
        heap[hole] = element
    }
}
