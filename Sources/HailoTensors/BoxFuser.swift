package import HailoBase
package import HailoFormats

/// Puts boxes together that the chip delivers in several streams: the streams take turns, a class at a time, in the order
/// of their groups.
package struct BoxFuser: Sendable {
    private struct Part: Sendable {
        let size: Int
        let boxSize: Int
    }

    private static let maximumParts = 9
    private static let counterSize = 2

    private let parts: [Part]
    private let lists: Int
    /// Bytes of a fused frame.
    package let targetSize: Int

    /// `parts` are in the order of their groups.
    @_optimize(size)
    package init(_ parts: [NmsShape], into fused: NmsShape) throws(HailoError) {
        self.parts = parts.map { Part(size: Int($0.hardwareFrameSize), boxSize: Int($0.boxSize)) }
        targetSize = Int(fused.hardwareFrameSize)
        let counts = parts.map { $0.lists }
        lists = counts.reduce(0, +)
        var takesTurns = true
        for (index, count) in counts.enumerated() where count != (lists - index + counts.count - 1) / counts.count {
            takesTurns = false
        }
        guard takesTurns, parts.count <= BoxFuser.maximumParts, lists == fused.lists else {
            throw HailoError(.hefInvalid, "the classes of \(parts.count) streams of boxes do not make up one output")
        }
    }

    /// `frame` gives the frame of a stream by its number.
    package func run(
        _ frame: (Int) -> UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        guard target.count == targetSize, parts.indices.allSatisfy({ frame($0).count == parts[$0].size }) else {
            throw HailoError(.invalidArgument, "buffers for boxes of several streams have wrong sizes")
        }
        target.initializeMemory(as: UInt8.self, repeating: 0)
        var positions = InlineArray<9, Int>(repeating: 0)
        var end = 0
        for list in 0..<lists {
            let number = list % parts.count
            let source = frame(number)
            let position = positions[number]
            guard position + BoxFuser.counterSize <= source.count else { throw BoxFuser.malformed }
            let count = Int(UInt16(littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
            let size = BoxFuser.counterSize + count * parts[number].boxSize
            guard size <= source.count - position, size <= target.count - end else { throw BoxFuser.malformed }
            UnsafeMutableRawBufferPointer(rebasing: target[end..<(end + size)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<(position + size)]))
            positions[number] = position + size
            end += size
        }
    }

    private static let malformed = HailoError(
        .firmwareResponse, "the chip delivered lists of boxes whose counts do not fit their streams")
}
