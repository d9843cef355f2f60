internal import HailoBase
internal import HailoFormats

/// Shape, format and place in the chip of a layer at the host.
struct LayerBase {
    /// What layers inside the model have as well.
    struct Core {
        let bytesPerBuffer: UInt16
        let buffersPerFrame: UInt16
        let stream: UInt8
        let engine: UInt8

        init(_ message: LayerBaseMessage, corePadding: Bool, at place: Place) throws(HailoError) {
            bytesPerBuffer = try place.narrow(message.coreBytesPerBuffer, UInt16.self, "core_bytes_per_buffer")
            buffersPerFrame = try place.narrow(message.coreBuffersPerFrame, UInt16.self, "core_buffers_per_frame")
            if corePadding {
                let rowBytes = message.width &* message.dataBytes
                let _: UInt16 = try place.narrow(rowBytes, UInt16.self, "the number of bytes in a row")
            }
            stream = try place.narrow(message.stream, UInt8.self, "sys_index")
            engine = try place.narrow(message.engine, UInt8.self, "engine_id")
        }
    }

    let shape: Shape
    let hardwareShape: Shape
    let format: Format
    let dataBytes: UInt32
    let nms: NmsShape?
    let stream: UInt8
    let engine: UInt8
    let coreBytesPerBuffer: UInt16
    let coreBuffersPerFrame: UInt16
    let hasCorePadding: Bool
    let maxShmifoSize: UInt32

    init(
        _ message: LayerBaseMessage, _ reader: LayerReader, isTransposed: Bool, mayHaveCorePadding: Bool,
        at place: Place
    ) throws(HailoError) {
        let order = try LayerBase.order(message, at: place)
        let info = message.additional.nms
        let untransposed =
            order == .nmsOnChip
            ? Shape(
                UInt32(truncatingIfNeeded: info.classes), 5,
                UInt32(truncatingIfNeeded: info.maxOutputSize &* info.divisionFactor))
            : Shape(message.height, message.width, message.features)
        let transposes = (reader.coreOp.metadata.isTransposed || isTransposed) && order != .nc
        shape =
            transposes ? Shape(untransposed.width, untransposed.height, untransposed.features) : untransposed
        guard !message.hostArgmax else {
            throw place.error(.hefUnsupported, "it needs argmax on the host in a form that is no longer supported")
        }
        format = Format(try LayerBase.numberType(message, at: place), order, isTransposed: transposes)
        dataBytes = message.dataBytes
        guard let maxPeripheryBytes = reader.architecture.maxPeripheryBytes else {
            throw place.error(
                .invalidArgument, "the file is for a chip of unknown kind (hw_arch \(reader.architecture.code))")
        }
        maxShmifoSize = message.maxShmifoSize
        hasCorePadding =
            mayHaveCorePadding && !reader.features.hardwarePadding && order == .nhcw
            && LayerBase.rowsFitHardware(message, limit: maxPeripheryBytes)
        let core = try Core(message, corePadding: hasCorePadding, at: place)
        (stream, engine) = (core.stream, core.engine)
        (coreBytesPerBuffer, coreBuffersPerFrame) = (core.bytesPerBuffer, core.buffersPerFrame)
        hardwareShape =
            hasCorePadding
            ? Shape(message.height, message.width, message.features)
            : Shape(message.paddedHeight, message.paddedWidth, message.paddedFeatures)
        nms = order == .nmsOnChip ? try NmsReader.read(info, reader.features, reader.architecture, at: place) : nil
    }

    /// Whether the chip can pad the rows of the layer by itself.
    private static func rowsFitHardware(_ message: LayerBaseMessage, limit: UInt32) -> Bool {
        let row = message.width &* message.features
        let largest = message.maxShmifoSize == 0 ? limit : min(limit, message.maxShmifoSize)
        return message.coreBuffersPerFrame & 0xffff == message.height && row % 8 == 0
            && row &* message.dataBytes <= largest &- 1
    }

    static func format(_ message: LayerBaseMessage, at place: Place) throws(HailoError) -> Format {
        let order = try order(message, at: place)
        return Format(try numberType(message, at: place), order)
    }

    private static func order(_ message: LayerBaseMessage, at place: Place) throws(HailoError) -> Order {
        guard let order = Order.ofCompiler(message.format) else {
            throw place.error(.unexpectedValue, "format \(message.format) is not a data format that this library knows")
        }
        return order
    }

