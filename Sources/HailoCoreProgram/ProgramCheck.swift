internal import HailoBase

/// Sees to it that a program can be run without looking back: all tensors exist and fit, all constants are there.
struct ProgramCheck {
    private let program: Program
    private var index = 0
    private var written: [Bool]
    private var work = 0

    init(_ program: Program) {
        self.program = program
        written = [Bool](repeating: false, count: program.tensors.count)
    }

    mutating func run() throws(ProgramFailure) {
        var numbers = 0
        for tensor in program.tensors {
            for side in [tensor.height, tensor.width, tensor.features] {
                guard (1...Program.longestSide).contains(side) else {
                    throw ProgramFailure(nil, "a tensor has a side of \(side); it must be 1 to \(Program.longestSide)")
                }
            }
            numbers += tensor.count
            guard numbers <= Program.maximumNumbers else {
                throw ProgramFailure(nil, "its tensors have more than \(Program.maximumNumbers) numbers")
            }
        }
        for (index, instruction) in program.instructions.enumerated() {
            self.index = index
            try check(instruction)
            guard work <= Program.maximumWork else {
                throw ProgramFailure(index, "up to here a frame takes more than \(Program.maximumWork) multiplications")
            }
        }
    }

    private func wrong(_ reason: String) -> ProgramFailure { ProgramFailure(index, reason) }

    private mutating func check(_ step: Instruction) throws(ProgramFailure) {
        switch step.operation {
        case .load:
            try expect(step, operands: 7)
            try checkStream(step, step.operand(0))
            try checkLayout(step, at: 2, try target(step, 1))
        case .store:
            try expect(step, operands: 7)
            try checkStream(step, step.operand(0))
            try checkLayout(step, at: 2, try source(step, 1))
        case .buffer:
            try expect(step, operands: 9)
            try checkStream(step, step.operand(0))
            try checkStream(step, step.operand(1))
            let input = try source(step, 3)
            try same(input, try target(step, 2))
            try checkLayout(step, at: 4, input)
        case .convolution, .depthwise, .dense:
            try checkWeighted(step)
        case .maximumPool, .averagePool:
            try expect(step, operands: 8)
            let input = try source(step, 1)
            let output = try target(step, 0)
            guard input.features == output.features else { throw wrong("it changes the number of features") }
            try checkWindow(step, at: 2, input, output)
            work += output.count * step.operand(2) * step.operand(3)
        case .add:
            try expect(step, operands: 11)
            let left = try source(step, 1)
            let right = try source(step, 2)
            try same(left, right)
            try same(left, try target(step, 0))
            try checkShift(step.operands[7])
            try checkRange(step, at: 8)
            work += left.count
        case .concatenate:
            guard step.operands.count >= 2 else { throw wrong("it joins nothing") }
            try expect(step, operands: step.operands.count)
            var features = 0
            var sides: Program.Extent?
            for operand in 1..<step.operands.count {
                let input = try source(step, operand)
                if let sides, sides.height != input.height || sides.width != input.width {
                    throw wrong("it joins tensors of different height or width")
                }
                sides = input
                features += input.features
            }
            let output = try target(step, 0)
            guard let sides, output == Program.Extent(sides.height, sides.width, features) else {
                throw wrong("its result does not have the features of all its inputs")
            }
            work += output.count
        case .table:
            try expect(step, operands: 3, constants: step.constants.count)
            guard !step.constants.isEmpty else { throw wrong("its table is empty") }
            let input = try source(step, 1)
            try same(input, try target(step, 0))
            work += input.count
        case .requantize:
            try expect(step, operands: 8)
            let input = try source(step, 1)
            try same(input, try target(step, 0))
            try checkShift(step.operands[4])
            try checkRange(step, at: 5)
            work += input.count
        case .argmax:
            try expect(step, operands: 2)
            let input = try source(step, 1)
            let output = try target(step, 0)
            guard output == Program.Extent(input.height, input.width, 1) else {
                throw wrong("its result has to have the height and width of its input, and one feature")
            }
            work += input.count
        case .resize:
            try expect(step, operands: 3)
            let input = try source(step, 1)
            let output = try target(step, 0)
            guard input.features == output.features else { throw wrong("it changes the number of features") }
            guard (0...1).contains(step.operand(2)) else {
                throw wrong("there is no resizing method \(step.operand(2))")
            }
            work += output.count
        }
    }

    // MARK: Parts

    private func expect(
        _ step: Instruction, operands: Int, constants: Int = 0, weights: Int = 0
    ) throws(ProgramFailure) {
        guard step.operands.count == operands else {
            throw wrong("it has \(counted(step.operands.count, "operand")) instead of \(operands)")
        }
        guard step.constants.count == constants else {
            throw wrong("it has \(counted(step.constants.count, "constant")) instead of \(constants)")
        }
        guard step.weights.count == weights else {
            throw wrong("it has \(counted(step.weights.count, "weight")) instead of \(weights)")
        }
    }

