import HailoBase
import HailoTensors
import Testing
import HailoFormats

/// Conversions with sizes, addresses and forms that cannot be.
@Suite struct FrameTransformTests {
    private let quantization = [Quantization(zeroPoint: 10, scale: 0.5, minimum: -5, maximum: 122.5)]

    private func form(_ height: UInt32, _ width: UInt32, _ features: UInt32, _ type: NumberType, _ order: Order)
        -> TensorForm
    {
        TensorForm(Shape(height, width, features), Format(type, order))
    }

    private func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        return buffer
    }

    @Test func wrongSizesAndAddresses() throws {
        let transform = try FrameTransform(
            .output, from: form(4, 4, 8, .uint8, .nhcw), to: form(4, 4, 8, .float32, .nhwc), quantization)
        #expect((transform.sourceSize, transform.targetSize, transform.isRequired) == (128, 512, true))
        let (source, target) = (allocate(129), allocate(516))
        let scratch = allocate(transform.scratchSize)
        defer { for buffer in [source, target, scratch] { buffer.deallocate() } }
        func run(_ from: Range<Int>, _ to: Range<Int>, _ working: Int) throws(HailoError) {
            try transform.run(
                UnsafeRawBufferPointer(rebasing: source[from]), to: UnsafeMutableRawBufferPointer(rebasing: target[to]),
                scratch: UnsafeMutableRawBufferPointer(rebasing: scratch[..<working]))
        }
        try run(0..<128, 0..<512, transform.scratchSize)
        // Bytes may begin anywhere, floating point numbers may not.
        try run(1..<129, 4..<516, transform.scratchSize)
        for (from, to, working) in [
            (0..<127, 0..<512, transform.scratchSize), (0..<128, 0..<511, transform.scratchSize),
            (0..<128, 0..<512, transform.scratchSize - 1), (0..<128, 1..<513, transform.scratchSize),
        ] {
            let error = #expect(throws: HailoError.self) { try run(from, to, working) }
            #expect(error?.status == .invalidArgument)
        }
    }

    @Test(arguments: [
        (NumberType.uint16, NumberType.uint8), (.automatic, .uint8), (.uint8, .float32), (.uint8, .automatic),
    ])
    func numbersThatDoNotFit(host: NumberType, device: NumberType) {
        for direction in [Direction.input, .output] {
            let hostForm = form(4, 4, 8, host, .nhwc)
            let deviceForm = form(4, 4, 8, device, .nhwc)
            let isRefused = direction == .input || host != .uint16
            guard isRefused else { continue }
            let error = #expect(throws: HailoError.self) {
                _ = try FrameTransform(
                    direction, from: direction == .input ? hostForm : deviceForm,
                    to: direction == .input ? deviceForm : hostForm, quantization)
            }
            #expect(error?.status == .invalidArgument)
        }
    }

    @Test func framesOfImpossibleSizes() {
        for shape in [Shape(.max, .max, .max), Shape(65536, 65536, 1), Shape(1, .max, 2)] {
            let device = TensorForm(shape, Format(.uint8, .nhcw))
            let host = TensorForm(shape, Format(.float32, .nhwc))
            #expect(throws: HailoError.self) {
                _ = try FrameTransform(.output, from: device, to: host, quantization)
            }
        }
    }

    @Test func scalesOfOtherFeatures() {
        let scales = (0..<7).map { Quantization(zeroPoint: Float($0), scale: 1, minimum: 0, maximum: 1) }
        let error = #expect(throws: HailoError.self) {
            _ = try FrameTransform(
                .output, from: form(2, 2, 8, .uint8, .nhwc), to: form(2, 2, 8, .float32, .nhwc), scales)
        }
        #expect(error?.message.contains("scales for 7 features") == true)
    }

    /// Whatever is asked for either works within its buffers or is refused.
    @Test(arguments: 0..<60)
    func anyForms(seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        func random(_ limit: UInt32) -> UInt32 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt32(truncatingIfNeeded: state >> 20) % limit
        }
        func anyForm() -> TensorForm {
            TensorForm(
                Shape(random(6), random(20), random(18)),
                Format(
                    NumberType(rawValue: 1 + random(3)) ?? .uint8,
                    [.nhwc, .nhcw, .fcr, .f8cr, .nhw, .nc, .nchw, .rgb4, .i420, .yyyyuv, .nv12, .yyuv][Int(random(12))],
                    isTransposed: random(4) == 0))
        }
        var worked = 0
        for _ in 0..<1000 {
            let (source, target) = (anyForm(), anyForm())
            let direction: Direction = random(2) == 0 ? .input : .output
            guard let transform = try? FrameTransform(direction, from: source, to: target, quantization) else {
                continue
            }
            let (from, to) = (allocate(transform.sourceSize), allocate(transform.targetSize))
            let scratch = allocate(transform.scratchSize)
            if (try? transform.run(UnsafeRawBufferPointer(from), to: to, scratch: scratch)) != nil { worked += 1 }
            for buffer in [from, to, scratch] { buffer.deallocate() }
        }
        #expect(worked > 0)
    }
}
