/// The arithmetic of the emulated core. Sums wrap around at 32 bits.
enum Kernels {
    // MARK: Frames

    @_optimize(speed)
    static func unpack(_ frame: UnsafeRawBufferPointer, _ layout: FrameLayout, into tensor: TensorView) {
        var next = tensor.numbers
        for row in 0..<tensor.height {
            for column in 0..<tensor.width {
                var place = row * layout.rowStride + column * layout.columnStride
                for _ in 0..<tensor.features {
                    next.pointee =
                        layout.elementBytes == 1
                        ? Int32(frame[place]) : Int32(frame[place]) | Int32(frame[place + 1]) << 8
                    next += 1
                    place += layout.featureStride
                }
            }
        }
    }

    @_optimize(speed)
    static func pack(_ tensor: TensorView, _ layout: FrameLayout, into frame: UnsafeMutableRawBufferPointer) {
        var next = tensor.numbers
        for row in 0..<tensor.height {
            for column in 0..<tensor.width {
                var place = row * layout.rowStride + column * layout.columnStride
                for _ in 0..<tensor.features {
                    frame[place] = UInt8(truncatingIfNeeded: next.pointee)
                    if layout.elementBytes == 2 { frame[place + 1] = UInt8(truncatingIfNeeded: next.pointee >> 8) }
                    next += 1
                    place += layout.featureStride
                }
            }
        }
    }

    // MARK: Sums of products

    @inline(__always)
    private static func products(
        _ numbers: UnsafePointer<Int32>, _ weights: UnsafePointer<Int8>, _ count: Int, _ zero: Int32
    ) -> Int32 {
        var sum: Int32 = 0
        for index in 0..<count { sum &+= (numbers[index] &- zero) &* Int32(weights[index]) }
        return sum
    }

    /// Weights: result's feature, row, column, input's feature.
    @_optimize(speed)
    static func convolve(_ source: TensorView, into target: TensorView, _ layer: WeightedLayer) {
        let window = layer.window
        for row in 0..<target.height {
            let top = row * window.rowStep - window.top
            for column in 0..<target.width {
                let left = column * window.columnStep - window.left
                let first = max(-left, 0)
                let span = min(window.width, source.width - left) - first
                let result = target.pixel(row, column)
                for feature in 0..<target.features {
                    var sum = layer.biases[feature]
                    for tap in max(-top, 0)..<min(window.height, source.height - top) {
                        sum &+= products(
                            source.pixel(top + tap, left + first),
                            layer.weights
                                + ((feature * window.height + tap) * window.width + first) * source.features,
                            span * source.features, layer.inputZero)
                    }
                    result[feature] = layer.hold(sum, feature)
                }
            }
        }
    }

    /// Weights: row, column, feature.
    @_optimize(speed)
    static func convolveDepthwise(_ source: TensorView, into target: TensorView, _ layer: WeightedLayer) {
        let window = layer.window
        for row in 0..<target.height {
            let top = row * window.rowStep - window.top
            for column in 0..<target.width {
                let left = column * window.columnStep - window.left
                let result = target.pixel(row, column)
                for feature in 0..<target.features {
                    var sum = layer.biases[feature]
                    for down in max(-top, 0)..<min(window.height, source.height - top) {
                        for right in max(-left, 0)..<min(window.width, source.width - left) {
                            let weight = layer.weights[(down * window.width + right) * target.features + feature]
                            let number = source.pixel(top + down, left + right)[feature]
                            sum &+= (number &- layer.inputZero) &* Int32(weight)
                        }
                    }
                    result[feature] = layer.hold(sum, feature)
                }
            }
        }
    }

    /// Weights: result's feature, input's number.
    @_optimize(speed)
    static func multiply(_ source: TensorView, into target: TensorView, _ layer: WeightedLayer) {
        for feature in 0..<target.features {
            let sum = products(source.numbers, layer.weights + feature * source.count, source.count, layer.inputZero)
            target.numbers[feature] = layer.hold(layer.biases[feature] &+ sum, feature)
        }
    }

    // MARK: Pools

    @_optimize(speed)
    static func poolMaximum(_ source: TensorView, into target: TensorView, _ window: Window) {
        pool(source, into: target, window, start: .min, { max($0, Int($1)) }, { largest, _ in largest })
    }

