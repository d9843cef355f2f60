/// A run of bytes of a stream that belongs to one of several outputs.
package struct StreamPiece: Sendable {
    /// The index of the output.
    package let part: Int
    /// Where the run begins in the output's frame and in the stream's.
    package let target, source: Int
    package let count: Int

    package init(part: Int, target: Int, source: Int, count: Int) {
        self.part = part
        self.target = target
        self.source = source
        self.count = count
    }
}
