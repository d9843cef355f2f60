internal import HailoFormats

/// The part of a network's end that looks at a picture in one grid: at each place one anchor or more, each with the scores
/// of the classes, and how sure the network is that there is anything at all.
package struct DetectionHead: Sendable {
    /// One layer's features that belong to the anchors, `step` of them to each.
    package struct Features: Sendable {
        package let map: FeatureMap
        /// Which frame of the op's inputs they are in.
        package let input: Int
        package let first: Int
        package let step: Int

        package init(_ map: FeatureMap, input: Int, first: Int = 0, step: Int = 0) {
            (self.map, self.input, self.first, self.step) = (map, input, first, step)
        }
    }

    /// The class that says that there is nothing.
    package struct Background: Sendable {
        package let label: Int
        /// Whether it is among the candidates, as in the vendor's library, which makes a difference to how those with equal
        /// scores get sorted. Its label is one that no class has.
        package let isCandidate: Bool

        package init(label: Int, isCandidate: Bool) {
            (self.label, self.isCandidate) = (label, isCandidate)
        }
    }

    package let grid: FeatureMap
    package let anchors: Int
    /// The number of the first anchor of the first place.
    package let firstPlace: Int

    private let classes: Int
    private let background: Background?
    private let threshold: Float
    private let scoreFeatures: Features
    private let scores: ScoreLayer
    private let certainty: (features: Features, layer: ScoreLayer)?
    /// Features in which a number has to be large enough for a column to be of interest.
    private let scanned: [Range<Int>]

    /// `classes` counts the background.
    @_optimize(size)
    package init(
        anchors: Int, classes: Int, background: Background?, scores: Features, certainty: Features?, isSigmoid: Bool,
        threshold: Float, firstPlace: Int
    ) {
        grid = scores.map
        self.anchors = anchors
        self.classes = classes
        self.background = background
        self.threshold = threshold
        self.firstPlace = firstPlace
        scoreFeatures = scores
        self.scores = ScoreLayer(scores.map, isSigmoid: isSigmoid, threshold: threshold)
        self.certainty = certainty.map {
            ($0, ScoreLayer($0.map, isSigmoid: isSigmoid, threshold: threshold))
        }
        scanned = (0..<anchors).flatMap { anchor -> [Range<Int>] in
            if let certainty {
                let feature = certainty.first + anchor * certainty.step
                return [feature..<(feature + 1)]
            }
            let (start, end) = (scores.first + anchor * scores.step, scores.first + anchor * scores.step + classes)
            guard let background, !background.isCandidate, background.label < classes else { return [start..<end] }
            return [start..<(start + background.label), (start + background.label + 1)..<end].filter { !$0.isEmpty }
        }
    }

    package var places: Int { grid.height * grid.width * anchors }
    /// The most candidates that there can be.
    package var capacity: Int { places * classes }
    /// Bytes of working memory.
    package var scratchSize: Int { 2 * max(grid.featureStride, certainty?.features.map.featureStride ?? 0) }

    package func anchor(ofPlace place: Int) -> (row: Int, column: Int, anchor: Int) {
        let (cell, anchor) = (place - firstPlace).quotientAndRemainder(dividingBy: anchors)
        return (cell / grid.width, cell % grid.width, anchor)
    }

    /// Whether the network says of an anchor how sure it is.
    package var hasCertainty: Bool { certainty != nil }

    /// The scores of all classes of an anchor, as they are. `target` has room for them.
    package func copyScores(
        _ frames: UnsafePointer<UnsafeRawPointer>, place: Int, to target: UnsafeMutableRawBufferPointer
    ) {
        let (row, column, anchor) = anchor(ofPlace: place)
        let map = scores.map
        let first = scoreFeatures.first + anchor &* scoreFeatures.step
        var position = row &* map.rowStride &+ first &* map.featureStride &+ column
        for label in 0..<classes {
            let score = scores.confidence(map.stored(frames[scoreFeatures.input], position), first + label)
            target.storeBytes(of: score, toByteOffset: 4 * label, as: Float.self)
            position += map.featureStride
        }
    }

    /// How sure the network is that there is something at an anchor.
    package func certainty(_ frames: UnsafePointer<UnsafeRawPointer>, place: Int) -> Float {
        guard let (features, layer) = certainty else { return 1 }
        let (row, column, anchor) = anchor(ofPlace: place)
        let feature = features.first + anchor * features.step
        let position = row * layer.map.rowStride + feature * layer.map.featureStride + column
        return layer.confidence(layer.map.stored(frames[features.input], position), feature)
    }

    /// Adds all candidates in the order of rows, columns, anchors and classes. `frames` are those of the op's inputs.
    package func collect(
        _ frames: UnsafePointer<UnsafeRawPointer>, into candidates: Candidates,
        _ scratch: UnsafeMutableRawBufferPointer
    ) {
        if grid.isWide {
            collect(frames, candidates, scratch, UInt16.self)
        } else {
            collect(frames, candidates, scratch, UInt8.self)
        }
    }

    private func collect<Number: StoredNumber>(
        _ frames: UnsafePointer<UnsafeRawPointer>, _ candidates: Candidates,
        _ scratch: UnsafeMutableRawBufferPointer, _: Number.Type
    ) {
        let (features, layer) = certainty ?? (scoreFeatures, scores)
        let frame = frames[features.input].assumingMemoryBound(to: Number.self)
        guard let minima = scratch.bindMemory(to: Number.self).baseAddress else { return }
        let range = layer.commonRange
        if let range, range.low > Number.max { return }
        // A padded row can be scanned as a whole.
        let columns = features.map.featureStride
        let low = Number(truncatingIfNeeded: range?.low ?? 0)
        let span = range.map { Number(truncatingIfNeeded: $0.span) } ?? .max
        for row in 0..<grid.height {
            minima.update(repeating: range == nil ? 0 : .max, count: columns)
            if range != nil {
                for part in scanned {
                    ColumnScan.run(
                        frame + (row &* features.map.rowStride &+ part.lowerBound &* columns), stride: columns,
                        rows: part.count, columns: columns, from: low, into: minima)
                }
            }
            for column in 0..<grid.width where minima[column] <= span {
                for anchor in 0..<anchors { collect(frames, row, column, anchor, candidates, Number.self) }
            }
        }
    }

    @inline(__always)
    private func collect<Number: StoredNumber>(
        _ frames: UnsafePointer<UnsafeRawPointer>, _ row: Int, _ column: Int, _ anchor: Int, _ candidates: Candidates,
        _: Number.Type
    ) {
        var factor: Float = 1
        if let (features, layer) = certainty {
            let feature = features.first + anchor &* features.step
            let place = row &* layer.map.rowStride &+ feature &* layer.map.featureStride &+ column
            let stored = layer.map.stored(frames[features.input], place)
            guard layer.range(feature).contains(stored) else { return }
            factor = layer.confidence(stored, feature)
            guard factor >= threshold else { return }
        }
        // As long as nothing is more than certain, a product is no larger than the score itself.
        let isBounded = factor <= 1 && threshold > 0
        let range = isBounded ? scores.commonRange : .all
        let first = scoreFeatures.first + anchor &* scoreFeatures.step
        let place = UInt32(
            truncatingIfNeeded: firstPlace + (row &* grid.width &+ column) &* anchors &+ anchor)
        let stride = scores.map.featureStride
        var numbers =
            frames[scoreFeatures.input].assumingMemoryBound(to: Number.self)
            + (row &* scores.map.rowStride &+ first &* stride &+ column)
        for label in 0..<classes {
            let stored = UInt32(truncatingIfNeeded: numbers.pointee)
            numbers += stride
            guard (range ?? scores.range(first + label)).contains(stored) else { continue }
            let confidence = scores.confidence(stored, first + label)
            let score = certainty == nil ? confidence : confidence * factor
            guard score >= threshold, let number = number(ofClass: label) else { continue }
            candidates.append(Candidate(score: score, place: place, label: number))
        }
    }

    /// How classes count without the background; nil for what is no candidate.
    @inline(__always)
    private func number(ofClass label: Int) -> UInt32? {
        let number = UInt32(truncatingIfNeeded: label)
        guard let background, label >= background.label else { return number }
        return label > background.label ? number - 1 : background.isCandidate ? .max : nil
    }
}
