package import HailoBase
internal import HailoFormats

// Running a transformation.
extension FrameTransform {
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
                "frames of \(source.count) and \(target.count) bytes were passed instead of \(sourceSize) and "
                    + "\(targetSize)"
            )
        }
        let addresses = (UInt(bitPattern: from), UInt(bitPattern: to), UInt(bitPattern: working))
        let sizes = (UInt(self.source.format.type.bytes), UInt(self.target.format.type.bytes))
        guard addresses.0 % sizes.0 == 0, addresses.1 % sizes.1 == 0, addresses.2 % 4 == 0 else {
            throw HailoError(
                .invalidArgument, "a frame must begin at a multiple of the size of its numbers")
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
        switch (direction, isRowByRow) {
        case (.input, true): rowsToDevice(from, to.assumingMemoryBound(to: Stored.self), working)
        case (.input, false): frameToDevice(from, to.assumingMemoryBound(to: Stored.self), working)
        case (.output, true): rowsFromDevice(from.assumingMemoryBound(to: Stored.self), to, working)
        case (.output, false): frameFromDevice(from.assumingMemoryBound(to: Stored.self), to, working)
        }
    }

    // MARK: To the chip

    private func rowsToDevice<Stored: FixedWidthInteger>(
        _ from: UnsafeRawPointer, _ target: UnsafeMutablePointer<Stored>, _ working: UnsafeMutableRawPointer
    ) {
        guard let reorder else { return }
        let (source, shape) = (Extent(self.source.shape), Extent(self.target.shape))
        let row = working.assumingMemoryBound(to: Stored.self)
        let bytes = source.row * Int(self.source.format.type.bytes)
        // Transpositions may read a little beyond the numbers of a row.
        let available = scratchSize / storedBytes
        for index in 0..<source.height {
            toStored(from + index * bytes, row, source.row)
            let mover = DirectMover(
                source: UnsafePointer(row), sourceCount: available, target: target + index * shape.row)
            reorder.run(mover, source.oneRow, shape.oneRow)
        }
    }

    private func frameToDevice<Stored: FixedWidthInteger>(
        _ from: UnsafeRawPointer, _ result: UnsafeMutablePointer<Stored>, _ working: UnsafeMutableRawPointer
    ) {
        guard converts || transposes || reorder != nil else {
            UnsafeMutableRawPointer(result).copyMemory(from: from, byteCount: target.frameSize)
            return
        }
        let half = scratchSize / 2 / 64 * 64
        var current = from.assumingMemoryBound(to: Stored.self)
        if converts {
            let isLast = !transposes && reorder == nil
            let converted = isLast ? result : working.assumingMemoryBound(to: Stored.self)
            let padding = Int(source.shape.height) * source.rowLength - source.count
            if padding > 0 { (converted + source.count).update(repeating: 0, count: isLast ? 0 : padding) }
            toStored(from, converted, source.count)
            current = UnsafePointer(converted)
        }
        if transposes {
            let transposed = reorder == nil ? result : (working + half).assumingMemoryBound(to: Stored.self)
            transpose(current, transposed, Extent(source.shape))
            current = UnsafePointer(transposed)
        }
        if let reorder {
            let shape = transposes ? Extent(source.shape).swapped : Extent(source.shape)
            let available = transposes ? shape.count : Int(source.shape.height) * source.rowLength
            move(reorder, current, available, result, targetSize / storedBytes, shape, Extent(target.shape))
        }
    }

    private func toStored<Stored: FixedWidthInteger>(
        _ from: UnsafeRawPointer, _ to: UnsafeMutablePointer<Stored>, _ count: Int
    ) {
        if source.format.type == .float32 {
            quantizer.run(from.assumingMemoryBound(to: Float.self), to, count)
        } else {
            let wide = UnsafeMutableRawPointer(to).assumingMemoryBound(to: UInt16.self)
            NumberConversion.widen(from.assumingMemoryBound(to: UInt8.self), wide, count)
        }
    }

    // MARK: From the chip

    private func rowsFromDevice<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ to: UnsafeMutableRawPointer, _ working: UnsafeMutableRawPointer
    ) {
        guard let reorder else { return }
        let (shape, result) = (Extent(self.source.shape), Extent(target.shape))
        let width = Int(target.format.type.bytes)
        if reorder == .planarRowsToPlanes {
            for row in 0..<result.height {
                for feature in 0..<result.features {
                    fromStored(
                        source + row * shape.row + feature * shape.width,
                        to + (feature * result.height + row) * result.width * width, result.width, feature: feature)
                }
            }
            return
        }
        let numbers = working.assumingMemoryBound(to: Stored.self)
        let available = sourceSize / storedBytes
        for row in 0..<result.height {
            let mover = DirectMover(
                source: source + row * shape.row, sourceCount: available - row * shape.row, target: numbers)
            reorder.run(mover, shape.oneRow, result.oneRow)
            let count = reorder == .firstFeature ? result.width : result.row
            fromStored(UnsafePointer(numbers), to + row * count * width, count)
        }
    }

    private func frameFromDevice<Stored: FixedWidthInteger>(
        _ stored: UnsafePointer<Stored>, _ to: UnsafeMutableRawPointer, _ working: UnsafeMutableRawPointer
    ) {
        let half = scratchSize / 2 / 64 * 64
        let first = working.assumingMemoryBound(to: Stored.self)
        // What comes before the conversion goes into working memory if a conversion follows.
        let result = (converts ? working + half : to).assumingMemoryBound(to: Stored.self)
        var current = stored
        if let reorder {
            let shape = transposes ? Extent(target.shape).swapped : Extent(target.shape)
            let moved = transposes ? first : result
            if !isContained { moved.update(repeating: 0, count: min(shape.count, half / storedBytes)) }
            move(reorder, stored, sourceSize / storedBytes, moved, shape.count, Extent(source.shape), shape)
            current = UnsafePointer(moved)
        }
        if transposes {
            transpose(current, result, reorder == nil ? Extent(target.shape) : Extent(target.shape).swapped)
            current = UnsafePointer(result)
        }
        if converts {
            fromStored(current, to, target.count)
        } else if reorder == nil, !transposes {
            to.copyMemory(from: UnsafeRawPointer(stored), byteCount: min(sourceSize, targetSize))
        }
    }

    /// `feature` is that of all the numbers; nil where they are of all features.
    private func fromStored<Stored: FixedWidthInteger>(
        _ from: UnsafePointer<Stored>, _ to: UnsafeMutableRawPointer, _ count: Int, feature: Int? = nil
    ) {
        guard target.format.type == .float32 else {
            let narrow = UnsafeRawPointer(from).assumingMemoryBound(to: UInt8.self)
            NumberConversion.widen(narrow, to.assumingMemoryBound(to: UInt16.self), count)
            return
        }
        let numbers = to.assumingMemoryBound(to: Float.self)
        // Indexes of classes, which the chip delivers in this order, are numbers as they are.
        guard target.format.order != .nhw else { return NumberConversion.cast(from, numbers, count) }
        if hasOneScale {
            NumberConversion.dequantize(from, numbers, count, scales.zeroPoints[0], scales.scales[0])
        } else if let feature {
            NumberConversion.dequantize(from, numbers, count, scales.zeroPoints[feature], scales.scales[feature])
        } else {
            NumberConversion.dequantize(
                from, numbers, count, scales, stride: FrameTransform.featureStride(target) ?? 1)
        }
    }

    // MARK: Both

    private func move<Stored: FixedWidthInteger>(
        _ reorder: Reorder, _ source: UnsafePointer<Stored>, _ sourceCount: Int,
        _ target: UnsafeMutablePointer<Stored>, _ targetCount: Int, _ from: Extent, _ to: Extent
    ) {
        if isContained {
            reorder.run(DirectMover(source: source, sourceCount: sourceCount, target: target), from, to)
        } else {
            reorder.run(
                CheckedMover(source: source, sourceCount: sourceCount, target: target, targetCount: targetCount), from,
                to)
        }
    }

    /// Exchanges height and width.
    private func transpose<Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Stored>, _ target: UnsafeMutablePointer<Stored>, _ shape: Extent
    ) {
        let mover = DirectMover(source: source, sourceCount: shape.count, target: target)
        if shape.features == 1 {
            mover.transpose(0, shape.height, 0, shape.width, rows: shape.height, columns: shape.width)
            return
        }
        for row in 0..<shape.height {
            for column in 0..<shape.width {
                mover.copy(
                    (column * shape.height + row) * shape.features, (row * shape.width + column) * shape.features,
                    shape.features)
            }
        }
    }
}
