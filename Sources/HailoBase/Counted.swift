/// A number with its noun: "1 frame", "2 frames", "3 boxes".
package func counted(_ count: some BinaryInteger, _ noun: StaticString) -> String {
    "\(count) \(noun)" + (count == 1 ? "" : noun.endsInSibilant ? "es" : "s")
}

extension StaticString {
    /// Whether its plural has one more syllable.
    fileprivate var endsInSibilant: Bool {
        guard utf8CodeUnitCount > 0 else { return false }
        let last = utf8Start[utf8CodeUnitCount - 1]
        return last == UInt8(ascii: "x") || last == UInt8(ascii: "s")
    }
}
