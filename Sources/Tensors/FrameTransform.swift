package import Base
package import HEF

/// Takes frames from the form that the host has to the form of the chip, or back. Made once for a stream; running it
/// allocates nothing.
package struct FrameTransform: Sendable {
    package enum Direction: Sendable {
        case toDevice
        case fromDevice
    }

    private let direction: Direction
    private let source: TensorForm
    private let target: TensorForm
    private let quantizations: [Quantization]
    private let converts: Bool
    private let transposes: Bool
    private let reorder: Reorder?
    /// Whether the rearrangement stays inside of both frames.
    private let isContained: Bool
    /// The numbers that the chip has: of one byte or of two.
    private let storedBytes: Int

    /// Bytes of a frame before and after.
    package let sourceSize: Int
    package let targetSize: Int
    /// Whether frames change at all.
    package let isRequired: Bool
    /// Bytes of working memory that running it needs.
    package let scratchSize: Int

    private static let largestFrame = 1 << 31

    package init(
        _ direction: Direction, from source: TensorForm, to target: TensorForm, _ quantizations: [Quantization]
    ) throws(HailoError) {
        self.direction = direction
        self.source = source
        self.target = target
        self.quantizations = quantizations
        let (host, device) = direction == .toDevice ? (source, target) : (target, source)
        storedBytes = Int(device.format.type.bytes)
        try FrameTransform.checkTypes(direction, host.format, device.format)
        try FrameTransform.checkSizes(source, target)
        sourceSize = direction == .toDevice ? source.frameSize : source.hardwareFrameSize
        targetSize = direction == .toDevice ? target.hardwareFrameSize : target.frameSize
        converts = source.format.type != target.format.type
        transposes = source.format.isTransposed != target.format.isTransposed
        let reorders = FrameTransform.needsReorder(source, target)
        isRequired = converts || transposes || reorders || target.count * Int(target.format.type.bytes) % 8 != 0
        let isEmptyQuantization = quantizations.count == 1 && quantizations[0] == .none
        guard direction == .toDevice || !isEmptyQuantization else {
            throw FrameTransform.refusal("the output has no scale", source, target)
        }
        try FrameTransform.checkBayer(direction, source, target)
        reorder = reorders ? try FrameTransform.reorder(direction, source, target, transposes: transposes) : nil
        if transposes { try FrameTransform.checkTransposition(direction, source, target, reorders: reorders) }
        isContained =
            reorder?.isContained(
                Extent(direction == .toDevice && transposes ? source.shape.transposed : source.shape),
                Extent(direction == .fromDevice && transposes ? target.shape.transposed : target.shape)) ?? true
        if direction == .fromDevice, converts, target.format.type == .float32 {
            try FrameTransform.checkFeatures(target, quantizations)
        }
        let numbers = max(source.count, target.count, Int(source.shape.height) * source.rowLength)
        scratchSize = 2 * (numbers * storedBytes + 64)
    }

    // MARK: What can be done

    private static func refusal(_ what: String, _ source: TensorForm, _ target: TensorForm) -> HailoError {
        func text(_ form: TensorForm) -> String {
            let shape = form.shape
            return "\(form.format.order.name) \(form.format.type.name) \(shape.height)x\(shape.width)x\(shape.features)"
        }
        return HailoError(.invalidArgument, "frames cannot go from \(text(source)) to \(text(target)): \(what)")
    }

    private static func checkTypes(_ direction: Direction, _ host: Format, _ device: Format) throws(HailoError) {
        guard device.type == .uint8 || device.type == .uint16, host.type != .automatic else {
            throw HailoError(
                .invalidArgument, "the chip has no \(device.type.name) numbers, or the host's type is left open")
        }
        let narrows = direction == .toDevice ? (host.type, device.type) : (device.type, host.type)
        guard narrows != (.uint16, .uint8) else {
            throw HailoError(.invalidArgument, "numbers of two bytes do not become numbers of one byte")
        }
    }

    private static func checkSizes(_ source: TensorForm, _ target: TensorForm) throws(HailoError) {
        for form in [source, target] {
            let (height, width, features) = (form.shape.height, form.shape.width, form.shape.features)
            let (row, rowOverflows) = (UInt64(width) + 3).multipliedReportingOverflow(by: UInt64(features) + 3)
            let (size, overflows) = row.multipliedReportingOverflow(by: UInt64(height) * 4)
            guard !rowOverflows, !overflows, size < UInt64(largestFrame) * 2 else {
                throw refusal("the frames are too large", source, target)
            }
        }
    }

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

    private static func checkBayer(
        _ direction: Direction, _ source: TensorForm, _ target: TensorForm
    ) throws(HailoError) {
        let order = source.format.order
        guard order == target.format.order else { return }
        guard order == .bayerRGB || order == .bayerRGB12Bit && direction == .toDevice else { return }
        guard source.shape.features == 1, direction == .toDevice || target.shape.features == 1 else {
            throw refusal("Bayer pictures have one feature", source, target)
        }
    }

    private static func reorder(
        _ direction: Direction, _ source: TensorForm, _ target: TensorForm, transposes: Bool
    ) throws(HailoError) -> Reorder {
        var from = source
        if direction == .toDevice, transposes { from.shape = source.shape.transposed }
        var to = target
        if direction == .fromDevice, transposes { to.shape = target.shape.transposed }
        let found = direction == .toDevice ? Reorder.toDevice(from, to) : Reorder.fromDevice(from, to)
        guard let found else { throw refusal("there is no such change of order or shape", source, target) }
        return found
    }

    private static func checkTransposition(
        _ direction: Direction, _ source: TensorForm, _ target: TensorForm, reorders: Bool
    ) throws(HailoError) {
        let hostForm = direction == .toDevice ? source : target
        let orders: [Order] = [.nhwc, .rgb4, .nhw, .bayerRGB, .bayerRGB12Bit, .fcr, .f8cr]
        guard orders.contains(hostForm.format.order) else {
            throw refusal("height and width cannot be exchanged in this order", source, target)
        }
        guard
            direction == .fromDevice && !reorders
                || hostForm.rowLength == Int(hostForm.shape.width) * Int(hostForm.shape.features)
        else { throw refusal("height and width cannot be exchanged in padded rows", source, target) }
    }

    /// Numbers of their own for each feature make sense only where it is clear which feature a number belongs to.
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

    private static func featureStride(_ form: TensorForm) -> Int? {
        switch form.format.order {
        case .nhwc, .fcr, .f8cr, .nc, .rgb4: 1
        case .nhcw: Int(form.shape.width)
        case .nchw, .bayerRGB, .bayerRGB12Bit: Int(form.shape.height) * Int(form.shape.width)
        default: nil
        }
    }

    // MARK: Running

    /// Transforms one frame. The buffers have the sizes of this transformation, begin at multiples of the size of their
    /// numbers and do not overlap.
    package func run(
        _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer,
        scratch: UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        guard source.count == sourceSize, target.count == targetSize, scratch.count >= scratchSize,
            let from = source.baseAddress, let to = target.baseAddress, let working = scratch.baseAddress
        else {
            throw HailoError(
                .invalidArgument,
                "a frame of \(source.count) bytes to one of \(target.count) where \(sourceSize) and \(targetSize) belong"
            )
        }
        let addresses = (UInt(bitPattern: from), UInt(bitPattern: to), UInt(bitPattern: working))
        let sizes = (UInt(self.source.format.type.bytes), UInt(self.target.format.type.bytes))
        guard addresses.0 % sizes.0 == 0, addresses.1 % sizes.1 == 0, addresses.2 % 4 == 0 else {
            throw HailoError(
                .invalidArgument, "a frame has to begin where its numbers can: at a multiple of their size")
        }
        if storedBytes == 1 {
            run(from, to, working, UInt8.self)
        } else {
            run(from, to, working, UInt16.self)
        }
    }

    private func run<Stored: FixedWidthInteger>(
        _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ working: UnsafeMutableRawPointer, _: Stored.Type
    ) {
        let half = scratchSize / 2 / 64 * 64
        let first = working.assumingMemoryBound(to: Stored.self)
        let second = (working + half).assumingMemoryBound(to: Stored.self)
        switch direction {
        case .toDevice:
            let result = to.assumingMemoryBound(to: Stored.self)
            guard converts || transposes || reorder != nil else {
                to.copyMemory(from: from, byteCount: target.frameSize)
                return
            }
            var current = from.assumingMemoryBound(to: Stored.self)
            if converts {
                let isLast = !transposes && reorder == nil
                let converted = isLast ? result : first
                let padding = Int(source.shape.height) * source.rowLength - source.count
                if padding > 0 { (converted + source.count).update(repeating: 0, count: isLast ? 0 : padding) }
                toStored(from, converted)
                current = UnsafePointer(converted)
            }
            if transposes {
                let transposed = reorder == nil ? result : second
                FrameTransform.transpose(current, transposed, Extent(source.shape))
                current = UnsafePointer(transposed)
            }
            if let reorder {
                let shape = transposes ? Extent(source.shape).swapped : Extent(source.shape)
                let available = transposes ? shape.count : Int(source.shape.height) * source.rowLength
                move(reorder, current, available, result, targetSize / storedBytes, shape, Extent(target.shape))
            }
        case .fromDevice:
            let stored = from.assumingMemoryBound(to: Stored.self)
            let count = target.count
            // What comes before the conversion goes into working memory if a conversion follows.
            let result = converts ? second : to.assumingMemoryBound(to: Stored.self)
            let available = sourceSize / storedBytes
            var current = stored
            if let reorder {
                let shape = transposes ? Extent(target.shape).swapped : Extent(target.shape)
                let moved = transposes ? first : result
                if !isContained { moved.update(repeating: 0, count: min(shape.count, half / storedBytes)) }
                move(reorder, stored, available, moved, shape.count, Extent(source.shape), shape)
                current = UnsafePointer(moved)
            }
            if transposes {
                let shape = reorder == nil ? Extent(target.shape) : Extent(target.shape).swapped
                FrameTransform.transpose(current, result, shape)
                current = UnsafePointer(result)
            }
            guard converts else {
                if reorder == nil, !transposes { to.copyMemory(from: from, byteCount: min(sourceSize, targetSize)) }
                return
            }
            fromStored(current, to, count)
        }
    }

    private func toStored<Stored: FixedWidthInteger>(_ from: UnsafeRawPointer, _ to: UnsafeMutablePointer<Stored>) {
        if source.format.type == .float32 {
            NumberConversion.quantize(
                from.assumingMemoryBound(to: Float.self), to, source.count, quantizations.first ?? .none)
        } else {
            let wide = UnsafeMutableRawPointer(to).assumingMemoryBound(to: UInt16.self)
            NumberConversion.widen(from.assumingMemoryBound(to: UInt8.self), wide, source.count)
        }
    }

    private func fromStored<Stored: FixedWidthInteger>(
        _ from: UnsafePointer<Stored>, _ to: UnsafeMutableRawPointer, _ count: Int
    ) {
        guard target.format.type == .float32 else {
            let narrow = UnsafeRawPointer(from).assumingMemoryBound(to: UInt8.self)
            NumberConversion.widen(narrow, to.assumingMemoryBound(to: UInt16.self), count)
            return
        }
        let numbers = to.assumingMemoryBound(to: Float.self)
        // Indexes of classes, which the chip delivers in this order, are numbers as they are.
        guard target.format.order != .nhw else { return NumberConversion.cast(from, numbers, count) }
        guard let first = quantizations.first else { return }
        if quantizations.allSatisfy({ $0.isIdentical(to: first) }) {
            NumberConversion.dequantize(from, numbers, count, first)
        } else {
            NumberConversion.dequantize(
                from, numbers, count, quantizations, stride: FrameTransform.featureStride(target) ?? 1)
        }
    }

    private func move<Stored: FixedWidthInteger>(
        _ reorder: Reorder, _ source: UnsafePointer<Stored>, _ sourceCount: Int,
        _ target: UnsafeMutablePointer<Stored>, _ targetCount: Int, _ from: Extent, _ to: Extent
    ) {
        if isContained {
            reorder.run(DirectMover(source: source, target: target), from, to)
        } else {
            reorder.run(
                CheckedMover(source: source, sourceCount: sourceCount, target: target, targetCount: targetCount), from,
                to)
        }
    }

    /// Exchanges height and width.
    private static func transpose<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ target: UnsafeMutablePointer<Stored>, _ shape: Extent
    ) {
        let features = shape.features
        for row in 0..<shape.height {
            for column in 0..<shape.width {
                (target + (column * shape.height + row) * features).update(
                    from: source + (row * shape.width + column) * features, count: features)
            }
        }
    }
}

extension Shape {
    /// With height and width exchanged.
    var transposed: Shape { Shape(width, height, features) }
}
