internal import HailoBase
internal import HailoFormats
internal import HailoCoreProgram

/// One context of a network: its program and the streams that lead into it and out of it.
struct CompiledContext {
    enum Connection {
        case boundary
        /// Contexts and their streams at the other end.
        case contexts([(context: Int, stream: Int)])
        case rows(stream: Int, count: Int)
    }

    struct Edge {
        let name: String
        let value: Int
        let isOutput: Bool
        let stream: Int
        let layout: EdgeLayout
        let connection: Connection
    }

    let number: Int
    private(set) var program = Program()
    private(set) var edges: [Edge] = []
    private var tensors: [Int: Int] = [:]

    private static let maximumStreams = 16

    init(_ number: Int, of lowering: Lowering, _ streams: StreamNumbers) throws(HailoError) {
        self.number = number
        for (value, stream) in streams.inputs[number] { addInput(value, stream, lowering, streams) }
        for step in lowering.steps where step.context == number { add(step.instruction, lowering, streams) }
        for (value, stream) in streams.outputs[number] { addOutput(value, stream, lowering, streams) }
        for isOutput in [false, true]
        where edges.filter({ $0.isOutput == isOutput }).count > CompiledContext.maximumStreams - 1 {
            throw HailoError(
                .modelTooLarge,
                "\(lowering.description.file): context \(number) has more than \(CompiledContext.maximumStreams - 1) "
                    + "\(isOutput ? "outputs" : "inputs"), the chip's channels; cut the network elsewhere")
        }
        do throws(ProgramFailure) {
            _ = try Program.decode(program.encode())
        } catch {
            throw HailoError(
                .invalidArgument,
                "\(lowering.description.file): context \(number) does not fit the core: \(error.description)")
        }
    }

    private mutating func tensor(_ value: Int, _ lowering: Lowering) -> Int {
        if let known = tensors[value] { return known }
        tensors[value] = program.tensors.count
        program.tensors.append(lowering.values[value].extent)
        return program.tensors.count - 1
    }

    private mutating func addInput(_ value: Int, _ stream: Int, _ lowering: Lowering, _ streams: StreamNumbers) {
        let source = lowering.values[value]
        let isBoundary = source.context == number
        let layout = EdgeLayout(source.extent, bits: source.bits, isBoundary ? .input : .inside)
        edges.append(
            Edge(
                name: source.name, value: value, isOutput: false, stream: stream, layout: layout,
                connection: isBoundary ? .boundary : .contexts([streams.producer(of: value, lowering)])))
        program.instructions.append(
            Instruction(.load, [stream, tensor(value, lowering)] + layout.layout.operands))
    }

    private mutating func add(_ step: Instruction, _ lowering: Lowering, _ streams: StreamNumbers) {
        if step.operation == .buffer { return addRows(step, lowering, streams) }
        var step = step
        for index in 0..<(step.operation == .concatenate ? step.operands.count : step.operation == .add ? 3 : 2) {
            step.operands[index] = Int32(tensor(Int(step.operands[index]), lowering))
        }
        program.instructions.append(step)
    }

    private mutating func addRows(_ step: Instruction, _ lowering: Lowering, _ streams: StreamNumbers) {
        let (result, source) = (Int(step.operands[0]), Int(step.operands[1]))
        let value = lowering.values[source]
        let layout = EdgeLayout(value.extent, bits: value.bits, .rows)
        let (out, back) = streams.rows[result] ?? (0, 0)
        // Fewer than the frame has, so that the memory is used over and over.
        let count = value.extent.height / 2 + 1
        edges.append(
            Edge(
                name: value.name + "_out", value: source, isOutput: true, stream: out, layout: layout,
                connection: .rows(stream: back, count: count)))
        edges.append(
            Edge(
                name: lowering.values[result].name, value: result, isOutput: false, stream: back, layout: layout,
                connection: .rows(stream: out, count: count)))
        program.instructions.append(
            Instruction(
                .buffer, [out, back, tensor(result, lowering), tensor(source, lowering)] + layout.layout.operands))
    }

    private mutating func addOutput(
        _ value: Int, _ stream: StreamNumbers.Output, _ lowering: Lowering, _ streams: StreamNumbers
    ) {
        let source = lowering.values[value]
        let layout = EdgeLayout(source.extent, bits: source.bits, stream.isBoundary ? .output : .inside)
        edges.append(
            Edge(
                name: source.name, value: value, isOutput: true, stream: stream.number, layout: layout,
                connection: stream.isBoundary ? .boundary : .contexts(streams.consumers(of: value, lowering))))
        program.instructions.append(
            Instruction(.store, [stream.number, tensor(value, lowering)] + layout.layout.operands))
    }
}
