public import HailoBase
public import HailoFormats
public import HailoRuntime

/// A type of numbers that frames may consist of: `UInt8`, `UInt16` and `Float`.
public protocol TensorNumber: BitwiseCopyable, Sendable {
    static var numberType: NumberType { get }
}

extension UInt8: TensorNumber {
    public static var numberType: NumberType { .uint8 }
}

extension UInt16: TensorNumber {
    public static var numberType: NumberType { .uint16 }
}

extension Float: TensorNumber {
    public static var numberType: NumberType { .float32 }
}

// Frames in arrays of numbers.
extension Session {
    /// Passes frames through and returns the outputs, all in the order of the ports. Each array holds `count` frames of one
    /// input or output, one behind the other.
    ///
    /// The element types are those of the ports: choose them by `setFormat(type:order:of:named:)` or, for all ports of a
    /// direction, `setFormats(type:order:of:)`. With floating point numbers inputs are quantized and outputs dequantized.
    ///
    /// - Parameters:
    ///   - inputs: One array for each input.
    ///   - count: How many frames they hold.
    ///   - milliseconds: How long that may take altogether.
    public func run<Input: TensorNumber, Output: TensorNumber>(
        _ inputs: [[Input]], as _: Output.Type = Output.self, count: Int = 1, milliseconds: UInt64 = .max
    ) throws(HailoError) -> [[Output]] {
        let frames = try TypedFrames<Output>(inputs, count: count, of: self)
        try run(count: count, inputs: frames.sources, outputs: frames.targets, milliseconds: milliseconds)
        return frames.outputs
    }

    /// Chooses the type and the order of all inputs or all outputs that are not lists of boxes.
    public func setFormats(
        type: NumberType = .automatic, order: Order = .automatic, of direction: Direction
    ) throws(HailoError) {
        let ports = direction == .input ? try inputs : try outputs
        for port in ports where port.boxes == nil {
            try setFormat(type: type, order: order, of: direction, named: port.name)
        }
    }
}

extension Session.Port {
    /// What is in a frame of this output that is an array of numbers.
    public func detections<Number: TensorNumber>(in frame: [Number]) throws(HailoError) -> [Detection] {
        try frame.withUnsafeBufferPointer { numbers throws(HailoError) in
            try detections(in: UnsafeRawBufferPointer(numbers))
        }
    }
}

/// The memory of frames whose numbers came in arrays and leave in arrays.
final class TypedFrames<Output: TensorNumber>: @unchecked Sendable {
    private let given, taken: [UnsafeMutableRawBufferPointer]
    private let memory = WorkingMemory()

    /// Throws if the arrays do not fit the ports of the session.
    init<Input: TensorNumber>(_ inputs: [[Input]], count: Int, of session: Session) throws(HailoError) {
        let ports = (inputs: try session.inputs, outputs: try session.outputs)
        guard inputs.count == ports.inputs.count else {
            throw HailoError(
                .invalidArgument, "the number of input arrays is \(inputs.count), that of inputs \(ports.inputs.count)")
        }
        let memory = memory
        func reserve(_ port: Session.Port, _ type: NumberType) throws(HailoError) -> UnsafeMutableRawBufferPointer {
            guard port.format.type == type else {
                throw HailoError(
                    .invalidArgument,
                    "\(port.direction.name) \"\(port.name)\" consists of \(port.format.type.name) numbers, not \(type.name); "
                        + "choose its format with setFormat")
            }
            let (bytes, overflows) = port.frameSize.multipliedReportingOverflow(by: count)
            guard count >= 0, !overflows else {
                throw HailoError(.invalidArgument, "\(count) frames cannot be run")
            }
            return memory.reserve(bytes: bytes)
        }
        var (given, taken): ([UnsafeMutableRawBufferPointer], [UnsafeMutableRawBufferPointer]) = ([], [])
        for port in ports.inputs { given.append(try reserve(port, Input.numberType)) }
        for port in ports.outputs { taken.append(try reserve(port, Output.numberType)) }
        (self.given, self.taken) = (given, taken)
        try memory.check()
        for (index, numbers) in inputs.enumerated() {
            let size = numbers.count * MemoryLayout<Input>.stride
            guard size == given[index].count else {
                throw HailoError(
                    .invalidArgument,
                    "the array of input \"\(ports.inputs[index].name)\" has \(counted(numbers.count, "number")); "
                        + "\(counted(count, "frame")) of \(counted(ports.inputs[index].frameSize / MemoryLayout<Input>.stride, "number")) "
                        + "must fit exactly")
            }
            numbers.withUnsafeBytes { given[index].copyMemory(from: $0) }
        }
    }

    var sources: [UnsafeRawBufferPointer] { given.map { UnsafeRawBufferPointer($0) } }
    var targets: [UnsafeMutableRawBufferPointer] { taken }

    var outputs: [[Output]] { taken.map { Array($0.bindMemory(to: Output.self)) } }
}
