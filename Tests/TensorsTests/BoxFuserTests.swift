import HailoBase
import HailoTensors
import Testing

@testable import HailoHEF
import HailoFormats

/// Boxes of one output that come in several streams.
@Suite struct BoxFuserTests {
    private static func shape(_ classes: UInt32, chunks: UInt32 = 1) -> NmsShape {
        NmsShape(
            classes: classes, maxBoxesPerClass: 3, boxSize: 8, chunksPerFrame: chunks, burstSize: 1, burstType: .h8Box,
            isDefused: true, classGroup: 0, originalName: Name("boxes"))
    }

    /// A frame of lists with so many boxes, the boxes' bytes all equal to the number of their list.
    private static func frame(_ shape: NmsShape, _ lists: [(count: UInt8, byte: UInt8)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for list in lists {
            bytes += [list.count, 0] + [UInt8](repeating: list.byte, count: 8 * Int(list.count))
        }
        return bytes + [UInt8](repeating: 0xaa, count: Int(shape.hardwareFrameSize) - bytes.count)
    }

    private func fuse(_ fuser: BoxFuser, _ frames: [[UInt8]]) throws -> [UInt8] {
        var target = [UInt8](repeating: 0x55, count: fuser.targetSize)
        let sources = frames.map { frame -> UnsafeMutableRawBufferPointer in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.count, alignment: 8)
            buffer.copyBytes(from: frame)
            return buffer
        }
        defer { for source in sources { source.deallocate() } }
        try target.withUnsafeMutableBytes { try fuser.run({ UnsafeRawBufferPointer(sources[$0]) }, to: $0) }
        return target
    }

    @Test func streamsTakeTurns() throws {
        let (large, small) = (BoxFuserTests.shape(3), BoxFuserTests.shape(2))
        let fuser = try BoxFuser([large, small], into: BoxFuserTests.shape(5))
        let fused = try fuse(
            fuser,
            [
                BoxFuserTests.frame(large, [(1, 1), (0, 3), (3, 5)]), BoxFuserTests.frame(small, [(2, 2), (1, 4)]),
            ])
        let expected = BoxFuserTests.frame(
            BoxFuserTests.shape(5), [(1, 1), (2, 2), (0, 3), (1, 4), (3, 5)])
        #expect(fused == expected.map { $0 == 0xaa ? 0 : $0 })
    }

    @Test func countsThatDoNotFit() throws {
        let shape = BoxFuserTests.shape(2)
        let fuser = try BoxFuser([shape, shape], into: BoxFuserTests.shape(4))
        let good = BoxFuserTests.frame(shape, [(0, 1), (0, 2)])
        for offset in 0..<2 {
            var bad = good
            bad[offset] = 200
            let error = #expect(throws: HailoError.self) { _ = try fuse(fuser, [good, bad]) }
            #expect(error?.status == .firmwareResponse)
        }
        #expect(throws: HailoError.self) { _ = try fuse(fuser, [good, good.dropLast()]) }
    }

    private static let impossible: [([UInt32], UInt32)] = [
        ([2, 3], 5), ([3, 1], 4), ([2, 2], 5), ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 10),
    ]

    @Test(arguments: impossible)
    func streamsThatDoNotBelongTogether(classes: [UInt32], fused: UInt32) {
        let error = #expect(throws: HailoError.self) {
            _ = try BoxFuser(classes.map { BoxFuserTests.shape($0) }, into: BoxFuserTests.shape(fused))
        }
        #expect(error?.status == .hefInvalid)
    }

    @Test func moreListsThanCanBeCounted() {
        let shape = BoxFuserTests.shape(.max, chunks: .max)
        let error = #expect(throws: HailoError.self) { _ = try BoxFuser([shape, shape], into: shape) }
        #expect(error?.status == .hefInvalid)
    }
}
