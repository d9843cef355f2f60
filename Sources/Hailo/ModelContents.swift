internal import HailoBase
public import HailoFormats
internal import HailoHEF

// What a model holds, for people and programs that look into it without a device.
extension Model {
    /// A network, or several that are loaded together.
    public struct Group: Sendable {
        public let name: String
        /// The networks in it.
        public let networks: [String]
        /// What a user gives to the model and gets from it, in the order of a session's ports.
        public let inputs, outputs: [TensorInfo]
        /// The streams that these travel by, as the chip sees them.
        public let inputStreams, outputStreams: [StreamInfo]
    }

    /// An input or output as a user of the model sees it.
    public struct TensorInfo: Equatable, Sendable {
        public let name: String
        public let network: String
        public let direction: Direction
        /// The format by default; a session may choose others.
        public let format: Format
        /// Height, width and features; nil for a list of boxes.
        public let shape: Shape?
        /// What a frame may hold if it is a list of boxes.
        public let boxes: BoxShape?
        public let quantization: Quantization
        /// Bytes of a frame in this format.
        public let frameSize: Int
    }

    /// A stream of data into the chip or out of it.
    public struct StreamInfo: Equatable, Sendable {
        public let name: String
        public let network: String
        public let direction: Direction
        public let index: Int
        public let format: Format
        public let shape: Shape
        /// With the padding that the chip needs.
        public let paddedShape: Shape
        public let quantization: Quantization
        /// Whether several tensors travel in it.
        public let isMux: Bool
        /// Bytes of a frame as the chip transfers it.
        public let frameSize: Int
    }

    /// The network groups. The first is meant wherever no group is named.
    public var groups: [Group] { file.groups.map { Group($0) } }

    /// Whether a chip can run the model. A Hailo-8 also runs models for the Hailo-8L.
    public func runs(on chip: Chip) -> Bool { file.architecture.runs(on: chip) }
}

extension Model.Group {
    init(_ group: NetworkGroup) {
        self.init(
            name: group.name.text, networks: group.networkNames.map { $0.text },
            inputs: group.inputs().map { Model.TensorInfo($0) }, outputs: group.outputs().map { Model.TensorInfo($0) },
            inputStreams: group.inputStreams().map { Model.StreamInfo($0) },
            outputStreams: group.outputStreams().map { Model.StreamInfo($0) })
    }
}

extension Model.TensorInfo {
    init(_ tensor: Tensor) {
        self.init(
            name: tensor.name.text, network: tensor.networkName.text, direction: tensor.direction,
            format: tensor.format, shape: tensor.shape, boxes: tensor.boxes, quantization: tensor.quantization,
            frameSize: Int(tensor.frameSize))
    }
}

extension Model.StreamInfo {
    init(_ layer: Layer) {
        self.init(
            name: layer.name.text, network: layer.networkName.text, direction: layer.direction,
            index: Int(layer.stream), format: layer.format, shape: layer.shape, paddedShape: layer.hardwareShape,
            quantization: layer.quantization, isMux: layer.isMux, frameSize: Int(layer.hardwareFrameSize))
    }
}
