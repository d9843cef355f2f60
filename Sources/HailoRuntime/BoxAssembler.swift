internal import HailoBase
internal import HailoFormats
internal import HailoHEF

/// Puts the boxes that the chip delivers, transfer by transfer, together to a frame: for each class the number of its boxes
/// and the boxes. What is behind the last box of a frame is 0.
struct BoxAssembler {
    private let shape: NmsShape
    private var lists = 0
    private var counterOffset = 0
    private var offset = 0
    private var count: UInt16 = 0

    private static let delimiter = UInt64.max
    /// Stands between the parts of a picture and means nothing here.
    private static let pictureDelimiter = UInt64.max - 1
    private static let counterSize = 2

    init(_ shape: NmsShape) { self.shape = shape }

    private var boxSize: Int { Int(shape.boxSize) }

    mutating func begin(_ frame: UnsafeMutableRawBufferPointer) {
        frame.initializeMemory(as: UInt8.self, repeating: 0)
        (lists, counterOffset, offset, count) = (0, 0, BoxAssembler.counterSize, 0)
    }

    /// Adds one transfer. Returns whether the frame is complete.
    mutating func add(
        _ transfer: UnsafeRawBufferPointer, to frame: UnsafeMutableRawBufferPointer
    ) throws(HailoError) -> Bool {
        let burst = max(Int(shape.burstSize) * boxSize, boxSize)
        var position = 0
        while position + boxSize <= transfer.count, lists < shape.lists {
            let box = UnsafeRawBufferPointer(rebasing: transfer[position..<(position + boxSize)])
            position += boxSize
            let word = box.count >= 8 ? box.loadUnaligned(as: UInt64.self) : 0
            if word == BoxAssembler.delimiter {
                endList(frame)
                // What is left of a burst is padding.
                position = (position + burst - 1) / burst * burst
            } else if word != BoxAssembler.pictureDelimiter {
                try append(box, frame)
            }
        }
        return lists == shape.lists
    }

    private mutating func endList(_ frame: UnsafeMutableRawBufferPointer) {
        if counterOffset + BoxAssembler.counterSize <= frame.count {
            frame.storeBytes(of: count.littleEndian, toByteOffset: counterOffset, as: UInt16.self)
        }
        lists += 1
        counterOffset = offset
        offset += BoxAssembler.counterSize
        count = 0
    }

    private mutating func append(
        _ box: UnsafeRawBufferPointer, _ frame: UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        guard UInt32(count) < min(shape.maxBoxesPerClass, UInt32(UInt16.max)), offset + box.count <= frame.count else {
            throw HailoError(
                .firmwareResponse,
                "the chip delivers more than the maximum of \(counted(shape.maxBoxesPerClass, "box")) of a class")
        }
        UnsafeMutableRawBufferPointer(rebasing: frame[offset..<(offset + box.count)]).copyMemory(from: box)
        offset += box.count
        count += 1
    }
}
