/// A list that grows without moving its elements, in pieces of less than 64 KiB: however long a file makes it, no single
/// allocation is large.
package struct Series<Element>: RandomAccessCollection, MutableCollection, RangeReplaceableCollection,
    ExpressibleByArrayLiteral
{
    private var pieces: [[Element]] = []
    package private(set) var count = 0

    package init() {}

    package init(arrayLiteral elements: Element...) { append(contentsOf: elements) }

    package init(_ elements: some Sequence<Element>) { append(contentsOf: elements) }

    /// The logarithm of how many elements a piece has: no more than 32 KiB of them.
    private static var pieceShift: Int {
        Swift.max(15 - (Int.bitWidth - (MemoryLayout<Element>.stride - 1).leadingZeroBitCount), 0)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(index: Int) -> Element {
        get { pieces[index >> Series.pieceShift][index & (1 << Series.pieceShift - 1)] }
        _modify { yield &pieces[index >> Series.pieceShift][index & (1 << Series.pieceShift - 1)] }
    }

    package mutating func append(_ element: Element) {
        if count & (1 << Series.pieceShift - 1) == 0 { pieces.append([]) }
        pieces[pieces.count - 1].append(element)
        count += 1
    }

    package mutating func append(contentsOf elements: some Sequence<Element>) {
        for element in elements { append(element) }
    }

    /// Not fast: what has many elements is appended to.
    package mutating func replaceSubrange(_ range: Range<Int>, with elements: some Collection<Element>) {
        var result = Series()
        for index in 0..<range.lowerBound { result.append(self[index]) }
        for element in elements { result.append(element) }
        for index in range.upperBound..<count { result.append(self[index]) }
        self = result
    }

    package mutating func removeAll(keepingCapacity: Bool = false) { self = Series() }
}

extension Series: Sendable where Element: Sendable {}
extension Series: Equatable where Element: Equatable {
    package static func == (left: Series, right: Series) -> Bool { left.elementsEqual(right) }
}
