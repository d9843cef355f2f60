import HailoBase
import HailoTensors
import Testing
import HailoFormats

/// The fast loops against plain formulas, over sizes that meet every way they take.
@Suite struct FastLoopTests {
    /// A frame's numbers: (row, column, feature) to where they lie, in a frame of this shape.
    private static func index(_ order: Order, _ shape: Shape, _ row: Int, _ column: Int, _ feature: Int) -> Int {
        let (height, width, features) = (Int(shape.height), Int(shape.width), Int(shape.features))
        switch order {
        case .nhcw: return (row * features + feature) * width + column
        case .nchw: return (feature * height + row) * width + column
        case .f8cr: return row * width * features + feature / 8 * 8 * width + column * 8 + feature % 8
        default: return (row * width + column) * features + feature
        }
    }

    private static func stored(_ value: Float, _ quantization: Quantization, bits: Int) -> UInt32 {
        var value = value
        if quantization.zeroPoint != 0 || quantization.scale != 1 {
            if value >= quantization.maximum {
                value = quantization.maximum
            } else if value <= quantization.minimum {
                value = quantization.minimum
            }
            value = value / quantization.scale + quantization.zeroPoint
        }
        let rounded = value.rounded(.toNearestOrEven)
        guard rounded > -2_147_483_904, rounded < 2_147_483_648 else { return 0 }
        return UInt32(bitPattern: Int32(rounded)) & (bits == 8 ? 0xff : 0xffff)
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ type: NumberType, _ index: Int) -> UInt32 {
        switch type {
        case .uint8: UInt32(bytes[index])
        case .uint16: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        default: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        }
    }

    private static func run(_ transform: FrameTransform, _ source: [UInt8]) throws -> [UInt8] {
        // Everything ends exactly at the end of its memory, so that a sanitizer sees what goes beyond.
        func memory(_ count: Int) -> UnsafeMutableRawBufferPointer { .allocate(byteCount: count, alignment: 64) }
        let (from, to) = (memory(transform.sourceSize), memory(transform.targetSize))
        let scratch = memory(transform.scratchSize)
        defer { for buffer in [from, to, scratch] { buffer.deallocate() } }
        from.copyBytes(from: source.prefix(transform.sourceSize))
        to.initializeMemory(as: UInt8.self, repeating: 0)
        try transform.run(UnsafeRawBufferPointer(from), to: to, scratch: scratch)
        return Array(to)
    }

    private static let shapes: [(UInt32, UInt32)] =
        (1...34).map { (UInt32($0), 3) } + (1...20).map { (16, UInt32($0)) } + (1...20).map { (23, UInt32($0)) }
        + [(7, 5), (8, 8), (9, 17), (40, 64), (64, 40), (65, 33), (5, 70), (70, 5), (1, 100), (100, 1)]

    private static func form(_ shape: (UInt32, UInt32), _ type: NumberType, _ order: Order, padding: UInt32 = 0)
        -> TensorForm
    {
        TensorForm(Shape(3, shape.0 + padding, shape.1), Format(type, order))
    }

    @Test(arguments: [NumberType.uint8, .uint16], [0, 3] as [UInt32])
    func toTheChip(type: NumberType, padding: UInt32) throws {
        var random = SystemRandomNumberGenerator()
        for shape in FastLoopTests.shapes {
            for (order, chip) in [(Order.nhwc, Order.nhcw), (.nhcw, .nhcw), (.nhwc, .nhwc), (.nhwc, .f8cr)] {
                guard chip != .f8cr || shape.1 % 8 == 0 else { continue }
                let source = FastLoopTests.form(shape, type, order)
                let target = FastLoopTests.form(shape, type, chip, padding: padding)
                let transform = try FrameTransform(.input, from: source, to: target, [])
                let given = (0..<transform.sourceSize).map { _ in UInt8.random(in: 0...255, using: &random) }
                let taken = try FastLoopTests.run(transform, given)
                expectSame(given, source, taken, target, shape, "\(order) \(chip) \(shape) \(padding)")
            }
        }
    }

    @Test(arguments: [NumberType.uint8, .uint16])
    func fromTheChip(type: NumberType) throws {
        var random = SystemRandomNumberGenerator()
        for shape in FastLoopTests.shapes {
            for (chip, order) in [(Order.nhcw, Order.nhwc), (.nhcw, .nchw), (.nhwc, .nhwc), (.f8cr, .nhwc)] {
                guard chip != .f8cr || shape.1 % 8 == 0 else { continue }
                let source = FastLoopTests.form(shape, type, chip, padding: 5)
                let target = FastLoopTests.form(shape, type, order)
                let quantization = [Quantization(zeroPoint: 3, scale: 0.25, minimum: 0, maximum: 1)]
                let transform = try FrameTransform(.output, from: source, to: target, quantization)
                let given = (0..<transform.sourceSize).map { _ in UInt8.random(in: 0...255, using: &random) }
                let taken = try FastLoopTests.run(transform, given)
                expectSame(given, source, taken, target, shape, "\(chip) \(order) \(shape)")
            }
        }
    }

