internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoTensors

/// The vendor's form of a frame of boxes with masks: the number of boxes in two bytes, and for each its corners, score,
/// class, the size and the address of its mask, and the mask, a byte for each pixel of the box.
final class MaskList {
    private let painter: MaskPainter
    private let prototypesInput: Int
    private let height, width: Float
    private let settings: DetectionSettings
    private let weights: UnsafeMutableBufferPointer<Float>
    private var hasWarned = false

    static let countSize = 2
    /// Corners, score and class; then size and address of the mask.
    static let entrySize = 38
    private static let addressOffset = 30
    static let sizeOffset = 22
    private static let largestSide: Float = 32768

    private init(
        _ painter: MaskPainter, input: Int, _ image: PostOp.ImageSize, _ settings: DetectionSettings,
        _ memory: WorkingMemory
    ) {
        self.painter = painter
        prototypesInput = input
        height = image.height
        width = image.width
        self.settings = settings
        weights = memory.reserve(painter.weights)
    }

    static func make(
        _ scales: DetectionScales, _ yolo: PostOp.Yolo, prototypes: Name, threshold: Float,
        _ settings: DetectionSettings, _ memory: WorkingMemory
    ) throws(HailoError) -> MaskList {
        guard let (input, map) = scales.map(prototypes), map.features == DetectionScales.maskWeights else {
            throw HailoError(
                .hefInvalid,
                "the layer of prototypes, \"\(prototypes)\", does not have \(DetectionScales.maskWeights) features")
        }
        let image = yolo.image
        for side in [image.height, image.width, Float(map.height), Float(map.width)] {
            guard side >= 1, side <= largestSide, side == side.rounded() else {
                throw HailoError(
                    .hefInvalid,
                    "masks take pictures and prototypes whose sides are whole numbers up to \(Int(largestSide))")
            }
        }
        let painter = MaskPainter(
            map, height: Int(image.height), width: Int(image.width), threshold: threshold, memory)
        return MaskList(painter, input: input, image, settings, memory)
    }

    static func frameSize(_ settings: DetectionSettings) throws(HailoError) -> Int {
        try DetectionSettings.check(
            frameSize: countSize + Int(settings.maximumTotal) * entrySize + Int(settings.maximumMaskBytes))
    }

    func write(
        _ selection: BoxSelection, _ frames: UnsafePointer<UnsafeRawPointer>, _ decoders: [BoxDecoder],
        to target: UnsafeMutableRawBufferPointer
    ) {
        var offset = MaskList.countSize
        var count = 0
        for index in 0..<selection.count {
            let entry = selection[index]
            let (maskHeight, maskWidth) = MaskList.size(of: entry.box, height: height, width: width)
            let size = maskHeight * maskWidth
            // As in the vendor's library, a frame is never filled to its last byte.
            guard size < target.count - offset - MaskList.entrySize else {
                warn(selection.count - count)
                break
            }
            let start = offset + MaskList.entrySize
            BoxList.put(entry.box, entry.score, entry.label, target, &offset)
            target.storeBytes(
                of: UInt64(size).littleEndian, toByteOffset: start - MaskList.entrySize + MaskList.sizeOffset,
                as: UInt64.self)
            let mask = target.baseAddress.map { $0 + start }
            target.storeBytes(
                of: UInt64(UInt(bitPattern: mask)), toByteOffset: start - MaskList.entrySize + MaskList.addressOffset,
                as: UInt64.self)
            if let mask, size > 0, takeWeights(Int(entry.place), frames, decoders) {
                painter.paint(
                    frames[prototypesInput], weights: UnsafeBufferPointer(weights),
                    top: MaskList.pixels(entry.box[0] * height),
                    left: MaskList.pixels(entry.box[1] * width),
                    height: min(maskHeight, MaskList.rest(entry.box[0], entry.box[2], height)),
                    width: maskWidth, visible: MaskList.rest(entry.box[1], entry.box[3], width),
                    mask.assumingMemoryBound(to: UInt8.self))
            }
            offset = start + size
            count += 1
        }
        target.storeBytes(of: UInt16(truncatingIfNeeded: count), as: UInt16.self)
    }

    /// Height and width of the mask of a box in a picture of this size.
    static func size(of box: Box, height: Float, width: Float) -> (height: Int, width: Int) {
        (pixels((box[2] - box[0]) * height), pixels((box[3] - box[1]) * width))
    }

    /// Rounded up, and not below nothing.
    private static func pixels(_ length: Float) -> Int {
        let rounded = length.rounded(.up)
        return rounded > 0 ? Int(min(rounded, largestSide * 2)) : 0
    }

    /// How many pixels, from the first one of a box on, are its own: both ends are.
    private static func rest(_ low: Float, _ high: Float, _ length: Float) -> Int {
        max(pixels(high * length) - pixels(low * length) + 1, 0)
    }

    private func takeWeights(
        _ place: Int, _ frames: UnsafePointer<UnsafeRawPointer>, _ decoders: [BoxDecoder]
    ) -> Bool {
        guard let decoder = decoders.last(where: { $0.head.firstPlace <= place }) else { return false }
        let (row, column, anchor) = decoder.head.anchor(ofPlace: place)
        let features = decoder.features
        let first = features.first + (anchor + 1) * features.step - painter.weights
        let certainty = decoder.head.certainty(frames, place: place)
        for index in 0..<painter.weights {
            weights[index] =
                features.map.value(frames[features.input], row: row, column: column, feature: first + index) * certainty
        }
        return true
    }

    private func warn(_ left: Int) {
        guard !hasWarned else { return }
        hasWarned = true
        Log.warning(
            "the \(settings.maximumMaskBytes) bytes for masks were not enough for a frame: \(left) boxes with the "
                + "lowest scores were left out. Increase the limit for the bytes of masks")
    }
}
