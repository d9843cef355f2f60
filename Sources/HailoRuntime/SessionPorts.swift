public import HailoBase
public import HailoFormats
internal import HailoPostProcess

extension Session {
    /// An input or output as the session exchanges it.
    public struct Port: Equatable, Sendable {
        public let name: String
        public let direction: Direction
        /// How the host stores its numbers, and in which order.
        public let format: Format
        /// Height, width and features of a frame; nil for lists of boxes.
        public let shape: Shape?
        /// What a frame may hold if it is a list of boxes.
        public let boxes: BoxShape?
        /// How the model turns its numbers into real ones.
        public let quantization: Quantization
        /// Bytes of one frame.
        public let frameSize: Int

        init(_ port: HostPort) {
            name = port.name.text
            direction = port.direction
            format = port.format
            boxes = port.boxes
            shape = port.shape
            quantization = port.quantization
            frameSize = port.frameSize
        }

        /// What is in a frame of this output, in the order of the frame.
        public func detections(in frame: UnsafeRawBufferPointer) throws(HailoError) -> [Detection] {
            var found: [Detection] = []
            guard let boxes else {
                throw HailoError(.invalidOperation, "frames of \"\(name)\" are not lists of boxes")
            }
            try DetectionReader(format.order, boxes).read(frame) { found.append($0) }
            return found
        }
    }

    /// The inputs, in the order of the model. Fails if the group's frames can only be run in the layout of the chip.
    public var inputs: [Port] { get throws(HailoError) { try ports.inputs.map { Port($0) } } }
    public var outputs: [Port] { get throws(HailoError) { try ports.outputs.map { Port($0) } } }

    /// How many there are.
    package var portCounts: (inputs: Int, outputs: Int) {
        get throws(HailoError) {
            let ports = try ports
            return (ports.inputs.count, ports.outputs.count)
        }
    }

    /// Chooses how an input or output is exchanged by jobs that are submitted from now on. `automatic` leaves it to the model.
    public func setFormat(
        type: NumberType = .automatic, order: Order = .automatic, of direction: Direction, named name: String
    ) throws(HailoError) {
        try changePorts { ports throws(HailoError) in
            try ports.choosing(Format(type, order), of: direction, named: Name(name))
        }
    }

    /// What counts as a detection in an output.
    public func detectionSettings(ofOutput output: String) throws(HailoError) -> DetectionSettings {
        let ports = try ports
        let port = ports.outputs[try ports.index(of: Name(output), .output)]
        guard let settings = port.detection else { throw port.choosesNoBoxes }
        return settings
    }

    /// Chooses what counts as a detection in jobs that are submitted from now on. Limits change the size of the frames.
    public func setDetectionSettings(_ settings: DetectionSettings, ofOutput output: String) throws(HailoError) {
        try changePorts { ports throws(HailoError) in try ports.choosing(settings, ofOutput: Name(output)) }
    }
}
