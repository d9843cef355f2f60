package import HailoBase
package import HailoFormats

/// Takes frames from the form that the host has to the form of the chip, or back. Made once for a stream; running it
/// allocates nothing.
package struct FrameTransform: Sendable {
    let direction: Direction
    let source: TensorForm
    let target: TensorForm
    let scales: FeatureScales
    let converts: Bool
    let transposes: Bool
    let reorder: Reorder?
    /// Whether the rearrangement stays inside of both frames.
    let isContained: Bool
    /// The numbers that the chip has: of one byte or of two.
    let storedBytes: Int
    let quantizer: Quantizer
    /// Whether all features have the same zero point and scale.
    let hasOneScale: Bool
    /// Whether numbers are converted and rearranged row by row, so that only one row needs working memory.
    let isRowByRow: Bool

    /// Bytes of a frame before and after.
    package let sourceSize: Int
    package let targetSize: Int
    /// Whether frames change at all.
    package let isRequired: Bool
    /// Bytes of working memory that running it needs.
    package let scratchSize: Int

    private static let largestFrame = 1 << 31

    @_optimize(size)
    package init(
        _ direction: Direction, from source: TensorForm, to target: TensorForm, _ quantizations: [Quantization]
    ) throws(HailoError) {
        self.direction = direction
        self.source = source
        self.target = target
        scales = FeatureScales(quantizations)
        let (host, device) = direction == .input ? (source, target) : (target, source)
        storedBytes = Int(device.format.type.bytes)
        try FrameTransform.checkTypes(direction, host.format, device.format)
        try FrameTransform.checkSizes(source, target)
        sourceSize = direction == .input ? source.frameSize : source.hardwareFrameSize
        targetSize = direction == .input ? target.hardwareFrameSize : target.frameSize
        converts = source.format.type != target.format.type
        transposes = source.format.isTransposed != target.format.isTransposed
        let reorders = FrameTransform.needsReorder(source, target)
        isRequired = converts || transposes || reorders || target.count * Int(target.format.type.bytes) % 8 != 0
        let isEmptyQuantization = quantizations.count == 1 && quantizations[0] == .none
        guard direction == .input || !isEmptyQuantization else {
            throw FrameTransform.refusal("the output has no scale", source, target)
        }
        try FrameTransform.checkBayer(direction, source, target)
        reorder = reorders ? try FrameTransform.reorder(direction, source, target, transposes: transposes) : nil
        if transposes { try FrameTransform.checkTransposition(direction, source, target, reorders: reorders) }
        isContained =
            reorder?.isContained(
                Extent(direction == .input && transposes ? source.shape.transposed : source.shape),
                Extent(direction == .output && transposes ? target.shape.transposed : target.shape)) ?? true
        if direction == .output, converts, target.format.type == .float32 {
            try FrameTransform.checkFeatures(target, quantizations)
        }
        quantizer = Quantizer(quantizations.first ?? .none)
        hasOneScale = quantizations.allSatisfy { $0.isIdentical(to: quantizations[0]) }
        let isWhole = source.rowLength == Int(source.shape.width) * Int(source.shape.features)
        isRowByRow =
            converts && !transposes && isContained && isWhole
            && (reorder?.isRowByRow == true || reorder == .planarRowsToPlanes)
        let numbers = max(source.count, target.count, Int(source.shape.height) * source.rowLength)
        let row = Int((direction == .input ? source : target).rowLength)
        scratchSize = isRowByRow ? row * storedBytes + 64 : 2 * (numbers * storedBytes + 64)
    }

    // MARK: What can be done

    @_optimize(size)
    private static func refusal(_ what: String, _ source: TensorForm, _ target: TensorForm) -> HailoError {
        func text(_ form: TensorForm) -> String {
            let shape = form.shape
            return "\(form.format.order.name) \(form.format.type.name) \(shape.height)x\(shape.width)x\(shape.features)"
        }
        return HailoError(
            .invalidArgument, "frames cannot be converted from \(text(source)) to \(text(target)): \(what)")
    }

    @_optimize(size)
    private static func checkTypes(_ direction: Direction, _ host: Format, _ device: Format) throws(HailoError) {
        guard device.type == .uint8 || device.type == .uint16, host.type != .automatic else {
            throw HailoError(
                .invalidArgument, "the chip has no \(device.type.name) numbers, or the host's type is left open")
        }
        let narrows = direction == .input ? (host.type, device.type) : (device.type, host.type)
        guard narrows != (.uint16, .uint8) else {
            throw HailoError(.invalidArgument, "numbers of two bytes cannot become numbers of one byte")
        }
    }

    @_optimize(size)
    private static func checkSizes(_ source: TensorForm, _ target: TensorForm) throws(HailoError) {
        for form in [source, target] {
            let (height, width, features) = (form.shape.height, form.shape.width, form.shape.features)
            let (row, rowOverflows) = (UInt64(width) + 3).multipliedReportingOverflow(by: UInt64(features) + 3)
            let (size, overflows) = row.multipliedReportingOverflow(by: UInt64(max(height, 1)) * 4)
            guard !rowOverflows, !overflows, size < UInt64(largestFrame) * 2 else {
                throw refusal("the frames are too large", source, target)
            }
        }
    }

    @_optimize(size)
    private static func needsReorder(_ source: TensorForm, _ target: TensorForm) -> Bool {
        let (from, to) = (source.format.order, target.format.order)
        let hasOneShape = source.shape == target.shape
        if hasOneShape, source.shape.features == 1 {
            // With one feature these are the same.
            let other: [Order] = [.nhwc, .fcr]
            if from == .nhcw && other.contains(to) || other.contains(from) && to == .nhcw { return false }
        }
        guard hasOneShape, from == to else { return true }
        return from == .f8cr && source.shape.features > 8
    }

    @_optimize(size)
    private static func checkBayer(
        _ direction: Direction, _ source: TensorForm, _ target: TensorForm
    ) throws(HailoError) {
        let order = source.format.order
        guard order == target.format.order else { return }
        guard order == .bayerRGB || order == .bayerRGB12Bit && direction == .input else { return }
        guard source.shape.features == 1, direction == .input || target.shape.features == 1 else {
            throw refusal("Bayer pictures have one feature", source, target)
        }
    }

    @_optimize(size)
    private static func reorder(
        _ direction: Direction, _ source: TensorForm, _ target: TensorForm, transposes: Bool
    ) throws(HailoError) -> Reorder {
        var from = source
        if direction == .input, transposes { from.shape = source.shape.transposed }
        var to = target
        if direction == .output, transposes { to.shape = target.shape.transposed }
        let found = direction == .input ? Reorder.toDevice(from, to) : Reorder.fromDevice(from, to)
        guard let found else { throw refusal("this change of order or shape is not supported", source, target) }
        return found
    }

    @_optimize(size)
    private static func checkTransposition(
        _ direction: Direction, _ source: TensorForm, _ target: TensorForm, reorders: Bool
    ) throws(HailoError) {
        let hostForm = direction == .input ? source : target
        let orders: [Order] = [.nhwc, .rgb4, .nhw, .bayerRGB, .bayerRGB12Bit, .fcr, .f8cr]
        guard orders.contains(hostForm.format.order) else {
            throw refusal("height and width cannot be exchanged in this order", source, target)
        }
        guard
            direction == .output && !reorders
                || hostForm.rowLength == Int(hostForm.shape.width) * Int(hostForm.shape.features)
        else { throw refusal("height and width cannot be exchanged in padded rows", source, target) }
    }

    /// Numbers of their own for each feature make sense only where it is clear which feature a number belongs to.
    @_optimize(size)
    private static func checkFeatures(_ target: TensorForm, _ quantizations: [Quantization]) throws(HailoError) {
        guard let first = quantizations.first else {
            throw HailoError(.invalidArgument, "an output without scales cannot become floating point numbers")
        }
        guard !quantizations.allSatisfy({ $0.isIdentical(to: first) }), target.format.order != .nhw else { return }
        let stride = featureStride(target)
        let features = quantizations.count
        guard let stride, stride > 0, target.count % (stride * features) == 0 else {
            throw HailoError(
                .invalidArgument,
                "scales for \(features) features do not fit an output in order \(target.format.order.name)")
        }
    }

    static func featureStride(_ form: TensorForm) -> Int? {
        switch form.format.order {
        case .nhwc, .fcr, .f8cr, .nc, .rgb4: 1
        case .nhcw: Int(form.shape.width)
        case .nchw, .bayerRGB, .bayerRGB12Bit: Int(form.shape.height) * Int(form.shape.width)
        default: nil
        }
    }
}

extension Shape {
    /// With height and width exchanged.
    var transposed: Shape { Shape(width, height, features) }
}
