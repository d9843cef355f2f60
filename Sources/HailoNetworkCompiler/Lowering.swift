internal import HailoBase
internal import HailoFormats
internal import HailoCoreProgram

/// A network as instructions of the emulated core, which do not yet belong to contexts.
struct Lowering {
    /// What a layer makes.
    struct Value {
        let name: String
        let extent: Program.Extent
        let zero: Int
        let scale: Double
        let bits: Int
        let context: Int
    }

    /// The instruction that makes a value. Its tensors are numbers of values.
    struct Step {
        let context: Int
        let instruction: Instruction
    }

    let description: NetworkDescription
    let arrays: NumpyArchive?
    private(set) var values: [Value] = []
    private(set) var steps: [Step] = []
    /// Values that come from the host and that go there, with the line that says so.
    private(set) var inputs: [Int] = []
    private(set) var outputs: [(value: Int, line: Int)] = []
    /// Values that go out to memory and come back as others.
    private(set) var rows: [(from: Int, to: Int)] = []
    private(set) var contexts = 1

    init(_ description: NetworkDescription, _ arrays: NumpyArchive?) throws(HailoError) {
        self.description = description
        self.arrays = arrays
        for layer in description.layers {
            if layer.startsContext, !steps.isEmpty, steps.last?.context == contexts - 1 { contexts += 1 }
            try lower(layer)
        }
        guard !inputs.isEmpty, !outputs.isEmpty else {
            throw HailoError(.invalidArgument, "\(description.file): a network has at least one input and one output")
        }
    }

    private func sources(_ reader: LayerArguments, _ count: ClosedRange<Int>) throws(HailoError) -> [Int] {
        var found: [Int] = []
        for name in reader.layer.sources {
            guard let value = values.firstIndex(where: { $0.name == name }) else {
                throw reader.wrong("there is no layer \"\(name)\" before it")
            }
            found.append(value)
        }
        guard count.contains(found.count) else {
            throw reader.wrong(
                count.lowerBound == 1 && count.upperBound == 1
                    ? "it takes from=ONE" : "it takes from=ONE,ANOTHER with \(count.lowerBound) layers or more")
        }
        return found
    }

    private mutating func add(
        _ reader: inout LayerArguments, _ extent: Program.Extent, zero: Int, bits: Int, scale: Double
    ) throws(HailoError) {
        for side in [extent.height, extent.width, extent.features] where !(1...Program.longestSide).contains(side) {
            throw reader.wrong(
                "its result would have \(extent.height) x \(extent.width) x \(extent.features) numbers; each side takes 1 to "
                    + "\(Program.longestSide)")
        }
        let scale = try reader.real("scale", or: scale)
        try reader.finish()
        values.append(
            Value(
                name: reader.layer.name, extent: extent, zero: zero, scale: scale, bits: bits, context: contexts - 1))
    }

    private mutating func make(
        _ operation: Instruction.Operation, _ operands: [Int], constants: [Int32] = [], weights: [Int8] = []
    ) {
        steps.append(
            Step(
                context: contexts - 1,
                instruction: Instruction(operation, operands, constants: constants, weights: weights)))
    }

    // MARK: Layers

    private mutating func lower(_ layer: NetworkDescription.Layer) throws(HailoError) {
        var reader = LayerArguments(layer, in: description, arrays)
        let result = values.count
        switch layer.kind {
        case "input":
            let shape = try reader.list("shape", "x", counts: [3], or: nil)
            let bits = try reader.bits()
            let zero = try reader.number("zero", or: 0)
            try add(&reader, Program.Extent(shape[0], shape[1], shape[2]), zero: zero, bits: bits, scale: 1)
            inputs.append(result)
        case "output":
            let source = try sources(reader, 1...1)[0]
            try reader.finish()
            outputs.append((source, layer.line))
        case "conv", "depthwise", "dense":
            try lowerWeighted(&reader)
        case "maxpool", "avgpool":
            let source = try sources(reader, 1...1)[0]
            let size = try reader.list("size", "x", counts: [1, 2], or: nil)
            let (window, padding) = try reader.window(size[0], size[size.count - 1], step: size)
            let input = values[source]
            let extent = Lowering.slide(window, padding, over: input.extent, features: input.extent.features)
            try add(&reader, extent, zero: input.zero, bits: input.bits, scale: input.scale)
            make(layer.kind == "maxpool" ? .maximumPool : .averagePool, [result, source] + window.operands)
        case "add":
            let pair = try sources(reader, 2...2)
            let (left, right) = (values[pair[0]], values[pair[1]])
            let multipliers = try reader.list("multipliers", ",", counts: [2], or: [1, 1])
            let shift = try reader.number("shift", or: 1)
            let bits = try reader.bits()
            let range = try reader.range(bits: bits)
            try add(&reader, left.extent, zero: range.zero, bits: bits, scale: left.scale)
            make(
                .add,
                [result, pair[0], pair[1], left.zero, multipliers[0], right.zero, multipliers[1], shift]
                    + range.operands)
        case "concat":
            let parts = try sources(reader, 2...256)
            let first = values[parts[0]]
            let features = parts.reduce(0) { $0 + values[$1].extent.features }
            let bits = parts.reduce(8) { max($0, values[$1].bits) }
            try add(
                &reader, Program.Extent(first.extent.height, first.extent.width, features), zero: first.zero,
                bits: bits,
                scale: first.scale)
            make(.concatenate, [result] + parts)
        case "table":
            let source = try sources(reader, 1...1)[0]
            let entries: [Int32] = try reader.narrow(try reader.array("values").values, "values")
            let base = try reader.number("base", or: 0)
            let zero = try reader.number("zero", or: 0)
            let bits = entries.allSatisfy { (0...255).contains($0) } ? 8 : 16
            try add(&reader, values[source].extent, zero: zero, bits: bits, scale: values[source].scale)
            make(.table, [result, source, base], constants: entries)
        case "requantize":
            let source = try sources(reader, 1...1)[0]
            let input = values[source]
            let bits = try reader.bits()
            let multiplier = try reader.number("multiplier", or: nil)
            let shift = try reader.number("shift", or: nil)
            let range = try reader.range(bits: bits)
            try add(&reader, input.extent, zero: range.zero, bits: bits, scale: input.scale)
            make(.requantize, [result, source, input.zero, multiplier, shift] + range.operands)
        case "argmax":
            let source = try sources(reader, 1...1)[0]
            let extent = values[source].extent
            try add(
                &reader, Program.Extent(extent.height, extent.width, 1), zero: 0, bits: extent.features > 256 ? 16 : 8,
                scale: 1)
            make(.argmax, [result, source])
        case "resize":
            let source = try sources(reader, 1...1)[0]
            let input = values[source]
            let size = try reader.list("size", "x", counts: [2], or: nil)
            let way = try reader.word("way", ["nearest", "bilinear"], or: "nearest")
            try add(
                &reader, Program.Extent(size[0], size[1], input.extent.features), zero: input.zero, bits: input.bits,
                scale: input.scale)
            make(.resize, [result, source, way == "nearest" ? 0 : 1])
        case "ddr":
            let source = try sources(reader, 1...1)[0]
            let input = values[source]
            try add(&reader, input.extent, zero: input.zero, bits: input.bits, scale: input.scale)
            rows.append((source, result))
            make(.buffer, [result, source])
        default:
            throw description.wrong(
                layer.line,
                "there is no layer of kind \"\(layer.kind)\"; there are input, output, conv, depthwise, dense, maxpool, avgpool, "
                    + "add, concat, table, requantize, argmax, resize and ddr")
        }
    }

