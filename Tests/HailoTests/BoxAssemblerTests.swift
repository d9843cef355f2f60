import HailoBase
import HailoTensors
import Testing

@testable import HailoHEF
@testable import HailoRuntime
import Hailo

/// Boxes that the chip delivers, from transfers to frames and from frames to numbers.
@Suite struct BoxAssemblerTests {
    private static let delimiter = UInt64.max
    private static let pictureDelimiter = UInt64.max - 1

    private func shape(
        classes: UInt32 = 2, most: UInt32 = 3, burst: UInt32 = 1, chunks: UInt32 = 1,
        _ type: NmsShape.BurstType = .h8Box
    ) -> NmsShape {
        NmsShape(
            classes: classes, maxBoxesPerClass: most, boxSize: 8, chunksPerFrame: chunks, burstSize: burst,
            burstType: type, isDefused: false, classGroup: 0, originalName: Name(""))
    }

    /// Adds transfers of words until the frame is complete; returns it and how many it took.
    private func assemble(
        _ shape: NmsShape, size: Int, _ transfers: [[UInt64]]
    ) throws(HailoError) -> (frame: [UInt8], used: Int, isComplete: Bool) {
        var assembler = BoxAssembler(shape)
        var frame = [UInt8](repeating: 0xee, count: size)
        var used = 0
        var isComplete = false
        try frame.withUnsafeMutableBufferPointer { buffer throws(HailoError) in
            let target = UnsafeMutableRawBufferPointer(buffer)
            assembler.begin(target)
            for transfer in transfers where !isComplete {
                isComplete = try transfer.withUnsafeBufferPointer { words throws(HailoError) in
                    try assembler.add(UnsafeRawBufferPointer(words), to: target)
                }
                used += 1
            }
        }
        return (frame, used, isComplete)
    }