    /// The average of the numbers that are there, rounded to the nearest, halves upwards.
    @_optimize(speed)
    static func poolAverage(_ source: TensorView, into target: TensorView, _ window: Window) {
        pool(source, into: target, window, start: 0, { $0 &+ Int($1) }) { sum, count in
            let doubled = 2 * sum + count
            let quotient = doubled / (2 * count)
            return doubled < 0 && quotient * 2 * count != doubled ? quotient - 1 : quotient
        }
    }

    @inline(__always)
    private static func pool(
        _ source: TensorView, into target: TensorView, _ window: Window, start: Int, _ collect: (Int, Int32) -> Int,
        _ finish: (Int, Int) -> Int
    ) {
        for row in 0..<target.height {
            let top = row * window.rowStep - window.top
            let rows = max(top, 0)..<min(top + window.height, source.height)
            for column in 0..<target.width {
                let left = column * window.columnStep - window.left
                let columns = max(left, 0)..<min(left + window.width, source.width)
                let result = target.pixel(row, column)
                for feature in 0..<target.features {
                    var value = start
                    for down in rows {
                        for right in columns { value = collect(value, source.pixel(down, right)[feature]) }
                    }
                    result[feature] = Int32(truncatingIfNeeded: finish(value, rows.count * columns.count))
                }
            }
        }
    }

    // MARK: Number by number

    /// Operands: result, two inputs, zero and multiplier of the one, of the other, shift, bounds.
    @_optimize(speed)
    static func add(_ left: TensorView, _ right: TensorView, into target: TensorView, _ step: Instruction) {
        let range = OutputRange(step, at: 8)
        for index in 0..<target.count {
            let a = (Int(left.numbers[index]) - step.operand(3)) &* step.operand(4)
            let b = (Int(right.numbers[index]) - step.operand(5)) &* step.operand(6)
            target.numbers[index] = range.hold(a &+ b, 1, step.operands[7])
        }
    }

    /// Operands: result, input, zero, multiplier, shift, bounds.
    @_optimize(speed)
    static func requantize(_ source: TensorView, into target: TensorView, _ step: Instruction) {
        let range = OutputRange(step, at: 5)
        for index in 0..<target.count {
            target.numbers[index] = range.hold(
                Int(source.numbers[index]) - step.operand(2), step.operands[3], step.operands[4])
        }
    }

    static func join(_ source: TensorView, into target: TensorView, at feature: Int) {
        for pixel in 0..<source.height * source.width {
            (target.numbers + pixel * target.features + feature).update(
                from: source.numbers + pixel * source.features, count: source.features)
        }
    }

    /// The first of the largest features.
    static func argmax(_ source: TensorView, into target: TensorView) {
        for pixel in 0..<target.count {
            let features = source.numbers + pixel * source.features
            var best = 0
            for feature in 1..<max(source.features, 1) where features[feature] > features[best] { best = feature }
            target.numbers[pixel] = Int32(truncatingIfNeeded: best)
        }
    }

    // MARK: Resizing

    static func resizeNearest(_ source: TensorView, into target: TensorView) {
        for row in 0..<target.height {
            for column in 0..<target.width {
                target.pixel(row, column).update(
                    from: source.pixel(row * source.height / target.height, column * source.width / target.width),
                    count: source.features)
            }
        }
    }

    /// Between four neighbours, measured from the middles of the pixels, in 256ths of a pixel.
    static func resizeBilinear(_ source: TensorView, into target: TensorView) {
        for row in 0..<target.height {
            let (top, bottom, down) = neighbours(row, target.height, source.height)
            for column in 0..<target.width {
                let (left, right, across) = neighbours(column, target.width, source.width)
                let corners = (
                    source.pixel(top, left), source.pixel(top, right), source.pixel(bottom, left),
                    source.pixel(bottom, right)
                )
                let result = target.pixel(row, column)
                for feature in 0..<target.features {
                    let upper = Int(corners.0[feature]) * (256 - across) + Int(corners.1[feature]) * across
                    let lower = Int(corners.2[feature]) * (256 - across) + Int(corners.3[feature]) * across
                    result[feature] = Int32(truncatingIfNeeded: (upper * (256 - down) + lower * down + 32768) >> 16)
                }
            }
        }
    }

    private static func neighbours(_ index: Int, _ count: Int, _ available: Int) -> (Int, Int, Int) {
        let place = max((2 * index + 1) * available * 128 / count - 128, 0)
        let first = min(place >> 8, available - 1)
        return (first, min(first + 1, available - 1), place & 255)
    }
}