    private mutating func lowerWeighted(_ reader: inout LayerArguments) throws(HailoError) {
        let result = values.count
        let source = try sources(reader, 1...1)[0]
        let input = values[source]
        let array = try reader.array("weights")
        let weights: [Int8] = try reader.narrow(array.values, "weights")
        let shape = array.shape
        let operation: Instruction.Operation
        let extent: Program.Extent
        let ordered: [Int8]
        var window = Window(height: 1, width: 1, rowStep: 1, columnStep: 1, top: 0, left: 0)
        switch reader.layer.kind {
        case "dense":
            guard shape.count == 2, shape[0] == input.extent.count else {
                throw reader.wrong(
                    "its weights have the shape \(text(shape)) instead of \(input.extent.count) x FEATURES")
            }
            operation = .dense
            extent = Program.Extent(1, 1, shape[1])
            ordered = Lowering.lastFirst(weights, shape[1])
        case "depthwise":
            guard shape.count == 3, shape[2] == input.extent.features else {
                throw reader.wrong(
                    "its weights have the shape \(text(shape)) instead of ROWS x COLUMNS x \(input.extent.features)")
            }
            operation = .depthwise
            let (slid, padding) = try reader.window(shape[0], shape[1], step: [1])
            window = slid
            extent = Lowering.slide(window, padding, over: input.extent, features: shape[2])
            ordered = weights
        default:
            guard shape.count == 4, shape[2] == input.extent.features else {
                throw reader.wrong(
                    "its weights have the shape \(text(shape)) instead of ROWS x COLUMNS x \(input.extent.features) x FEATURES"
                )
            }
            operation = .convolution
            let (slid, padding) = try reader.window(shape[0], shape[1], step: [1])
            window = slid
            extent = Lowering.slide(window, padding, over: input.extent, features: shape[3])
            ordered = Lowering.lastFirst(weights, shape[3])
        }
        let bits = try reader.bits()
        let biases = try reader.perFeature("bias", extent.features, or: 0)
        let multipliers = try reader.perFeature("multiplier", extent.features)
        let shifts = try reader.perFeature("shift", extent.features)
        let range = try reader.range(bits: bits)
        try add(&reader, extent, zero: range.zero, bits: bits, scale: 1)
        make(
            operation, [result, source] + window.operands + [input.zero] + range.operands,
            constants: biases + multipliers + shifts, weights: ordered)
    }

    private func text(_ shape: [Int]) -> String { shape.map { "\($0)" }.joined(separator: " x ") }

    /// The numbers with their last index first.
    private static func lastFirst(_ numbers: [Int8], _ last: Int) -> [Int8] {
        let rest = last > 0 ? numbers.count / last : 0
        var result: [Int8] = []
        result.reserveCapacity(numbers.count)
        for feature in 0..<last {
            for index in 0..<rest { result.append(numbers[index * last + feature]) }
        }
        return result
    }

    private static func slide(
        _ window: Window, _ padding: [Int], over input: Program.Extent, features: Int
    ) -> Program.Extent {
        func steps(_ length: Int, _ size: Int, _ step: Int) -> Int {
            length < size || step < 1 ? 0 : (length - size) / step + 1
        }
        return Program.Extent(
            steps(input.height + padding[0] + padding[2], window.height, window.rowStep),
            steps(input.width + padding[1] + padding[3], window.width, window.columnStep), features)
    }
}
