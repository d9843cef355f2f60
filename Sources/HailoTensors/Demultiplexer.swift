package import HailoBase
package import HailoFormats

/// Takes the frames of a stream apart that carries several outputs.
package struct Demultiplexer: Sendable {
    private let frameSize: Int
    /// Bytes of a frame of each part.
    package let partSizes: [Int]
    private let pieces: Series<StreamPiece>

    /// The pieces lie within the stream's frame and within those of the parts.
    package init(frameSize: Int, partSizes: [Int], pieces: Series<StreamPiece>) {
        self.frameSize = frameSize
        self.partSizes = partSizes
        self.pieces = pieces
    }

    /// Takes one frame apart. `targets` holds a buffer for each part, of its size.
    package func run(_ frame: UnsafeRawBufferPointer, to targets: [UnsafeMutableRawBufferPointer]) throws(HailoError) {
        guard frame.count == frameSize, targets.count == partSizes.count,
            zip(targets, partSizes).allSatisfy({ $0.count == $1 })
        else { throw HailoError(.invalidArgument, "buffers for the parts of a frame have wrong sizes") }
        for piece in pieces {
            UnsafeMutableRawBufferPointer(rebasing: targets[piece.part][piece.target..<(piece.target + piece.count)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: frame[piece.source..<(piece.source + piece.count)]))
        }
    }
}
