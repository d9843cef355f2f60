/// A number as the chip stores it.
package protocol StoredNumber: FixedWidthInteger, UnsignedInteger {
    associatedtype Lanes: BitwiseCopyable

    /// Sixteen bytes of numbers less `low`, wrapping around.
    static func counted(_ numbers: UnsafeRawPointer, from low: Self) -> Lanes
    static func smaller(_ first: Lanes, _ second: Lanes) -> Lanes
    static func lanes(_ number: Self) -> Lanes
    /// Where sixteen bytes of numbers are larger than `values` they take their place, and `feature` that of `winners`.
    static func takeLarger(_ numbers: UnsafeRawPointer, _ feature: Self, _ values: inout Lanes, _ winners: inout Lanes)
}

extension UInt8: StoredNumber {
    @inline(__always)
    package static func counted(_ numbers: UnsafeRawPointer, from low: UInt8) -> SIMD16<UInt8> {
        numbers.loadUnaligned(as: SIMD16<UInt8>.self) &- low
    }

    @inline(__always)
    package static func smaller(_ first: SIMD16<UInt8>, _ second: SIMD16<UInt8>) -> SIMD16<UInt8> {
        first.replacing(with: second, where: second .< first)
    }

    @inline(__always)
    package static func lanes(_ number: UInt8) -> SIMD16<UInt8> { SIMD16(repeating: number) }

    @inline(__always)
    package static func takeLarger(
        _ numbers: UnsafeRawPointer, _ feature: UInt8, _ values: inout SIMD16<UInt8>, _ winners: inout SIMD16<UInt8>
    ) {
        let new = numbers.loadUnaligned(as: SIMD16<UInt8>.self)
        let isLarger = new .> values
        values.replace(with: new, where: isLarger)
        winners.replace(with: feature, where: isLarger)
    }
}

extension UInt16: StoredNumber {
    @inline(__always)
    package static func counted(_ numbers: UnsafeRawPointer, from low: UInt16) -> SIMD8<UInt16> {
        numbers.loadUnaligned(as: SIMD8<UInt16>.self) &- low
    }

    @inline(__always)
    package static func smaller(_ first: SIMD8<UInt16>, _ second: SIMD8<UInt16>) -> SIMD8<UInt16> {
        first.replacing(with: second, where: second .< first)
    }

    @inline(__always)
    package static func lanes(_ number: UInt16) -> SIMD8<UInt16> { SIMD8(repeating: number) }

    @inline(__always)
    package static func takeLarger(
        _ numbers: UnsafeRawPointer, _ feature: UInt16, _ values: inout SIMD8<UInt16>, _ winners: inout SIMD8<UInt16>
    ) {
        let new = numbers.loadUnaligned(as: SIMD8<UInt16>.self)
        let isLarger = new .> values
        values.replace(with: new, where: isLarger)
        winners.replace(with: feature, where: isLarger)
    }
}

/// Finds the columns in which a number of some rows is large enough. Numbers are looked at as they are stored: those from
/// `low` to `low` + n are the ones that, counted from `low` and wrapping around, are n at most.
enum ColumnScan {
    /// For each column the smallest number counted from `low`, or what `minima` holds already if that is smaller.
    /// `source` points to rows of `stride` numbers.
    @inline(__always)
    static func run<Number: StoredNumber>(
        _ source: UnsafePointer<Number>, stride: Int, rows: Int, columns: Int, from low: Number,
        into minima: UnsafeMutablePointer<Number>
    ) {
        let lanes = 16 / MemoryLayout<Number>.size
        guard columns >= lanes else {
            for row in 0..<rows {
                let numbers = source + row &* stride
                for column in 0..<columns { minima[column] = min(minima[column], numbers[column] &- low) }
            }
            return
        }
        let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(minima))
        let size = MemoryLayout<Number>.size
        var column = 0
        while column < columns {
            // The last block overlaps the one before it.
            let start = min(column, columns - lanes) &* size
            var smallest = (to + start).loadUnaligned(as: Number.Lanes.self)
            var numbers = from + start
            for _ in 0..<rows {
                smallest = Number.smaller(smallest, Number.counted(numbers, from: low))
                numbers += stride &* size
            }
            to.storeBytes(of: smallest, toByteOffset: start, as: Number.Lanes.self)
            column += lanes
        }
    }
}
