internal import HailoCoreProgram

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