    private func bytes(_ parts: [(count: UInt16, boxes: [UInt64])], size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            bytes.appendLittleEndian(part.count)
            for box in part.boxes { bytes.appendLittleEndian(box) }
        }
        return bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }

    @Test func oneBoxAtATime() throws {
        let end = BoxAssemblerTests.delimiter
        let transfers = [[11], [12], [BoxAssemblerTests.pictureDelimiter], [end], [21], [end], [99]].map {
            $0 as [UInt64]
        }
        let result = try assemble(shape(), size: 60, transfers)
        #expect(result.isComplete)
        #expect(result.used == 6)
        #expect(result.frame == bytes([(2, [11, 12]), (1, [21])], size: 60))
    }

    @Test func emptyClasses() throws {
        let end = BoxAssemblerTests.delimiter
        let result = try assemble(shape(classes: 3), size: 90, [[end], [end], [end]])
        #expect(result.isComplete)
        #expect(result.frame == [UInt8](repeating: 0, count: 90))
    }

    @Test func burstsOfAClassEndWithPadding() throws {
        let end = BoxAssemblerTests.delimiter
        let shape = shape(most: 6, burst: 4, .h8PerClass)
        let result = try assemble(
            shape, size: 120, [[1, 2, 3, 4], [5, end, 7, 7], [8, end, 7, 7]])
        #expect(result.isComplete)
        #expect(result.frame == bytes([(5, [1, 2, 3, 4, 5]), (1, [8])], size: 120))
    }

    @Test func aWholeFrameInOneTransfer() throws {
        let end = BoxAssemblerTests.delimiter
        let result = try assemble(shape(burst: 4, .h8PerClass), size: 90, [[1, end, 9, 9, 2, 3, end, 9]])
        #expect(result.isComplete)
        #expect(result.frame == bytes([(1, [1]), (2, [2, 3])], size: 90))
    }

    @Test func moreBoxesThanCanBe() throws {
        let error = #expect(throws: HailoError.self) { try assemble(shape(), size: 90, [[1], [2], [3], [4]]) }
        #expect(error?.status == .firmwareResponse)
        #expect(throws: HailoError.self) { try assemble(shape(most: 100), size: 20, [[1], [2], [3], [4]]) }
    }

    private func run(
        _ transform: BoxTransform, _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<some Any>
    ) throws(HailoError) {
        let memory = WorkingMemory()
        try transform.run(
            UnsafeRawBufferPointer(source), to: UnsafeMutableRawBufferPointer(target),
            scratch: memory.reserve(bytes: transform.scratchSize))
    }

    @Test func boxesBecomeNumbers() throws {
        let box: UInt64 = 0x0200 << 48 | 0x123 << 36 | 0x456 << 24 | 0x789 << 12 | 0xabc
        let shape = shape(chunks: 2)
        let scale = Quantization(zeroPoint: 1, scale: 0.5, minimum: 0, maximum: 0)
        let size: UInt32 = 4 * (2 + 24) + 8
        let transform = try BoxTransform(shape, frameSize: size, scale)
        #expect(transform.targetSize == 2 * (1 + 5 * 6) * 4)
        // Both parts of the picture have lists for both classes.
        let source = bytes([(1, [box]), (0, []), (1, [box]), (1, [box])], size: Int(size))
        var numbers = [Float](repeating: 7, count: transform.targetSize / 4)
        try source.withUnsafeBufferPointer { source throws(HailoError) in
            try numbers.withUnsafeMutableBufferPointer { target throws(HailoError) in
                try run(transform, source, target)
            }
        }
        let expected: [Float] = [0x123, 0x456, 0x789, 0xabc, 0x200].map { (Float($0) - 1) * 0.5 }
        #expect(Array(numbers.prefix(17)) == [2] + expected + expected + [1] + expected)
        #expect(numbers.dropFirst(17).allSatisfy { $0 == 0 })
    }

    @Test func countsThatDoNotFit() throws {
        let transform = try BoxTransform(shape(), frameSize: 60, Quantization.none)
        for source in [bytes([(4, [])], size: 60), bytes([(3, [1, 2, 3]), (0xffff, [])], size: 60)] {
            var target = [UInt8](repeating: 0, count: transform.targetSize)
            let error = #expect(throws: HailoError.self) {
                try source.withUnsafeBufferPointer { source throws(HailoError) in
                    try target.withUnsafeMutableBufferPointer { target throws(HailoError) in
                        try run(transform, source, target)
                    }
                }
            }
            #expect(error?.status == .firmwareResponse)
        }
    }

    @Test func moreBoxesOfAClassThanCanBeCounted() throws {
        let shape = shape(classes: 1, most: 40000, chunks: 2)
        for (second, isTooMuch) in [(25535, false), (25536, true)] {
            let lists = [40000, second].map { ($0, [UInt64](repeating: 5, count: $0)) }
            let source = lists.flatMap { count, boxes in
                withUnsafeBytes(of: UInt16(count)) { Array($0) }
                    + boxes.flatMap { withUnsafeBytes(of: $0) { Array($0) } }
            }
            let transform = try BoxTransform(shape, frameSize: UInt32(source.count), Quantization.none)
            var target = [Float](repeating: 0, count: transform.targetSize / 4)
            var failure: HailoError?
            source.withUnsafeBufferPointer { source in
                target.withUnsafeMutableBufferPointer { target in
                    do throws(HailoError) { try run(transform, source, target) } catch { failure = error }
                }
            }
            #expect(failure?.status == (isTooMuch ? .firmwareResponse : nil))
            if !isTooMuch { #expect(target[0] == 65535) }
        }
    }

    @Test(arguments: [
        (UInt32.max, UInt32.max, UInt32.max), (UInt32.max, 1, 1), (1, .max, 1), (1, 1, .max), (1 << 16, 1, 1 << 16),
        (0, 5, 1), (0, .max, .max),
    ])
    func listsThatCannotBe(classes: UInt32, most: UInt32, chunks: UInt32) throws {
        let shape = shape(classes: classes, most: most, chunks: chunks)
        let error = #expect(throws: HailoError.self) {
            try BoxTransform(shape, frameSize: shape.hardwareFrameSize, Quantization.none)
        }
        #expect(error?.status == .hefUnsupported)
        // Nor is it a reason to crash while boxes come.
        let result = try assemble(shape, size: 90, [[Self.delimiter], [Self.delimiter]])
        #expect(result.isComplete == (shape.lists <= 2))
    }
}
