package import HailoBase
package import HailoFormats

/// Where the parts of a stream lie in it that carries several outputs: groups of their rows take turns, and a part may itself
/// be made of parts.
package struct MuxLayout: Sendable {
    /// An output in the stream.
    package struct Leaf: Sendable {
        package let layer: Layer
        /// Bytes of its frame, as the chip lays it out.
        package let size: Int
    }

    package private(set) var leaves: [Leaf] = []
    package private(set) var pieces: Series<StreamPiece> = []
    private var filled: [Int] = []
    private var groups: [Int] = []
    /// Turns of all muxes, those that bring nothing included: so that no file keeps the host busy.
    private var turns = 0
    package let frameSize: Int

    private static let maximumPieces = 1 << 20

    package init(_ layer: Layer) throws(HailoError) {
        frameSize = Int(layer.hardwareFrameSize)
        collect(layer)
        filled = [Int](repeating: 0, count: leaves.count)
        groups = filled
        guard leaves.reduce(0, { $0 + $1.size }) == frameSize else {
            throw MuxLayout.invalid(layer, "its parts have other sizes than the stream")
        }
        guard case .mux(_, let count, _) = layer.kind else { return }
        var offset = 0
        try run(layer, count: Int(count), &offset)
        for leaf in leaves where leaf.size == 0 {
            throw MuxLayout.invalid(layer, "frames of output \"\(leaf.layer.name)\" have no bytes")
        }
        for (index, leaf) in leaves.enumerated() where filled[index] > leaf.size {
            throw MuxLayout.invalid(
                layer, "output \"\(leaf.layer.name)\" gets \(filled[index]) of \(counted(leaf.size, "byte"))")
        }
    }

    private static func invalid(_ layer: Layer, _ what: String) -> HailoError {
        HailoError(.hefInvalid, "stream \"\(layer.name)\" cannot be taken apart: \(what)")
    }

    private mutating func collect(_ layer: Layer) {
        guard case .mux(let predecessors, _, _) = layer.kind else {
            leaves.append(Leaf(layer: layer, size: Int(layer.hardwareFrameSize)))
            return
        }
        for predecessor in predecessors { collect(predecessor) }
    }

    /// `count` turns of the parts of a mux, from an offset of the stream on.
    private mutating func run(_ mux: Layer, count: Int, _ offset: inout Int) throws(HailoError) {
        guard case .mux(let parts, let gcd, let ratios) = mux.kind else { return }
        for turn in 0..<count {
            turns += 1
            guard turns <= MuxLayout.maximumPieces else { throw MuxLayout.invalid(mux, "it has too many rows") }
            for (index, part) in parts.enumerated() {
                guard index < ratios.count else { throw MuxLayout.invalid(mux, "a part has no ratio") }
                let shape = part.hardwareShape
                let row = try MuxLayout.product(
                    [ratios[index], shape.width, shape.features, part.dataBytes], atMost: frameSize, of: mux)
                if case .mux(_, let inner, _) = part.kind {
                    if turn < Int(inner), gcd > 0 {
                        var start = offset
                        try run(part, count: Int(shape.height) / Int(gcd), &start)
                    }
                } else {
                    try add(part, row, at: offset, of: mux)
                }
                // Both are at most the size of a frame.
                offset = min(offset + row, frameSize + 1)
            }
        }
    }

    private static func product(_ factors: [UInt32], atMost limit: Int, of mux: Layer) throws(HailoError) -> Int {
        var result = 1
        for factor in factors {
            let (product, overflows) = result.multipliedReportingOverflow(by: Int(factor))
            guard !overflows else { throw invalid(mux, "a row is larger than the stream") }
            result = product
        }
        guard result <= limit else { throw invalid(mux, "a row is larger than the stream") }
        return result
    }

    private mutating func add(_ part: Layer, _ count: Int, at offset: Int, of mux: Layer) throws(HailoError) {
        guard let leaf = leaves.firstIndex(where: { $0.layer.name == part.name }) else { return }
        if groups[leaf] < Int(part.shape.height) {
            guard pieces.count < MuxLayout.maximumPieces, offset <= frameSize, count <= frameSize - offset else {
                throw MuxLayout.invalid(mux, "a row lies beyond its end")
            }
            pieces.append(StreamPiece(part: leaf, target: filled[leaf], source: offset, count: count))
            filled[leaf] += count
            groups[leaf] += 1
        }
    }
}
