internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoTensors

/// The boxes of all anchors, a row for each: top, left, bottom and right, how sure the network is that there is something
/// where it says so, and the scores of all classes.
final class BoxTable {
    private let decoders: [BoxDecoder]
    private let classes: Int
    private let rowSize: Int
    private let numbers: UnsafeMutableBufferPointer<Float>
    let frameSize: Int

    init(
        _ scales: DetectionScales, classes: Int, expecting size: UInt32, _ memory: WorkingMemory
    ) throws(HailoError) {
        decoders = scales.decoders
        self.classes = classes
        rowSize = 4 * (4 + (decoders.first?.head.hasCertainty == true ? 1 : 0) + classes)
        frameSize = try DetectionSettings.check(frameSize: scales.places * rowSize)
        numbers = memory.reserve(decoders.reduce(0) { max($0, $1.scratchCount) })
        guard frameSize == Int(size) else {
            throw HailoError(
                .hefInvalid, "the boxes of all anchors have \(frameSize) bytes, and \(size) were announced")
        }
    }

    func run(_ frames: UnsafePointer<UnsafeRawPointer>, to target: UnsafeMutableRawBufferPointer) {
        guard let numbers = numbers.baseAddress else { return }
        var offset = 0
        for decoder in decoders {
            let head = decoder.head
            for place in head.firstPlace..<(head.firstPlace + head.places) {
                target.storeBytes(
                    of: decoder.decode(frames, place: place, numbers), toByteOffset: offset, as: Box.self)
                var next = offset + 16
                if head.hasCertainty {
                    target.storeBytes(
                        of: head.certainty(frames, place: place), toByteOffset: next, as: Float.self)
                    next += 4
                }
                head.copyScores(
                    frames, place: place, to: UnsafeMutableRawBufferPointer(rebasing: target[next..<(offset + rowSize)])
                )
                offset += rowSize
            }
        }
    }
}
