/// A layer whose numbers say how sure the network is of something, and which of them are large enough.
struct ScoreLayer: Sendable {
    let map: FeatureMap
    /// Whether the host takes the sigmoid of the numbers.
    private let isSigmoid: Bool
    /// The real values of all numbers of one byte; empty for others.
    private let table: [Float]
    /// For each feature, or for all, the numbers that are large enough: from `low` on, `span` and one. They may be a few too
    /// many, because the sigmoid is not exact.
    private let ranges: [Range]

    struct Range: Sendable {
        let low: UInt32
        let span: UInt32

        @inline(__always)
        func contains(_ stored: UInt32) -> Bool { stored &- low <= span }

        static let all = Range(low: 0, span: .max)
        /// No number is as large.
        static let none = Range(low: 1 << 16, span: 0)
    }

    @_optimize(size)
    init(_ map: FeatureMap, isSigmoid: Bool, threshold: Float) {
        self.map = map
        self.isSigmoid = isSigmoid
        func confidence(_ stored: UInt32, _ feature: Int) -> Float {
            let real = map.real(stored, feature)
            return isSigmoid ? Exponential.sigmoid(real) : real
        }
        table = map.isWide || !map.hasOneScale ? [] : (0..<256).map { confidence($0, 0) }
        let largest: UInt32 = map.isWide ? 0xffff : 0xff
        ranges = (0..<(map.hasOneScale ? 1 : map.features)).map { feature in
            let rises = map.scales.scales[feature] >= 0
            /// Counted from the end where values are largest.
            func isEnough(_ number: UInt32) -> Bool {
                confidence(rises ? largest - number : number, feature) >= threshold
            }
            guard isEnough(0) else { return .none }
            var (enough, tooMany) = (UInt32(0), largest + 1)
            while tooMany - enough > 1 {
                let middle = (enough + tooMany) / 2
                if isEnough(middle) { enough = middle } else { tooMany = middle }
            }
            let count = isSigmoid ? min(enough + 1, largest) : enough
            return Range(low: rises ? largest - count : 0, span: count)
        }
    }

    /// The range of all features, where it is the same.
    var commonRange: Range? { map.hasOneScale ? ranges[0] : nil }

    @inline(__always)
    func range(_ feature: Int) -> Range { ranges[map.hasOneScale ? 0 : feature] }

    @inline(__always)
    func confidence(_ stored: UInt32, _ feature: Int) -> Float {
        if !table.isEmpty { return table[Int(stored & 0xff)] }
        let real = map.real(stored, feature)
        return isSigmoid ? Exponential.sigmoid(real) : real
    }
}
