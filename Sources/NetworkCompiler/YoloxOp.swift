internal import Base
internal import CoreProgram
internal import HEF
internal import HEFWriter

/// Boxes that the host finds in three outputs of a network: where they are, whether there is one, and of what class.
struct YoloxOp {
    private let name: String
    private let sources: [String]
    private let message: NmsOpMessage
    private let picture: [Int]

    init(_ layer: NetworkDescription.Layer, of lowering: Lowering) throws(HailoError) {
        var reader = LayerReader(layer, in: lowering.description, lowering.arrays)
        name = layer.name
        func output(_ key: String) throws(HailoError) -> Lowering.Value {
            let source = try reader.text(key)
            guard let found = lowering.outputs.first(where: { lowering.values[$0.value].name == source }) else {
                throw reader.wrong("\(key)=\(source) is no output of the network")
            }
            return lowering.values[found.value]
        }
        let boxes = try output("boxes")
        let objectness = try output("objectness")
        let classes = try output("classes")
        sources = [boxes.name, objectness.name, classes.name]
        for (value, features) in [(boxes, 4), (objectness, 1), (classes, classes.extent.features)] {
            guard value.extent.features == features, value.bits == boxes.bits, value.extent.height == boxes.extent.height,
                value.extent.width == boxes.extent.width
            else {
                throw reader.wrong(
                    "\(value.name) has \(value.extent.height) x \(value.extent.width) x \(value.extent.features) numbers of "
                        + "\(value.bits) bits; it takes \(boxes.extent.height) x \(boxes.extent.width) x \(features) of \(boxes.bits)")
            }
        }
        var message = NmsOpMessage()
        message.scoreThreshold = try reader.real("score", or: 0.3)
        message.iouThreshold = try reader.real("iou", or: 0.5)
        let most = try reader.number("most", or: 100)
        guard most > 0 else { throw reader.wrong("most takes a number from 1, not \(most)") }
        message.maxProposalsPerClass = UInt32(most)
        message.classes = UInt32(classes.extent.features)
        self.message = message
        picture = try reader.list("picture", "x", counts: [2], or: nil)
        try reader.finish()
    }

    /// Adds it to the contents of a file, in which `layer` gives the names of layers.
    func add(to flow: inout NetFlow, layer: (String) -> String) {
        let layers = sources.map(layer)
        var decoder = YoloxDecoderMessage()
        (decoder.boxPad, decoder.objectnessPad, decoder.classPad) = (
            flow.pad(layers[0]) ?? 0, flow.pad(layers[1]) ?? 0, flow.pad(layers[2]) ?? 0
        )
        var op = YoloxOpMessage()
        (op.imageHeight, op.imageWidth) = (Double(picture[0]), Double(picture[1]))
        op.decoders = [decoder]
        var message = message
        message.kind = .yolox(op)
        flow.add(.nms(message), reading: layers, delivering: layer(name))
    }
}
