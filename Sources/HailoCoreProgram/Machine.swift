internal import HailoBase

/// Runs one program, frame by frame.
package final class Machine {
    /// Gives the machine a frame of a stream, or takes one. False if there is none; the frame counts as zeros then.
    package typealias Load = (_ stream: Int, _ frame: UnsafeMutableRawBufferPointer) -> Bool
    package typealias Store = (_ stream: Int, _ frame: UnsafeRawBufferPointer) -> Void
    /// Lets a frame go out through one stream and come back through another.
    package typealias Exchange = (_ output: Int, _ input: Int, _ frame: UnsafeMutableRawBufferPointer) -> Bool

    private let program: Program
    private let numbers: UnsafeMutablePointer<Int32>
    private let starts: [Int]
    private let frame: UnsafeMutableRawBufferPointer
    /// Holds the numbers and the frame.
    private let memory: WorkingMemory

    private init(
        _ program: Program, _ starts: [Int], _ numbers: UnsafeMutablePointer<Int32>,
        _ frame: UnsafeMutableRawBufferPointer, _ memory: WorkingMemory
    ) {
        self.program = program
        self.starts = starts
        self.numbers = numbers
        self.frame = frame
        self.memory = memory
    }

    /// `program` has been checked: it comes from `Program.decode`. nil if there is no memory for its numbers.
    package static func make(_ program: Program) -> Machine? {
        var starts: [Int] = []
        var total = 0
        for tensor in program.tensors {
            starts.append(total)
            total += tensor.count
        }
        var largest = 1
        for step in program.instructions {
            switch step.operation {
            case .load, .store: largest = max(largest, FrameLayout(step, at: 2).frameBytes)
            case .buffer: largest = max(largest, FrameLayout(step, at: 4).frameBytes)
            default: break
            }
        }
        let memory = WorkingMemory()
        let numbers: UnsafeMutableBufferPointer<Int32> = memory.reserve(total)
        let frame = memory.reserve(bytes: largest)
        guard let base = numbers.baseAddress, frame.baseAddress != nil else { return nil }
        numbers.initialize(repeating: 0)
        return Machine(program, starts, base, frame, memory)
    }

    package func run(load: Load, store: Store, exchange: Exchange) {
        for step in program.instructions {
            switch step.operation {
            case .load: take(step, stream: step.operand(0), into: step.operand(1), layoutAt: 2, load)
            case .store:
                let bytes = put(step, tensor: step.operand(1), layoutAt: 2)
                store(step.operand(0), UnsafeRawBufferPointer(bytes))
            case .buffer:
                let bytes = put(step, tensor: step.operand(3), layoutAt: 4)
                take(step, stream: step.operand(1), into: step.operand(2), layoutAt: 4) { input, _ in
                    exchange(step.operand(0), input, bytes)
                }
            default: compute(step)
            }
        }
    }

    private func view(_ tensor: Int) -> TensorView { TensorView(numbers + starts[tensor], program.tensors[tensor]) }

    private func take(_ step: Instruction, stream: Int, into tensor: Int, layoutAt first: Int, _ load: Load) {
        let layout = FrameLayout(step, at: first)
        let bytes = UnsafeMutableRawBufferPointer(rebasing: frame[..<layout.frameBytes])
        if !load(stream, bytes) { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
        Kernels.unpack(UnsafeRawBufferPointer(bytes), layout, into: view(tensor))
    }

    private func put(_ step: Instruction, tensor: Int, layoutAt first: Int) -> UnsafeMutableRawBufferPointer {
        let layout = FrameLayout(step, at: first)
        let bytes = UnsafeMutableRawBufferPointer(rebasing: frame[..<layout.frameBytes])
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        Kernels.pack(view(tensor), layout, into: bytes)
        return bytes
    }

    private func compute(_ step: Instruction) {
        let target = view(step.operand(0))
        let source = view(step.operand(1))
        switch step.operation {
        case .convolution, .depthwise, .dense:
            step.weights.withUnsafeBufferPointer { weights in
                step.constants.withUnsafeBufferPointer { constants in
                    guard let weights = weights.baseAddress, let constants = constants.baseAddress else { return }
                    let layer = WeightedLayer(step, weights, constants, features: target.features)
                    switch step.operation {
                    case .convolution: Kernels.convolve(source, into: target, layer)
                    case .depthwise: Kernels.convolveDepthwise(source, into: target, layer)
                    default: Kernels.multiply(source, into: target, layer)
                    }
                }
            }
        case .maximumPool: Kernels.poolMaximum(source, into: target, Window(step, at: 2))
        case .averagePool: Kernels.poolAverage(source, into: target, Window(step, at: 2))
        case .add: Kernels.add(source, view(step.operand(2)), into: target, step)
        case .concatenate:
            var feature = 0
            for operand in 1..<step.operands.count {
                let part = view(step.operand(operand))
                Kernels.join(part, into: target, at: feature)
                feature += part.features
            }
        case .table:
            step.constants.withUnsafeBufferPointer { table in
                for index in 0..<source.count {
                    let place = min(max(Int(source.numbers[index]) - step.operand(2), 0), table.count - 1)
                    target.numbers[index] = table[place]
                }
            }
        case .requantize: Kernels.requantize(source, into: target, step)
        case .argmax: Kernels.argmax(source, into: target)
        case .resize where step.operand(2) == 0: Kernels.resizeNearest(source, into: target)
        case .resize: Kernels.resizeBilinear(source, into: target)
        case .load, .store, .buffer: break
        }
    }
}

/// A tensor's numbers: features side by side, columns, rows.
struct TensorView {
    let numbers: UnsafeMutablePointer<Int32>
    let height: Int
    let width: Int
    let features: Int

    init(_ numbers: UnsafeMutablePointer<Int32>, _ extent: Program.Extent) {
        self.numbers = numbers
        height = extent.height
        width = extent.width
        features = extent.features
    }

    var count: Int { height * width * features }
    func pixel(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Int32> {
        numbers + (row * width + column) * features
    }
}

/// What convolutions and dense layers have: weights, and for each feature of the result a bias, a multiplier and a shift.
struct WeightedLayer {
    let window: Window
    let inputZero: Int32
    let range: OutputRange
    let weights: UnsafePointer<Int8>
    let biases: UnsafePointer<Int32>
    let multipliers: UnsafePointer<Int32>
    let shifts: UnsafePointer<Int32>

    init(
        _ step: Instruction, _ weights: UnsafePointer<Int8>, _ constants: UnsafePointer<Int32>, features: Int
    ) {
        window = Window(step, at: 2)
        inputZero = step.operands[8]
        range = OutputRange(step, at: 9)
        self.weights = weights
        biases = constants
        multipliers = constants + features
        shifts = constants + 2 * features
    }

    @inline(__always)
    func hold(_ sum: Int32, _ feature: Int) -> Int32 {
        range.hold(Int(sum), multipliers[feature], shifts[feature])
    }
}
