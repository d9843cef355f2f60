package import HailoBase
package import HailoFormats

/// Turns the boxes of a frame, as the chip delivers them, into numbers: for each class how many there are, then of each box
/// y and x of one corner, of the other, and its score. What is behind the last box is 0.
package struct BoxTransform: Sendable {
    private let shape: NmsShape
    private let quantization: Quantization
    package let sourceSize: Int
    package let targetSize: Int
    /// Bytes of working memory.
    package let scratchSize: Int

    private static let maximumBoxes = 1 << 26
    private static let numbersPerBox = 5
    private static let counterSize = 2

    @_optimize(size)
    package init(_ shape: NmsShape, frameSize: UInt32, _ quantization: Quantization) throws(HailoError) {
        guard shape.boxSize == 8 else {
            throw HailoError(
                .hefUnsupported, "boxes of \(counted(shape.boxSize, "byte")) are not supported; they must have 8")
        }
        self.shape = shape
        self.quantization = quantization
        sourceSize = Int(frameSize)
        let (boxes, overflows) = shape.lists.multipliedReportingOverflow(by: Int(shape.maxBoxesPerClass))
        guard !overflows, boxes <= BoxTransform.maximumBoxes, (1...BoxTransform.maximumBoxes).contains(shape.lists)
        else {
            throw HailoError(
                .hefUnsupported,
                "there cannot be \(shape.maxBoxesPerClass) boxes of each of \(shape.classes) classes in "
                    + "\(shape.chunksPerFrame) parts of a picture")
        }
        targetSize = 4 * (Int(shape.classes) + BoxTransform.numbersPerBox * boxes)
        scratchSize = MemoryLayout<Int>.stride * Int(shape.chunksPerFrame)
    }

    private func malformed() -> HailoError {
        HailoError(.firmwareResponse, "the chip delivered a list of boxes whose counts do not fit it")
    }

    package func run(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer,
        scratch: UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        guard source.count == sourceSize, target.count == targetSize, scratch.count >= scratchSize else {
            throw HailoError(
                .invalidArgument, "a frame of boxes has \(sourceSize) bytes and becomes one of \(targetSize)")
        }
        target.initializeMemory(as: UInt8.self, repeating: 0)
        // Each part of the picture has lists for all classes.
        let positions = scratch.bindMemory(to: Int.self)
        let chunks = 0..<Int(shape.chunksPerFrame)
        var end = 0
        for chunk in chunks {
            positions[chunk] = end
            for _ in 0..<shape.classes { end += BoxTransform.counterSize + 8 * (try count(source, end)) }
        }
        var offset = 0
        for _ in 0..<shape.classes {
            let head = offset
            var total = 0
            offset += 4
            for chunk in chunks {
                let boxes = try count(source, positions[chunk])
                positions[chunk] += BoxTransform.counterSize
                for _ in 0..<boxes {
                    try put(source, positions[chunk], target, &offset)
                    positions[chunk] += 8
                }
                total += boxes
            }
            // The vendor's library begins at 0 again, and the boxes behind are lost.
            guard total <= Int(UInt16.max) else { throw malformed() }
            target.storeBytes(of: Float(total), toByteOffset: head, as: Float.self)
        }
    }

    private func count(_ source: UnsafeRawBufferPointer, _ position: Int) throws(HailoError) -> Int {
        guard position + BoxTransform.counterSize <= source.count else { throw malformed() }
        let count = Int(UInt16(littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt16.self)))
        guard count <= Int(shape.maxBoxesPerClass),
            position + BoxTransform.counterSize + 8 * count <= source.count
        else { throw malformed() }
        return count
    }

    private func put(
        _ source: UnsafeRawBufferPointer, _ position: Int, _ target: UnsafeMutableRawBufferPointer, _ offset: inout Int
    ) throws(HailoError) {
        guard offset + 4 * BoxTransform.numbersPerBox <= target.count else { throw malformed() }
        let box = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let values = (box >> 36 & 0xfff, box >> 24 & 0xfff, box >> 12 & 0xfff, box & 0xfff, box >> 48)
        for value in [values.0, values.1, values.2, values.3, values.4] {
            let number = (Float(value) - quantization.zeroPoint) * quantization.scale
            target.storeBytes(of: number, toByteOffset: offset, as: Float.self)
            offset += 4
        }
    }
}
