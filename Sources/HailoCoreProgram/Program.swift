package import HailoBase

/// A network for the emulated core: what it is made of, in docs/emulated-core.md. One program is one context of a model;
/// it takes one frame of each of its input streams and makes one frame of each of its output streams.
package struct Program: Equatable, Sendable {
    package var tensors: Series<Extent>
    package var instructions: Series<Instruction>

    package init(tensors: [Extent] = [], instructions: [Instruction] = []) {
        self.tensors = Series(tensors)
        self.instructions = Series(instructions)
    }

    /// How many numbers a tensor has in each direction.
    package struct Extent: Equatable, Sendable {
        package let height: Int
        package let width: Int
        package let features: Int

        package init(_ height: Int, _ width: Int, _ features: Int) {
            self.height = height
            self.width = width
            self.features = features
        }

        package var count: Int { height * width * features }
    }

    // What one program may ask for, so that no file can keep the machine busy for ever.
    package static let longestSide = 0xffff
    static let maximumTensors = 4096
    static let maximumInstructions = 4096
    static let maximumOperands = 1024
    /// Of all programs of a network group together.
    package static let maximumNumbers = 1 << 24
    static let maximumWork = 1 << 32
    static let largestFrame = 1 << 24
}

/// Why bytes are no program, or a program cannot be run.
package struct ProgramFailure: Error, Equatable, Sendable {
    /// The instruction it is about; nil for the program as a whole.
    package let instruction: Int?
    package let reason: String
    /// Whether nothing is wrong with the program, but there is no memory for it.
    package private(set) var lacksMemory = false

    package init(_ instruction: Int?, _ reason: String) {
        self.instruction = instruction
        self.reason = reason
    }

    package static var noMemory: ProgramFailure {
        var failure = ProgramFailure(nil, "there is no memory for it")
        failure.lacksMemory = true
        return failure
    }

    package var description: String { (instruction.map { "instruction \($0): " } ?? "") + reason }
}

extension Program {
    /// An instruction that takes frames of a stream or gives them.
    package struct StreamUse: Equatable, Sendable {
        package let instruction: Int
        package let stream: Int
        package let isOutput: Bool
        package let frameBytes: Int
    }

    /// How many numbers all its tensors have.
    package var numberCount: Int { tensors.reduce(0) { $0 + $1.count } }

    /// Visits the instructions that take or give frames.
    package func forEachStreamUse(_ body: (StreamUse) throws(ProgramFailure) -> Void) throws(ProgramFailure) {
        for (index, step) in instructions.enumerated() {
            func visit(_ operand: Int, isOutput: Bool, layoutAt first: Int) throws(ProgramFailure) {
                try body(
                    StreamUse(
                        instruction: index, stream: step.operand(operand), isOutput: isOutput,
                        frameBytes: FrameLayout(step, at: first).frameBytes))
            }
            switch step.operation {
            case .load: try visit(0, isOutput: false, layoutAt: 2)
            case .store: try visit(0, isOutput: true, layoutAt: 2)
            case .buffer:
                try visit(0, isOutput: true, layoutAt: 4)
                try visit(1, isOutput: false, layoutAt: 4)
            default: break
            }
        }
    }
}
