internal import HailoFormats
internal import CHailoPlatform

/// Exponentials as the vendor's library gets them: four numbers at a time by a polynomial, in the order of operations of
/// the library that it uses for vectors, so that results equal its own to the last bit; what is left over by expf.
enum Exponential {
    /// Larger numbers would be infinite, smaller ones are as good as nothing.
    private static let limit: Float = 88.723
    private static let perLogarithm: Float = 1.44269504088896341
    /// The logarithm of 2 in two parts, of which the first has few bits.
    private static let logarithm: (Float, Float) = (-0.693359375, 2.12194440e-4)
    /// Floating point numbers from here to twice as much have a distance of 1.
    private static let rounding: Float = 12_582_912

    @inline(__always)
    static func of(_ numbers: SIMD4<Float>) -> SIMD4<Float> {
        let low = numbers.replacing(with: limit, where: numbers .> limit)
        let clipped = low.replacing(with: -limit, where: low .< -limit)
        let quotient = clipped * perLogarithm + 0.5
        let rounded = (quotient + rounding) - rounding
        let power = rounded.replacing(with: rounded - 1, where: rounded .> quotient)
        let rest = power * logarithm.1 + (power * logarithm.0 + clipped)
        let square = rest * rest
        let high = (rest * 1.9875691500e-4 + 1.3981999507e-3) * rest + 8.3334519073e-3
        let middle = (rest * 4.1665795894e-2 + 1.6666665459e-1) * rest + 5.0000001201e-1
        let polynomial = (high * (square * rest) + middle) * square + (rest + 1)
        // Two powers of two, because one of them does not reach the smallest numbers.
        let exponent =
            unsafeBitCast(power + rounding, to: SIMD4<Int32>.self) &- Int32(bitPattern: rounding.bitPattern)
        let half = exponent &>> 1
        let result = polynomial * powerOfTwo(half) * powerOfTwo(exponent &- half)
        return result.replacing(with: numbers, where: numbers .> result)
    }

    @inline(__always)
    private static func powerOfTwo(_ exponent: SIMD4<Int32>) -> SIMD4<Float> {
        unsafeBitCast((exponent &+ 127) &<< 23, to: SIMD4<Float>.self)
    }

    static func of(_ number: Float) -> Float { expf(number) }

    /// 1 / (1 + e^-x).
    static func sigmoid(_ number: Float) -> Float { 1 / (1 + expf(-number)) }
}

/// Numbers in relation to the sum of all, after their exponentials have been taken.
package enum Softmax {
    /// In place. `misalignment` is how many numbers after a multiple of four the vendor's library has the first one in
    /// memory: in which order it sums up depends on that.
    package static func run(_ numbers: UnsafeMutablePointer<Float>, _ count: Int, misalignment: Int = 0) {
        guard count > 0 else { return }
        let head = min((4 - misalignment & 3) & 3, count)
        let end = head + (count - head) / 4 * 4
        let largest = largest(numbers, count)
        // Beyond that the sum could be infinite, or nothing at all.
        let limit = 88 - Float(Int.bitWidth - count.leadingZeroBitCount)
        guard largest > -limit, largest < limit else { return runFromLargest(numbers, count, largest) }
        let pointer = UnsafeMutableRawPointer(numbers)
        for index in 0..<head { numbers[index] = Exponential.of(numbers[index]) }
        for index in stride(from: head, to: end, by: 4) {
            let four = (pointer + 4 &* index).loadUnaligned(as: SIMD4<Float>.self)
            pointer.storeBytes(of: Exponential.of(four), toByteOffset: 4 &* index, as: SIMD4<Float>.self)
        }
        for index in end..<count { numbers[index] = Exponential.of(numbers[index]) }
        let total = sum(numbers, count, from: head, to: end)
        for index in 0..<count { numbers[index] /= total }
    }

    /// Whatever is NaN does not count.
    @inline(__always)
    private static func largest(_ numbers: UnsafePointer<Float>, _ count: Int) -> Float {
        let pointer = UnsafeRawPointer(numbers)
        var four = SIMD4<Float>(repeating: -.infinity)
        var index = 0
        while index &+ 4 <= count {
            let next = (pointer + 4 &* index).loadUnaligned(as: SIMD4<Float>.self)
            four.replace(with: next, where: next .> four)
            index &+= 4
        }
        var largest = four[0]
        for lane in 1..<4 where four[lane] > largest { largest = four[lane] }
        for index in index..<count where numbers[index] > largest { largest = numbers[index] }
        return largest
    }

    /// The same for numbers whose exponentials have no good sum. The vendor's library delivers zeros or worse for them.
    private static func runFromLargest(_ numbers: UnsafeMutablePointer<Float>, _ count: Int, _ largest: Float) {
        let most = max(min(largest, Float.greatestFiniteMagnitude), -Float.greatestFiniteMagnitude)
        var total: Float = 0
        for index in 0..<count {
            numbers[index] = Exponential.of(min(numbers[index], most) - most)
            total += numbers[index]
        }
        for index in 0..<count { numbers[index] /= total }
    }

    /// Eight at a time in two sums, then four, then their halves, then what is in front and behind.
    @inline(__always)
    private static func sum(
        _ numbers: UnsafePointer<Float>, _ count: Int, from head: Int, to end: Int
    ) -> Float {
        guard end > head else {
            var total = numbers[0]
            for index in 1..<count { total += numbers[index] }
            return total
        }
        let pointer = UnsafeRawPointer(numbers)
        func four(_ index: Int) -> SIMD4<Float> { (pointer + 4 &* index).loadUnaligned(as: SIMD4<Float>.self) }
        var sums = four(head)
        if end - head > 4 {
            var others = four(head + 4)
            let evenEnd = head + (end - head) / 8 * 8
            for index in stride(from: head + 8, to: evenEnd, by: 8) {
                sums += four(index)
                others += four(index + 4)
            }
            sums += others
            if evenEnd < end { sums += four(evenEnd) }
        }
        var total = (sums[0] + sums[2]) + (sums[1] + sums[3])
        for index in 0..<head { total += numbers[index] }
        for index in end..<count { total += numbers[index] }
        return total
    }
}
