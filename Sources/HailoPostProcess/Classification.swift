internal import HailoBase
internal import HailoFormats
internal import HailoHEF
internal import HailoTensors

/// For each pixel the scores of all features, which add up to 1.
final class Classification {
    private let transform: FrameTransform
    private let pixels, features: Int
    private let scratch: UnsafeMutableRawBufferPointer
    var sourceSize: Int { transform.sourceSize }
    var frameSize: Int { transform.targetSize }

    init(_ layer: Layer, _ order: Order, _ memory: WorkingMemory) throws(HailoError) {
        guard order == .nhwc || order == .nc else {
            throw HailoError(
                .invalidArgument, "softmax delivers frames in the orders NHWC and NC, not in \(order.name)")
        }
        let device = TensorForm(layer.hardwareShape, layer.format)
        transform = try FrameTransform(
            .output, from: device, to: TensorForm(layer.shape, Format(.float32, order)), layer.quantizations)
        features = Int(layer.shape.features)
        pixels = features > 0 ? transform.targetSize / 4 / features : 0
        scratch = memory.reserve(bytes: transform.scratchSize)
    }

    func run(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) throws(HailoError) {
        try transform.run(source, to: target, scratch: scratch)
        guard let numbers = target.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
        for pixel in 0..<pixels {
            Softmax.run(numbers + pixel * features, features, misalignment: pixel * features)
        }
    }
}
