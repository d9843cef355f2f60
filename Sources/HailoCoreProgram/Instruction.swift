/// One step of a program. All steps have the same form; what the operands mean, the views below say.
package struct Instruction: Equatable, Sendable {
    package enum Operation: UInt16, CaseIterable, Sendable {
        case load = 1
        case store = 2
        case buffer = 3
        case convolution = 4
        case depthwise = 5
        case dense = 6
        case maximumPool = 7
        case averagePool = 8
        case add = 9
        case concatenate = 10
        case table = 11
        case requantize = 12
        case argmax = 13
        case resize = 14
    }

    package let operation: Operation
    package var operands: [Int32]
    /// Numbers of 32 bits: biases, multipliers, shifts, entries of a table.
    package var constants: Numbers<Int32>
    package var weights: Numbers<Int8>

    package init(_ operation: Operation, _ operands: [Int], constants: [Int32] = [], weights: [Int8] = []) {
        self.operation = operation
        self.operands = operands.map { Int32(clamping: $0) }
        self.constants = Numbers(constants)
        self.weights = Numbers(weights)
    }

    /// The operand at `index`. `ProgramCheck` has seen that there are enough of them.
    func operand(_ index: Int) -> Int { Int(operands[index]) }
}

/// How a stream's frame lies in memory: a number of a tensor stands at the sum of its coordinates times these strides.
package struct FrameLayout: Equatable, Sendable {
    package let elementBytes: Int
    package let frameBytes: Int
    package let rowStride: Int
    package let columnStride: Int
    package let featureStride: Int

    package init(elementBytes: Int, frameBytes: Int, rowStride: Int, columnStride: Int, featureStride: Int) {
        self.elementBytes = elementBytes
        self.frameBytes = frameBytes
        self.rowStride = rowStride
        self.columnStride = columnStride
        self.featureStride = featureStride
    }

    package var operands: [Int] { [elementBytes, frameBytes, rowStride, columnStride, featureStride] }

    init(_ instruction: Instruction, at first: Int) {
        self.init(
            elementBytes: instruction.operand(first), frameBytes: instruction.operand(first + 1),
            rowStride: instruction.operand(first + 2), columnStride: instruction.operand(first + 3),
            featureStride: instruction.operand(first + 4))
    }
}

/// The part of a tensor that one number of the result is made of.
package struct Window: Equatable, Sendable {
    package let height: Int
    package let width: Int
    package let rowStep: Int
    package let columnStep: Int
    package let top: Int
    package let left: Int

    package init(height: Int, width: Int, rowStep: Int, columnStep: Int, top: Int, left: Int) {
        self.height = height
        self.width = width
        self.rowStep = rowStep
        self.columnStep = columnStep
        self.top = top
        self.left = left
    }

    package var operands: [Int] { [height, width, rowStep, columnStep, top, left] }

    init(_ instruction: Instruction, at first: Int) {
        self.init(
            height: instruction.operand(first), width: instruction.operand(first + 1),
            rowStep: instruction.operand(first + 2), columnStep: instruction.operand(first + 3),
            top: instruction.operand(first + 4), left: instruction.operand(first + 5))
    }
}

/// What becomes of a sum before it is stored: it is scaled, moved and held within bounds.
package struct OutputRange: Equatable, Sendable {
    package let zero: Int
    package let low: Int
    package let high: Int

    package init(zero: Int, low: Int, high: Int) {
        self.zero = zero
        self.low = low
        self.high = high
    }

    package var operands: [Int] { [zero, low, high] }

    init(_ instruction: Instruction, at first: Int) {
        self.init(
            zero: instruction.operand(first), low: instruction.operand(first + 1), high: instruction.operand(first + 2))
    }

    /// The sum times multiplier / 2^shift, rounded to the nearest, halves upwards.
    @inline(__always)
    func hold(_ sum: Int, _ multiplier: Int32, _ shift: Int32) -> Int32 {
        let scaled = (sum &* Int(multiplier) &+ (1 &<< Int(shift &- 1))) &>> Int(shift)
        return Int32(truncatingIfNeeded: min(max(scaled &+ zero, low), high))
    }
}
