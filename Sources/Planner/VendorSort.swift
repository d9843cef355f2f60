/// Sorts like std::sort of GNU's C++ library, which the vendor's library uses: of elements that compare equal, the order
/// after the sorting is part of where buffers get placed.
enum VendorSort {
    /// Up to this many elements are sorted by insertion.
    private static let fewElements = 16

    static func sort<Element>(_ list: inout [Element], _ isBefore: (Element, Element) -> Bool) {
        guard list.count > 1 else { return }
        let depth = 2 * (Int.bitWidth - 1 - list.count.leadingZeroBitCount)
        partition(&list, 0, list.count, depth, isBefore)
        insert(&list, upTo: min(list.count, fewElements), isBefore)
        for index in min(list.count, fewElements)..<list.count { sink(&list, index, isBefore) }
    }

    /// Quicksort with the median of three, down to parts of few elements.
    private static func partition<Element>(
        _ list: inout [Element], _ first: Int, _ end: Int, _ depth: Int, _ isBefore: (Element, Element) -> Bool
    ) {
        var end = end
        var depth = depth
        while end - first > fewElements {
            guard depth > 0 else {
                // Only lists made to defeat the median come here; a heap sort follows there, with an order of its own.
                list[first..<end].sort(by: isBefore)
                return
            }
            depth -= 1
            list.swapAt(first, median(list, first + 1, first + (end - first) / 2, end - 1, isBefore))
            var low = first + 1
            var high = end
            while true {
                while isBefore(list[low], list[first]) { low += 1 }
                high -= 1
                while isBefore(list[first], list[high]) { high -= 1 }
                guard low < high else { break }
                list.swapAt(low, high)
                low += 1
            }
            partition(&list, low, end, depth, isBefore)
            end = low
        }
    }

    private static func median<Element>(
        _ list: [Element], _ a: Int, _ b: Int, _ c: Int, _ isBefore: (Element, Element) -> Bool
    ) -> Int {
        if isBefore(list[a], list[b]) {
            return isBefore(list[b], list[c]) ? b : isBefore(list[a], list[c]) ? c : a
        }
        return isBefore(list[a], list[c]) ? a : isBefore(list[b], list[c]) ? c : b
    }

    private static func insert<Element>(
        _ list: inout [Element], upTo end: Int, _ isBefore: (Element, Element) -> Bool
    ) {
        for index in 1..<end {
            let element = list[index]
            if isBefore(element, list[0]) {
                list.remove(at: index)
                list.insert(element, at: 0)
            } else {
                sink(&list, index, isBefore)
            }
        }
    }

    /// Moves an element back to its place among those before it, of which one is known not to come after it.
    private static func sink<Element>(
        _ list: inout [Element], _ index: Int, _ isBefore: (Element, Element) -> Bool
    ) {
        let element = list[index]
        var hole = index
        while hole > 0, isBefore(element, list[hole - 1]) {
            list[hole] = list[hole - 1]
            hole -= 1
        }
        list[hole] = element
    }
}
