internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoPostProcess
internal import HailoTensors

/// An input or output as the user of a session sees it, and its way to or from the streams of the chip.
///
/// Streams are numbered within their direction, in the alphabetical order of their names.
struct HostPort {
    private enum Way {
        /// As the chip has it.
        case raw(stream: Int)
        case plain(stream: Int, FrameTransform)
        /// A picture whose planes travel by streams of their own, one behind the other in memory.
        case planes([(stream: Int, start: Int, transform: FrameTransform)])
        /// A part of what a stream carries.
        case part(stream: Int, leaf: Int, FrameTransform)
        case boxes(stream: Int, BoxTransform)
        /// Boxes that several streams deliver together.
        case fusedBoxes(streams: [Int], BoxFuser, BoxTransform)
        /// What the host makes of several streams.
        case postProcessed(streams: [Int], PostProcessor)
    }

    let name: Name
    let direction: Direction
    private(set) var format: Format
    private(set) var frameSize: Int
    /// What the address of a frame has to be a multiple of.
    private(set) var alignment: Int
    /// What counts as a detection, where the host decides that.
    private(set) var detection: DetectionSettings?
    private var way: Way
    /// What the port is made from; nil for a raw one.
    private let origin: Origin?

    private struct Origin {
        let layer: Layer
        let leaf: Int?
        /// Of boxes that come in several streams, all their layers in the order of their groups; of what the host makes, the
        /// layers that it is made from.
        var parts: [Layer] = []
        var op: PostOp?
        let stream: (Name) throws(HailoError) -> Int
        let streamName: Name
    }

    /// The output of boxes that several streams deliver together.
    static func fused(
        _ layers: [Layer], stream: @escaping (Name) throws(HailoError) -> Int
    ) throws(HailoError) -> HostPort {
        let parts = layers.ordered { $0.nms?.classGroup ?? 0 < $1.nms?.classGroup ?? 0 }
        return try HostPort(
            Origin(layer: layers[0], leaf: nil, parts: parts, stream: stream, streamName: layers[0].name))
    }

    /// The ports of a layer at the host that is not a part of fused boxes.
    static func ports(
        of layer: Layer, stream: @escaping (Name) throws(HailoError) -> Int
    ) throws(HailoError) -> [HostPort] {
        guard case .mux = layer.kind else {
            return [try HostPort(Origin(layer: layer, leaf: nil, stream: stream, streamName: layer.name))]
        }
        var ports: [HostPort] = []
        for (index, leaf) in try MuxLayout(layer).leaves.enumerated() {
            ports.append(
                try HostPort(Origin(layer: leaf.layer, leaf: index, stream: stream, streamName: layer.name)))
        }
        return ports
    }

    /// The output that the host makes of those of the network. `layer` gives an output of the network by its name.
    static func processed(
        _ op: PostOp, layer: (Name) throws(HailoError) -> Layer, stream: @escaping (Name) throws(HailoError) -> Int
    ) throws(HailoError) -> HostPort {
        var parts: [Layer] = []
        for input in op.inputs { parts.append(try layer(input.name)) }
        guard let first = parts.first else { throw HailoError(.hefInvalid, "\(op.name) has no inputs") }
        return try HostPort(
            Origin(layer: first, leaf: nil, parts: parts, op: op, stream: stream, streamName: first.name))
    }

    private init(_ origin: Origin) throws(HailoError) {
        guard let tensor = origin.op?.output ?? Tensor.tensors(of: origin.layer).first else {
            throw HailoError(.hefInvalid, "layer \"\(origin.layer.name)\" is not one that a host can use")
        }
        name = tensor.name
        direction = tensor.direction
        self.origin = origin
        detection = origin.op.flatMap { DetectionSettings($0) }
        (way, frameSize, format) = try HostPort.way(origin, Format(.automatic, .automatic), detection)
        alignment = HostPort.alignment(format)
    }

    /// What the address of a frame has to be a multiple of.
    private static func alignment(_ format: Format) -> Int {
        // Counts of two bytes stand in front of numbers of four there: nothing is aligned.
        format.order == .nmsByScore || format.order == .nmsWithByteMask ? 1 : Int(format.type.bytes)
    }

    /// A stream in the layout of the chip.
    init(raw name: Name, _ direction: Direction, stream: Int, frameSize: Int) {
        self.name = name
        self.direction = direction
        self.frameSize = frameSize
        format = Format(.automatic, .automatic)
        way = .raw(stream: stream)
        origin = nil
        alignment = 1
    }

    /// Chooses how the host exchanges frames; what is left open gets the model's own form.
    mutating func choose(_ choice: Format) throws(HailoError) { try set(choice, detection) }