    private static func numberType(_ message: LayerBaseMessage, at place: Place) throws(HailoError) -> NumberType {
        switch message.dataBytes {
        case 1: return .uint8
        case 2: return .uint16
        default:
            throw place.error(.invalidArgument, "data_bytes is \(message.dataBytes); numbers have 1 or 2 bytes")
        }
    }
}

/// The boxes that the chip delivers.
enum NmsReader {
    private static let largestBurst: UInt32 = 65536
    private static let maximumDefusedParts: UInt64 = 9

    static func read(
        _ message: NmsInfoMessage, _ features: Features, _ architecture: CompiledArchitecture, at place: Place
    ) throws(HailoError) -> NmsShape {
        let boxSize = UInt32(truncatingIfNeeded: message.boxSize)
        var burstSize: UInt32 = 1
        if features.nmsBursts { burstSize = message.burstSize }
        let burstType = try burstType(message.burstType, features, architecture, at: place)
        guard !features.nmsBursts || burstSize &* boxSize <= largestBurst else {
            throw place.error(
                .hefInvalid,
                "bursts of \(burstSize) boxes of \(counted(boxSize, "byte")) are larger than \(largestBurst) bytes")
        }
        let group = UInt32(truncatingIfNeeded: message.defuse.classGroup)
        guard group < maximumDefusedParts else {
            throw place.error(.hefInvalid, "class_group_index is \(group); it goes up to \(maximumDefusedParts - 1)")
        }
        let originalName = Name(message.defuse.originalName)
        try place.checkLength(of: originalName, atMost: LayerReader.nameLimit, "original name of the defused layer")
        return NmsShape(
            classes: UInt32(truncatingIfNeeded: message.classes),
            maxBoxesPerClass: UInt32(truncatingIfNeeded: message.maxOutputSize), boxSize: boxSize,
            chunksPerFrame: max(UInt32(truncatingIfNeeded: message.divisionFactor), 1), burstSize: burstSize,
            burstType: burstType, isDefused: message.isDefused, classGroup: group, originalName: originalName)
    }

    private static func burstType(
        _ code: Int32, _ features: Features, _ architecture: CompiledArchitecture, at place: Place
    ) throws(HailoError) -> NmsShape.BurstType {
        guard features.nmsBursts else {
            guard code == 0 else {
                throw place.error(
                    .hefInvalid, "burst_type is \(code), but the file does not have the extension NMS_OUTPUT_BURST")
            }
            switch architecture.nmsFamily {
            case .hailo8: return .h8Box
            case .hailo15: return .h15Box
            case nil: throw place.error(.unexpectedValue, "a chip of kind \(architecture.code) has no NMS")
            }
        }
        switch (architecture.nmsFamily, code) {
        case (.hailo8, 1): return .h8PerClass
        case (.hailo15, 2): return .h15PerClass
        case (.hailo15, 3): return .h15PerFrame
        case (nil, _): throw place.error(.unexpectedValue, "a chip of kind \(architecture.code) has no NMS")
        default: throw place.error(.hefInvalid, "burst_type \(code) is not one of \(architecture.name)")
        }
    }
}

/// The meaning of a layer's numbers.
enum QuantizationReader {
    /// For the layer as a whole and, where they differ, for each feature.
    static func read(
        _ message: NumericInfoMessage, _ base: LayerBase, perFeature: Bool, isOutput: Bool, at place: Place
    ) throws(HailoError) -> (layer: Quantization, features: [Quantization]) {
        let scalar = Quantization(
            zeroPoint: message.zeroPoint, scale: message.scale, minimum: message.minimum, maximum: message.maximum)
        // NMS layers have two: for the coordinates and for the scores.
        let count = base.format.order == .nmsOnChip ? 2 : Int(Int32(bitPattern: base.shape.features))
        guard perFeature else { return (scalar, count > 0 ? [scalar] : []) }
        let isComplete =
            isOutput
            ? message.zeroPoints.count == count && message.scales.count == count
            : message.zeroPoints.count >= count && message.scales.count >= count
        guard isComplete else {
            throw place.error(
                .hefInvalid,
                "it has \(message.zeroPoints.count) zero points and \(message.scales.count) scales for \(count) features"
            )
        }
        var features: [Quantization] = []
        for index in 0..<max(count, 0) {
            features.append(
                Quantization(
                    zeroPoint: Float(message.zeroPoints[index]), scale: Float(message.scales[index]),
                    minimum: message.minimum, maximum: message.maximum))
        }
        if isOutput { return (.none, features) }
        guard features.allSatisfy({ $0.isIdentical(to: features[0]) }) else {
            throw place.error(.hefInvalid, "an input has different zero points or scales for its features")
        }
        return (scalar, features)
    }
}
