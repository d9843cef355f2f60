internal import HailoBase
internal import HailoFormats

/// Which numbers of a row, and how much of each, make up a number of a row of another length: neighbours are weighted by
/// how near they are. The vendor's library uses stb_image_resize for that, with a triangular filter; weights and the order
/// in which they are summed up are the same.
struct Resampling: @unchecked Sendable {
    struct Share: BitwiseCopyable {
        let index: Int32
        var weight: Float
    }

    /// For number i those from `starts[i]` to `starts[i + 1]`.
    private let starts: UnsafeMutableBufferPointer<Int32>
    private let shares: UnsafeMutableBufferPointer<Share>
    let count: Int

    /// Both lengths are at least 1. What it works on lives as long as `memory`, which has to be checked.
    @_optimize(size)
    init(from length: Int, to newLength: Int, _ memory: WorkingMemory) {
        let scale = Float(newLength) / Float(length)
        let lists =
            scale > 1 ? Resampling.widened(length, newLength, scale) : Resampling.narrowed(length, newLength, scale)
        count = newLength
        starts = memory.reserve(newLength + 1)
        shares = memory.reserve(lists.reduce(0) { $0 + $1.count })
        guard memory.hasAll else { return }
        var position = 0
        for (number, list) in lists.enumerated() {
            starts[number] = Int32(truncatingIfNeeded: position)
            for share in list {
                shares[position] = share
                position += 1
            }
        }
        starts[newLength] = Int32(truncatingIfNeeded: position)
    }

    private static func triangle(_ distance: Float) -> Float { distance.magnitude <= 1 ? 1 - distance.magnitude : 0 }

    private static func floor(_ number: Float, plus addend: Double) -> Int {
        Int((Double(number) + addend).rounded(.down))
    }

    private static func clamped(_ index: Int, _ length: Int) -> Int32 {
        Int32(truncatingIfNeeded: min(max(index, 0), length - 1))
    }

    /// Each new number looks for the old ones in reach.
    @_optimize(size)
    private static func widened(_ length: Int, _ newLength: Int, _ scale: Float) -> Series<[Share]> {
        Series(
            (0..<newLength).lazy.map { number in
                let center = Float(number) + 0.5
                let position = center / scale
                let (first, last) = (
                    floor((center - scale) / scale, plus: 0.5), floor((center + scale) / scale, plus: -0.5)
                )
                var total: Float = 0
                var list: [Share] = []
                for old in first...max(first, last) {
                    let weight = triangle(position - (Float(old) + 0.5))
                    guard weight != 0 else { continue }
                    total += weight
                    list.append(Share(index: clamped(old, length), weight: weight))
                }
                for index in list.indices { list[index].weight *= 1 / total }
                return list
            })
    }

    /// Each old number, and those that would be beyond the ends, gives to the new ones in reach.
    @_optimize(size)
    private static func narrowed(_ length: Int, _ newLength: Int, _ scale: Float) -> Series<[Share]> {
        let reach = 1 / scale
        let margin = Int((2 / scale).rounded(.up)) / 2
        var lists = Series(repeatElement([Share](), count: newLength))
        for old in -margin..<(length + margin) {
            let center = Float(old) + 0.5
            let position = center * scale
            let (first, last) = (
                floor((center - reach) * scale, plus: 0.5), floor((center + reach) * scale, plus: -0.5)
            )
            for number in max(first, 0)..<max(min(last, newLength - 1) + 1, max(first, 0)) {
                let weight = triangle(Float(number) + 0.5 - position) * scale
                if weight != 0 { lists[number].append(Share(index: clamped(old, length), weight: weight)) }
            }
        }
        for number in lists.indices {
            let factor = 1 / lists[number].reduce(0) { $0 + $1.weight }
            for index in lists[number].indices { lists[number][index].weight *= factor }
        }
        return lists
    }

    @inline(__always)
    func shares(_ number: Int) -> Slice<UnsafeMutableBufferPointer<Share>> {
        shares[Int(starts[number])..<Int(starts[number + 1])]
    }

    /// The first and the last old number that the given new ones need.
    func needed(_ numbers: Range<Int>) -> ClosedRange<Int>? {
        guard let first = numbers.first, let last = numbers.last, let low = shares(first).first,
            let high = shares(last).last
        else { return nil }
        return Int(low.index)...max(Int(low.index), Int(high.index))
    }
}