    /// Chooses what counts as a detection.
    mutating func choose(_ settings: DetectionSettings) throws(HailoError) {
        guard detection != nil else { throw choosesNoBoxes }
        try set(format, settings)
    }

    var choosesNoBoxes: HailoError {
        HailoError(
            .invalidOperation,
            "the host does not choose among boxes for output \"\(name)\": there are none, or thresholds and limits are compiled "
                + "into the model")
    }

    /// What the model says of it; nil for a stream in the layout of the chip.
    private var tensor: Tensor? {
        origin.flatMap { $0.op?.output ?? Tensor.tensors(of: $0.layer).first }
    }

    var quantization: Quantization { tensor?.quantization ?? .none }

    /// Height, width and features; nil for lists of boxes.
    var shape: Shape? { tensor?.shape }

    /// What a frame may hold that is a list of boxes; nil for other frames.
    var boxes: BoxShape? {
        guard direction == .output, format.order.isNms, let origin, let boxes = tensor?.boxes else { return nil }
        var picture: PostOp.ImageSize?
        if case .yolov5Segmentation(let yolo, _, _) = origin.op?.kind { picture = yolo.image }
        return BoxShape(
            classes: boxes.classes, maximumPerClass: detection?.maximumPerClass ?? boxes.maximumPerClass,
            maximumTotal: detection?.maximumTotal ?? boxes.maximumTotal,
            maximumMaskBytes: detection?.maximumMaskBytes ?? boxes.maximumMaskBytes,
            pictureHeight: picture.map { UInt32(clamping: Int(exactly: $0.height.rounded()) ?? 0) } ?? 0,
            pictureWidth: picture.map { UInt32(clamping: Int(exactly: $0.width.rounded()) ?? 0) } ?? 0)
    }

    private mutating func set(_ choice: Format, _ settings: DetectionSettings?) throws(HailoError) {
        guard let origin else { throw HailoError(.invalidOperation, "raw frames have only one format") }
        do throws(HailoError) {
            (way, frameSize, format) = try HostPort.way(origin, choice, settings)
            detection = settings
            alignment = HostPort.alignment(format)
        } catch {
            throw error.saying("\(direction.name) \"\(name)\": " + error.message)
        }
    }

    private static func way(
        _ origin: Origin, _ choice: Format, _ settings: DetectionSettings?
    ) throws(HailoError) -> (Way, Int, Format) {
        let layer = origin.layer
        if let op = origin.op {
            var streams: [Int] = []
            for part in origin.parts { streams.append(try origin.stream(part.name)) }
            let processor = try PostProcessor.make(op, origin.parts, choice, settings)
            return (.postProcessed(streams: streams, processor), processor.frameSize, processor.format)
        }
        if case .planes(let planes) = layer.kind { return try planesWay(origin, planes, choice) }
        if layer.nms != nil { return try boxesWay(origin, choice) }
        let stream = try origin.stream(origin.streamName)
        let device = TensorForm(layer.hardwareShape, layer.format)
        let host = device.onHost(layer.shape, choosing: choice)
        let isOutput = layer.direction == .output
        let transform = try FrameTransform(
            layer.direction, from: isOutput ? device : host, to: isOutput ? host : device,
            layer.quantizations)
        let way: Way =
            if let leaf = origin.leaf {
                .part(stream: stream, leaf: leaf, transform)
            } else {
                .plain(stream: stream, transform)
            }
        return (way, isOutput ? transform.targetSize : transform.sourceSize, host.format)
    }

    private static func boxesWay(_ origin: Origin, _ choice: Format) throws(HailoError) -> (Way, Int, Format) {
        let layer = origin.layer
        guard [.automatic, .float32].contains(choice.type), [.automatic, .nmsByClass].contains(choice.order) else {
            throw HailoError(
                .invalidArgument, "boxes from the chip come as 32-bit floating point numbers, class by class")
        }
        let format = Format(.float32, .nmsByClass)
        if case .defused(let fused) = layer.kind {
            var streams: [Int] = []
            for part in origin.parts { streams.append(try origin.stream(part.name)) }
            let fuser = try BoxFuser(origin.parts.compactMap { $0.nms }, into: fused.nms)
            let transform = try BoxTransform(
                fused.nms, frameSize: fused.nms.hardwareFrameSize, layer.quantization)
            return (.fusedBoxes(streams: streams, fuser, transform), transform.targetSize, format)
        }
        guard let nms = layer.nms else { throw HailoError(.hefInvalid, "layer \"\(layer.name)\" has no boxes") }
        let transform = try BoxTransform(nms, frameSize: layer.hardwareFrameSize, layer.quantization)
        return (.boxes(stream: try origin.stream(origin.streamName), transform), transform.targetSize, format)
    }

