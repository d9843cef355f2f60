internal import CHailoPlatform

extension Double {
    /// The number that a text consists of; nil if it is none, or none that is finite. Embedded Swift has no initialiser for
    /// that.
    package init?(decimal text: some StringProtocol) {
        var end: UnsafeMutablePointer<CChar>?
        let number = String(text).withCString { start -> Double? in
            let number = strtod(start, &end)
            return end.map { $0.pointee == 0 && $0 != start } == true ? number : nil
        }
        guard let number, number.isFinite else { return nil }
        self = number
    }
}
