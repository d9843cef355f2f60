internal import Base
internal import HEF
internal import Tensors

/// An input or output as the user of a session sees it, and its way to or from the streams of the chip.
struct HostPort {
    private enum Way {
        case plain(stream: Name, FrameTransform)
        /// A picture whose planes travel by streams of their own, one behind the other in memory.
        case planes([(stream: Name, start: Int, transform: FrameTransform)])
        /// A part of what a stream carries.
        case part(stream: Name, leaf: Int, FrameTransform)
        case boxes(stream: Name, BoxTransform)
    }

    let tensor: Tensor
    private(set) var format: Format
    private(set) var frameSize: Int
    private var way: Way
    private let layer: Layer
    private let leaf: Int?

    var isOutput: Bool { tensor.direction == .deviceToHost }

    /// The ports of a layer at the host. Boxes that several streams deliver together are not put together here.
    static func ports(of layer: Layer) throws(HailoError) -> [HostPort] {
        var ports: [HostPort] = []
        if case .mux = layer.kind {
            for (index, leaf) in try Demultiplexer(layer).leaves.enumerated() {
                ports.append(try HostPort(leaf.layer, stream: layer, leaf: index))
            }
        } else {
            ports.append(try HostPort(layer, stream: layer, leaf: nil))
        }
        return ports
    }

    private init(_ layer: Layer, stream: Layer, leaf: Int?) throws(HailoError) {
        guard let tensor = Tensor.tensors(of: layer).first else {
            throw HailoError(.hefInvalid, "layer \"\(layer.name)\" is none that a host could use")
        }
        self.tensor = tensor
        self.layer = layer
        self.leaf = leaf
        format = Format(.automatic, .automatic)
        (way, frameSize, format) = try HostPort.way(layer, stream.name, leaf, format, tensor)
        self.stream = stream.name
    }

    private let stream: Name

    /// Chooses how the host exchanges frames; what is left open gets the model's own form.
    mutating func choose(_ choice: Format) throws(HailoError) {
        do throws(HailoError) {
            (way, frameSize, format) = try HostPort.way(layer, stream, leaf, choice, tensor)
        } catch {
            throw HailoError(error.status, "\(isOutput ? "output" : "input") \"\(tensor.name)\": " + error.message)
        }
    }

    private static func way(
        _ layer: Layer, _ stream: Name, _ leaf: Int?, _ choice: Format, _ tensor: Tensor
    ) throws(HailoError) -> (Way, Int, Format) {
        if case .planes(let planes) = layer.kind { return try planesWay(layer, planes, choice) }
        if let nms = layer.nms {
            guard [.automatic, .float32].contains(choice.type), [.automatic, .nmsByClass].contains(choice.order) else {
                throw HailoError(
                    .invalidArgument, "boxes from the chip come as 32-bit floating point numbers, class by class")
            }
            let transform = try BoxTransform(nms, frameSize: layer.hardwareFrameSize, layer.quantization)
            return (.boxes(stream: stream, transform), transform.targetSize, Format(.float32, .nmsByClass))
        }
        let device = TensorForm(layer.hardwareShape, layer.format)
        let host = device.onHost(layer.shape, choosing: choice)
        let isOutput = layer.direction == .deviceToHost
        let transform = try FrameTransform(
            isOutput ? .fromDevice : .toDevice, from: isOutput ? device : host, to: isOutput ? host : device,
            layer.quantizations)
        let way: Way =
            if let leaf { .part(stream: stream, leaf: leaf, transform) } else { .plain(stream: stream, transform) }
        return (way, isOutput ? transform.targetSize : transform.sourceSize, host.format)
    }

    /// The planes follow each other: two thirds of the memory are brightness, the rest is colors.
    private static func planesWay(
        _ layer: Layer, _ planes: [Layer], _ choice: Format
    ) throws(HailoError) -> (Way, Int, Format) {
        var parts: [(stream: Name, start: Int, transform: FrameTransform)] = []
        var start = 0
        let type = choice.type == .automatic ? layer.format.type : choice.type
        guard [.automatic, layer.format.order].contains(choice.order) else {
            throw HailoError(.invalidArgument, "a picture in planes has order \(layer.format.order.name) only")
        }
        for plane in planes.sorted(by: { $0.planeIndex < $1.planeIndex }) {
            let device = TensorForm(plane.hardwareShape, plane.format)
            let host = TensorForm(plane.shape, Format(type, plane.format.order))
            let transform = try FrameTransform(.toDevice, from: host, to: device, plane.quantizations)
            parts.append((plane.name, start, transform))
            start += transform.sourceSize
        }
        return (.planes(parts), start, Format(type, layer.format.order))
    }

    // MARK: Frames

    var scratchSize: Int {
        switch way {
        case .plain(_, let transform), .part(_, _, let transform): transform.scratchSize
        case .planes(let planes): planes.map { $0.transform.scratchSize }.max() ?? 0
        case .boxes: 0
        }
    }

    /// Fills the frames of the streams that an input travels by.
    func send(
        _ frame: UnsafeRawBufferPointer, _ scratch: UnsafeMutableRawBufferPointer,
        streams: (Name) throws(HailoError) -> UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        switch way {
        case .plain(let stream, let transform):
            try transform.run(frame, to: try streams(stream), scratch: scratch)
        case .planes(let planes):
            for plane in planes {
                let part = frame[plane.start..<(plane.start + plane.transform.sourceSize)]
                try plane.transform.run(
                    UnsafeRawBufferPointer(rebasing: part), to: try streams(plane.stream), scratch: scratch)
            }
        case .part, .boxes:
            throw HailoError(.invalidOperation, "\"\(tensor.name)\" is no input")
        }
    }

    /// Takes an output out of the frame of its stream. `parts` are what the stream was taken apart into.
    func receive(
        into frame: UnsafeMutableRawBufferPointer, _ scratch: UnsafeMutableRawBufferPointer,
        stream streamFrame: (Name) throws(HailoError) -> UnsafeRawBufferPointer,
        part: (Name, Int) throws(HailoError) -> UnsafeRawBufferPointer
    ) throws(HailoError) {
        switch way {
        case .plain(let stream, let transform):
            try transform.run(try streamFrame(stream), to: frame, scratch: scratch)
        case .part(let stream, let leaf, let transform):
            try transform.run(try part(stream, leaf), to: frame, scratch: scratch)
        case .boxes(let stream, let transform):
            try transform.run(try streamFrame(stream), to: frame)
        case .planes:
            throw HailoError(.invalidOperation, "\"\(tensor.name)\" is no output")
        }
    }
}