    /// The planes follow each other: two thirds of the memory are brightness, the rest is colors.
    private static func planesWay(
        _ origin: Origin, _ planes: [Layer], _ choice: Format
    ) throws(HailoError) -> (Way, Int, Format) {
        let layer = origin.layer
        var parts: [(stream: Int, start: Int, transform: FrameTransform)] = []
        var start = 0
        let type = choice.type == .automatic ? layer.format.type : choice.type
        guard [.automatic, layer.format.order].contains(choice.order) else {
            throw HailoError(
                .invalidArgument, "a picture in planes is available only in order \(layer.format.order.name)")
        }
        for plane in planes.ordered(by: { $0.planeIndex < $1.planeIndex }) {
            let device = TensorForm(plane.hardwareShape, plane.format)
            let host = TensorForm(plane.shape, Format(type, plane.format.order))
            let transform = try FrameTransform(.input, from: host, to: device, plane.quantizations)
            parts.append((try origin.stream(plane.name), start, transform))
            start += transform.sourceSize
        }
        return (.planes(parts), start, Format(type, layer.format.order))
    }

    // MARK: Frames

    /// The stream whose transfers are the frames just as they are; nil where they have to be converted.
    var directStream: Int? {
        switch way {
        case .raw(let stream): stream
        case .plain(let stream, let transform): transform.isRequired ? nil : stream
        case .planes, .part, .boxes, .fusedBoxes, .postProcessed: nil
        }
    }

    var scratchSize: Int {
        switch way {
        case .plain(_, let transform), .part(_, _, let transform): transform.scratchSize
        case .planes(let planes): planes.map { $0.transform.scratchSize }.max() ?? 0
        case .boxes(_, let transform): transform.scratchSize
        case .fusedBoxes(_, let fuser, let transform): transform.scratchSize + fuser.targetSize
        case .raw, .postProcessed: 0
        }
    }

    /// Fills the frames of the streams that an input travels by. `fill` lets a body fill that of a stream.
    func send(
        _ frame: UnsafeRawBufferPointer, _ scratch: UnsafeMutableRawBufferPointer,
        fill: (Int, (UnsafeMutableRawBufferPointer) throws(HailoError) -> Void) throws(HailoError) -> Void
    ) throws(HailoError) {
        switch way {
        case .raw(let stream):
            try fill(stream) { target in target.copyMemory(from: frame) }
        case .plain(let stream, let transform):
            try fill(stream) { target throws(HailoError) in try transform.run(frame, to: target, scratch: scratch) }
        case .planes(let planes):
            for plane in planes {
                let part = UnsafeRawBufferPointer(
                    rebasing: frame[plane.start..<(plane.start + plane.transform.sourceSize)])
                try fill(plane.stream) { target throws(HailoError) in
                    try plane.transform.run(part, to: target, scratch: scratch)
                }
            }
        case .part, .boxes, .fusedBoxes, .postProcessed:
            throw HailoError(.invalidOperation, "\"\(name)\" is not an input")
        }
    }

    /// Takes an output out of the frame of its stream. `part` gives a part of what a stream was taken apart into.
    func receive(
        into frame: UnsafeMutableRawBufferPointer, _ scratch: UnsafeMutableRawBufferPointer,
        contents: (Int) -> UnsafeRawBufferPointer, part: (Int, Int) -> UnsafeRawBufferPointer
    ) throws(HailoError) {
        switch way {
        case .raw(let stream):
            frame.copyMemory(from: contents(stream))
        case .plain(let stream, let transform):
            try transform.run(contents(stream), to: frame, scratch: scratch)
        case .part(let stream, let leaf, let transform):
            try transform.run(part(stream, leaf), to: frame, scratch: scratch)
        case .boxes(let stream, let transform):
            try transform.run(contents(stream), to: frame, scratch: scratch)
        case .fusedBoxes(let streams, let fuser, let transform):
            let fused = UnsafeMutableRawBufferPointer(
                rebasing: scratch[transform.scratchSize...].prefix(fuser.targetSize))
            try fuser.run({ contents(streams[$0]) }, to: fused)
            try transform.run(UnsafeRawBufferPointer(fused), to: frame, scratch: scratch)
        case .postProcessed(let streams, let processor):
            try processor.run({ contents(streams[$0]) }, to: frame)
        case .planes:
            throw HailoError(.invalidOperation, "\"\(name)\" is not an output")
        }
    }
}
