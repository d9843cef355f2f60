package import Base
internal import CoreProgram
internal import HEF
internal import HEFWriter

/// Compiles a network for the emulated core into a HEF file.
package enum NetworkCompiler {
    package enum Chip: Sendable {
        case hailo8, hailo8l
    }

    package static func compile(
        _ description: NetworkDescription, _ arrays: NumpyArchive?, for chip: Chip
    ) throws(HailoError) -> [UInt8] {
        let lowering = try Lowering(description, arrays)
        var contexts: [CompiledContext] = []
        for number in 0..<lowering.contexts { contexts.append(try CompiledContext(number, of: lowering)) }
        return HefAssembly(lowering, contexts, chip).file()
    }
}

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
        var connection: Connection
    }

    let number: Int
    private(set) var program = Program()
    private(set) var edges: [Edge] = []
    private var tensors: [Int: Int] = [:]

    private static let mostStreams = 16

    init(_ number: Int, of lowering: Lowering) throws(HailoError) {
        self.number = number
        let streams = StreamNumbers(lowering)
        for (value, stream) in streams.inputs[number] { addInput(value, stream, lowering, streams) }
        for step in lowering.steps where step.context == number { add(step.instruction, lowering, streams) }
        for (value, stream) in streams.outputs[number] { addOutput(value, stream, lowering, streams) }
        for isOutput in [false, true]
        where edges.filter({ $0.isOutput == isOutput }).count > CompiledContext.mostStreams - 1 {
            throw HailoError(
                .modelTooLarge,
                "\(lowering.description.file): context \(number) has more than \(CompiledContext.mostStreams - 1) "
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

/// Gives every stream of every context its number.
struct StreamNumbers {
    struct Output {
        let number: Int
        let isBoundary: Bool
    }

    /// Values and the numbers of their streams, context by context.
    private(set) var inputs: [[(Int, Int)]]
    private(set) var outputs: [[(Int, Output)]]
    /// The streams by which rows go out and come back, by the value that they become.
    private(set) var rows: [Int: (out: Int, back: Int)] = [:]

    init(_ lowering: Lowering) {
        inputs = [[(Int, Int)]](repeating: [], count: lowering.contexts)
        outputs = [[(Int, Output)]](repeating: [], count: lowering.contexts)
        // Streams at the host keep their numbers in all contexts.
        var nextInput = 0
        var nextOutput = 0
        for value in lowering.inputs {
            inputs[lowering.values[value].context].append((value, nextInput))
            nextInput += 1
        }
        for output in lowering.outputs {
            outputs[lowering.values[output.value].context].append(
                (output.value, Output(number: nextOutput, isBoundary: true)))
            nextOutput += 1
        }
        var nextInputs = [Int](repeating: nextInput, count: lowering.contexts)
        var nextOutputs = [Int](repeating: nextOutput, count: lowering.contexts)
        for step in lowering.steps {
            let sources = StreamNumbers.sources(step.instruction)
            for value in sources where lowering.values[value].context != step.context {
                let maker = lowering.values[value].context
                guard !inputs[step.context].contains(where: { $0.0 == value }) else { continue }
                inputs[step.context].append((value, nextInputs[step.context]))
                nextInputs[step.context] += 1
                guard !outputs[maker].contains(where: { $0.0 == value && !$0.1.isBoundary }) else { continue }
                outputs[maker].append((value, Output(number: nextOutputs[maker], isBoundary: false)))
                nextOutputs[maker] += 1
            }
        }
        for row in lowering.rows {
            let context = lowering.values[row.to].context
            rows[row.to] = (nextOutputs[context], nextInputs[context])
            nextOutputs[context] += 1
            nextInputs[context] += 1
        }
    }

    /// The values that an instruction reads.
    private static func sources(_ step: Instruction) -> [Int] {
        switch step.operation {
        case .concatenate: step.operands.dropFirst().map { Int($0) }
        case .add: [Int(step.operands[1]), Int(step.operands[2])]
        default: [Int(step.operands[1])]
        }
    }

    /// The contexts that take a value from the one that makes it, and the stream there.
    func consumers(of value: Int, _ lowering: Lowering) -> [(context: Int, stream: Int)] {
        var found: [(context: Int, stream: Int)] = []
        for (context, streams) in inputs.enumerated() where context != lowering.values[value].context {
            for (other, stream) in streams where other == value { found.append((context, stream)) }
        }
        return found
    }

    /// The stream by which a value leaves the context that makes it.
    func producer(of value: Int, _ lowering: Lowering) -> (context: Int, stream: Int) {
        let context = lowering.values[value].context
        let stream = outputs[context].first { $0.0 == value && !$0.1.isBoundary }?.1.number ?? 0
        return (context, stream)
    }
}
