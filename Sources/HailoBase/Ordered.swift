extension Sequence {
    /// The elements in order; those of which none comes before the other stay as they are.
    ///
    /// The standard library's `sorted` is compiled again for every type that is sorted, which is thousands of bytes each time;
    /// this is a few hundred.
    package func ordered(by isBefore: (Element, Element) -> Bool) -> [Element] {
        let elements = Array(self)
        return orderedPlaces(elements.count) { isBefore(elements[$0], elements[$1]) }.map { elements[$0] }
    }
}

/// Sorts the numbers of `count` elements by merging longer and longer parts.
@inline(never)
private func orderedPlaces(_ count: Int, _ isBefore: (Int, Int) -> Bool) -> [Int] {
    var places = Array(0..<count)
    var length = 1
    while length < count {
        var merged: [Int] = []
        merged.reserveCapacity(count)
        var start = 0
        while start < count {
            let middle = min(start + length, count)
            let end = min(middle + length, count)
            var (left, right) = (start, middle)
            while left < middle || right < end {
                let takesRight = left == middle || right < end && isBefore(places[right], places[left])
                merged.append(places[takesRight ? right : left])
                if takesRight { right += 1 } else { left += 1 }
            }
            start = end
        }
        places = merged
        length *= 2
    }
    return places
}