    private func extent(_ step: Instruction, _ operand: Int) throws(ProgramFailure) -> Program.Extent {
        let number = step.operand(operand)
        guard program.tensors.indices.contains(number) else { throw wrong("there is no tensor \(number)") }
        return program.tensors[number]
    }

    private func source(_ step: Instruction, _ operand: Int) throws(ProgramFailure) -> Program.Extent {
        let extent = try extent(step, operand)
        guard written[step.operand(operand)] else {
            throw wrong("tensor \(step.operand(operand)) is used before it is written")
        }
        return extent
    }

    /// Every tensor is written once, so that no instruction reads what it writes.
    private mutating func target(_ step: Instruction, _ operand: Int) throws(ProgramFailure) -> Program.Extent {
        let extent = try extent(step, operand)
        guard !written[step.operand(operand)] else { throw wrong("tensor \(step.operand(operand)) is written twice") }
        written[step.operand(operand)] = true
        return extent
    }

    private func same(_ left: Program.Extent, _ right: Program.Extent) throws(ProgramFailure) {
        guard left == right else { throw wrong("its tensors differ in size") }
    }

    private func checkStream(_ step: Instruction, _ stream: Int) throws(ProgramFailure) {
        guard (0..<256).contains(stream) else { throw wrong("there is no stream \(stream)") }
    }

    private mutating func checkLayout(
        _ step: Instruction, at first: Int, _ extent: Program.Extent
    ) throws(ProgramFailure) {
        let layout = FrameLayout(step, at: first)
        guard (1...2).contains(layout.elementBytes) else { throw wrong("numbers must have 1 or 2 bytes") }
        guard (1...Program.largestFrame).contains(layout.frameBytes) else {
            throw wrong("frames must have 1 to \(Program.largestFrame) bytes, not \(layout.frameBytes)")
        }
        for stride in [layout.rowStride, layout.columnStride, layout.featureStride] {
            guard (0...Program.largestFrame).contains(stride) else {
                throw wrong("\(stride) is not a valid distance in a frame")
            }
        }
        let last =
            (extent.height - 1) * layout.rowStride + (extent.width - 1) * layout.columnStride
            + (extent.features - 1) * layout.featureStride
        guard last + layout.elementBytes <= layout.frameBytes else {
            throw wrong("the tensor ends at byte \(last + layout.elementBytes) of a frame of \(layout.frameBytes)")
        }
        work += extent.count
    }

    private func checkWindow(
        _ step: Instruction, at first: Int, _ input: Program.Extent, _ output: Program.Extent
    ) throws(ProgramFailure) {
        let window = Window(step, at: first)
        guard (1...255).contains(window.height), (1...255).contains(window.width) else {
            throw wrong("its window must have 1 to 255 rows and columns")
        }
        guard (1...255).contains(window.rowStep), (1...255).contains(window.columnStep) else {
            throw wrong("the steps of its window must be 1 to 255")
        }
        guard (0..<window.height).contains(window.top), (0..<window.width).contains(window.left) else {
            throw wrong("its padding is larger than its window")
        }
        // Each window has at least one number of the input in it.
        guard (output.height - 1) * window.rowStep - window.top < input.height,
            (output.width - 1) * window.columnStep - window.left < input.width
        else { throw wrong("its result reaches beyond its input") }
    }

    private mutating func checkWeighted(_ step: Instruction) throws(ProgramFailure) {
        guard step.operands.count == 12 else {
            throw wrong("it has \(counted(step.operands.count, "operand")) instead of 12")
        }
        let input = try source(step, 1)
        let output = try target(step, 0)
        let window = Window(step, at: 2)
        let taps: Int
        switch step.operation {
        case .dense:
            guard output.height == 1, output.width == 1 else {
                throw wrong("its result has more than one row or column")
            }
            taps = input.count
        case .depthwise:
            try checkWindow(step, at: 2, input, output)
            guard input.features == output.features else { throw wrong("it changes the number of features") }
            taps = window.height * window.width
        default:
            try checkWindow(step, at: 2, input, output)
            taps = window.height * window.width * input.features
        }
        // A bias, a multiplier and a shift for each feature of the result.
        try expect(step, operands: 12, constants: 3 * output.features, weights: taps * output.features)
        for shift in step.constants[(2 * output.features)...] { try checkShift(shift) }
        try checkRange(step, at: 9)
        work += output.count * taps
    }

    private func checkShift(_ shift: Int32) throws(ProgramFailure) {
        guard (1...62).contains(shift) else { throw wrong("a shift must be 1 to 62, not \(shift)") }
    }

    private func checkRange(_ step: Instruction, at first: Int) throws(ProgramFailure) {
        let range = OutputRange(step, at: first)
        guard range.low <= range.high else {
            throw wrong("its lower bound \(range.low) is above its upper bound \(range.high)")
        }
    }
}
