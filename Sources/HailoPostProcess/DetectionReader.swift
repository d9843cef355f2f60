package import HailoBase
package import HailoFormats
internal import HailoTensors

/// Reads frames of boxes in all forms that they come in, from wherever they come.
package struct DetectionReader: Sendable {
    private let order: Order
    private let classes: Int
    /// Of the picture that masks refer to.
    private let height, width: Float

    package init(_ order: Order, _ boxes: BoxShape) throws(HailoError) {
        guard order.isNms, order != .nmsOnChip else {
            throw HailoError(.invalidOperation, "frames of order \(order.name) are not lists of boxes")
        }
        self.order = order
        classes = Int(boxes.classes)
        height = Float(boxes.pictureHeight)
        width = Float(boxes.pictureWidth)
    }

    /// Gives all detections of a frame to `body`, in the order of the frame. Candidates without a score are left out.
    package func read(_ frame: UnsafeRawBufferPointer, _ body: (Detection) -> Void) throws(HailoError) {
        switch order {
        case .nmsByClass:
            var offset = 0
            for label in 0..<UInt32(truncatingIfNeeded: classes) {
                let number: Float = try load(frame, offset)
                guard number >= 0, number <= 1e9, let count = Int(exactly: number) else {
                    throw malformed("class \(label) cannot have \(number) boxes")
                }
                offset += 4
                for _ in 0..<count {
                    try give(frame, offset, label, nil, body)
                    offset += BoxList.boxSize
                }
            }
        case .nmsByScore:
            var offset = 2
            for _ in 0..<(try load(frame, 0) as UInt16) {
                try give(frame, offset, UInt32(try load(frame, offset + BoxList.boxSize) as UInt16), nil, body)
                offset += BoxList.boxSize + 2
            }
        default:
            var offset = MaskList.countSize
            for _ in 0..<(try load(frame, 0) as UInt16) {
                let label = UInt32(try load(frame, offset + BoxList.boxSize) as UInt16)
                let size: UInt64 = try load(frame, offset + MaskList.sizeOffset)
                let start = offset + MaskList.entrySize
                guard start <= frame.count, size <= UInt64(frame.count - start) else {
                    throw malformed("a mask has \(counted(size, "byte")), which are missing")
                }
                let mask = try mask(frame, offset, start, Int(size))
                try give(frame, offset, label, mask, body)
                offset = start + Int(size)
            }
        }
    }

    private func load<Value: BitwiseCopyable>(
        _ frame: UnsafeRawBufferPointer, _ offset: Int
    ) throws(HailoError) -> Value {
        guard offset >= 0, frame.count - MemoryLayout<Value>.size >= offset else {
            throw malformed("it ends at byte \(frame.count) in the middle of a box")
        }
        return frame.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    private func give(
        _ frame: UnsafeRawBufferPointer, _ offset: Int, _ label: UInt32,
        _ mask: (offset: Int, height: Int, width: Int)?, _ body: (Detection) -> Void
    ) throws(HailoError) {
        let box: Box = try load(frame, offset)
        let score: Float = try load(frame, offset + 16)
        guard score != 0 else { return }
        body(
            Detection(
                label: label, score: score, top: box[0], left: box[1], bottom: box[2], right: box[3], mask: mask))
    }

    private func mask(
        _ frame: UnsafeRawBufferPointer, _ offset: Int, _ start: Int, _ size: Int
    ) throws(HailoError) -> (offset: Int, height: Int, width: Int)? {
        let box: Box = try load(frame, offset)
        let (rows, columns) = MaskList.size(of: box, height: height, width: width)
        guard rows * columns == size else {
            throw malformed("a mask has \(counted(size, "byte")), its box \(rows) × \(columns) pixels")
        }
        return size > 0 ? (start, rows, columns) : nil
    }

    private func malformed(_ what: String) -> HailoError {
        HailoError(.invalidArgument, "this is not a frame of boxes in order \(order.name): \(what)")
    }
}