    private func expectSame(
        _ given: [UInt8], _ source: TensorForm, _ taken: [UInt8], _ target: TensorForm, _ shape: (UInt32, UInt32),
        _ what: String
    ) {
        given.withUnsafeBytes { given in
            taken.withUnsafeBytes { taken in
                var wrong = 0
                for row in 0..<3 {
                    for column in 0..<Int(shape.0) {
                        for feature in 0..<Int(shape.1) {
                            let from = FastLoopTests.index(source.format.order, source.shape, row, column, feature)
                            let to = FastLoopTests.index(target.format.order, target.shape, row, column, feature)
                            let isSame =
                                FastLoopTests.number(given, source.format.type, from)
                                == FastLoopTests.number(taken, target.format.type, to)
                            if !isSame { wrong += 1 }
                        }
                    }
                }
                #expect(wrong == 0, "\(what)")
            }
        }
    }

    @Test(arguments: [NumberType.uint8, .uint16], [Order.nhwc, .nchw])
    func numbersFromTheChip(type: NumberType, order: Order) throws {
        var random = SystemRandomNumberGenerator()
        for (index, shape) in FastLoopTests.shapes.enumerated() {
            let scales = (0..<(index % 2 == 0 ? 1 : Int(shape.1))).map {
                Quantization(zeroPoint: 7.5 + Float($0), scale: 0.3 + Float($0), minimum: 0, maximum: 1)
            }
            let source = FastLoopTests.form(shape, type, .nhcw, padding: 2)
            let target = FastLoopTests.form(shape, .float32, order)
            let transform = try FrameTransform(.output, from: source, to: target, scales)
            let given = (0..<transform.sourceSize).map { _ in UInt8.random(in: 0...255, using: &random) }
            let taken = try FastLoopTests.run(transform, given)
            var wrong = 0
            given.withUnsafeBytes { given in
                taken.withUnsafeBytes { taken in
                    for row in 0..<3 {
                        for column in 0..<Int(shape.0) {
                            for feature in 0..<Int(shape.1) {
                                let from = FastLoopTests.index(.nhcw, source.shape, row, column, feature)
                                let to = FastLoopTests.index(order, target.shape, row, column, feature)
                                let scale = scales[feature % scales.count]
                                let stored = FastLoopTests.number(given, type, from)
                                let expected = (Float(stored) - scale.zeroPoint) * scale.scale
                                if taken.loadUnaligned(fromByteOffset: 4 * to, as: Float.self) != expected {
                                    wrong += 1
                                }
                            }
                        }
                    }
                }
            }
            #expect(wrong == 0, "\(shape)")
        }
    }

    private static let quantizations = [
        Quantization(zeroPoint: 101, scale: 0.498, minimum: -50.5, maximum: 78.25),
        Quantization(zeroPoint: 0, scale: 0.25, minimum: 0, maximum: 63.75),
        Quantization(zeroPoint: 0, scale: 1, minimum: 0, maximum: 255),
        Quantization(zeroPoint: 3, scale: -0.5, minimum: -10, maximum: 10),
        Quantization(zeroPoint: 1000, scale: 1e-6, minimum: -1e6, maximum: 1e6),
        Quantization(zeroPoint: 5, scale: 2, minimum: 10, maximum: -10),
        Quantization(zeroPoint: 5, scale: 0, minimum: -1, maximum: 1),
        Quantization(zeroPoint: 5, scale: 1, minimum: -.infinity, maximum: .infinity),
        Quantization(zeroPoint: 5, scale: 1, minimum: .nan, maximum: .nan),
        Quantization(zeroPoint: .nan, scale: 1, minimum: -1, maximum: 1),
    ]

    /// Floating point numbers of every kind: any bits, values around halves and limits, infinite ones and NaN.
    @Test(arguments: quantizations, [NumberType.uint8, .uint16])
    func numbersToTheChip(quantization: Quantization, type: NumberType) throws {
        var random = SystemRandomNumberGenerator()
        let shape: (UInt32, UInt32) = (4001, 1)
        for order in [Order.nhwc, .nhcw] {
            let source = FastLoopTests.form(shape, .float32, .nhwc)
            let target = FastLoopTests.form(shape, type, order, padding: 7)
            let transform = try FrameTransform(.input, from: source, to: target, [quantization])
            var numbers = (0..<12003).map { index -> Float in
                switch index % 4 {
                case 0: Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
                case 1: Float(Int.random(in: -300...300, using: &random)) / 2
                case 2: Float.random(in: -200...200, using: &random)
                default: Float(Int.random(in: -70000...70000, using: &random)) + 0.5
                }
            }
            let edges: [Float] = [
                .nan, .infinity, -.infinity, 0, -0.0, 2_147_483_648, -2_147_483_648, 2_147_483_520, 4_294_967_296,
                8_388_608.5, -8_388_608.5, 16_777_218, .leastNonzeroMagnitude, quantization.minimum,
                quantization.maximum,
                0.5, 1.5, 2.5, -0.5, -1.5, 254.5, 255.5, 256, 65535.5, 65536,
            ]
            numbers.replaceSubrange(100..<(100 + edges.count), with: edges)
            let given = numbers.withUnsafeBytes { Array($0) }
            let taken = try FastLoopTests.run(transform, given)
            var wrong: [Float] = []
            taken.withUnsafeBytes { taken in
                for row in 0..<3 {
                    for column in 0..<4001 {
                        let number = numbers[row * 4001 + column]
                        let found = FastLoopTests.number(taken, type, row * 4008 + column)
                        let expected = FastLoopTests.stored(number, quantization, bits: type == .uint8 ? 8 : 16)
                        if found != expected { wrong.append(number) }
                    }
                }
            }
            #expect(wrong == [], "\(order)")
        }
    }
}
