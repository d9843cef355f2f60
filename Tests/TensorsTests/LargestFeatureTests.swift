import HailoBase
import HailoFormats
import HailoTensors
import Testing

/// The largest feature of each pixel against a plain loop, for every order of the chip.
@Suite struct LargestFeatureTests {
    private static let shapes: [(height: UInt32, width: UInt32, features: UInt32)] = [
        (1, 1, 1), (2, 7, 3), (3, 8, 21), (2, 16, 19), (2, 17, 255), (1, 31, 40), (2, 33, 300), (1, 40, 1000),
    ]

    @Test(arguments: shapes, [Order.nhcw, .nhwc, .f8cr])
    func asInAPlainLoop(_ size: (height: UInt32, width: UInt32, features: UInt32), _ order: Order) throws {
        for type in [NumberType.uint8, .uint16] {
            try compare(size, order, type)
        }
    }

    private func compare(
        _ size: (height: UInt32, width: UInt32, features: UInt32), _ order: Order, _ type: NumberType
    ) throws {
        let shape = Shape(size.height, size.width, size.features)
        let padded = Shape(
            size.height, size.width + 3, (size.features + 7) / 8 * 8)
        let tensor = ChipTensor(
            name: Name("layer"), shape: shape, paddedShape: padded, format: Format(type, order),
            quantizations: [.none])
        let memory = WorkingMemory()
        let largest = try LargestFeature(tensor, as: .uint16, memory)
        try memory.check()
        let (width, features) = (Int(padded.width), Int(padded.features))
        let isWide = type == .uint16
        var state = UInt32(size.width &* 7919 &+ size.features)
        // Few different numbers, so that many are equal.
        let numbers = (0..<(largest.sourceSize / (isWide ? 2 : 1))).map { _ -> UInt16 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt16(truncatingIfNeeded: state >> 27) &* (isWide ? 2047 : 8)
        }
        let source = isWide ? numbers.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } : numbers.map { UInt8($0) }
        let (from, to) = (
            UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64),
            UnsafeMutableRawBufferPointer.allocate(byteCount: largest.targetSize, alignment: 64)
        )
        defer {
            from.deallocate()
            to.deallocate()
        }
        from.copyBytes(from: source)
        try largest.run(UnsafeRawBufferPointer(from), to: to)
        for row in 0..<Int(shape.height) {
            for column in 0..<Int(shape.width) {
                func number(_ feature: Int) -> UInt16 {
                    switch order {
                    case .nhcw: numbers[(row * features + feature) * width + column]
                    case .nhwc: numbers[(row * width + column) * features + feature]
                    default: numbers[row * width * features + feature / 8 * 8 * width + column * 8 + feature % 8]
                    }
                }
                var expected = 0
                for feature in 1..<max(Int(shape.features), 1) where number(feature) > number(expected) {
                    expected = feature
                }
                let place = 2 * (row * Int(shape.width) + column)
                let found = Int(to.loadUnaligned(fromByteOffset: place, as: UInt16.self))
                #expect(found == expected, "row \(row), column \(column)")
            }
        }
    }
}
