package import HailoFormats

/// Shape and format of a frame: all that decides where its numbers lie.
package struct TensorForm: Equatable, Sendable {
    package var shape: Shape
    package var format: Format

    package init(_ shape: Shape, _ format: Format) {
        self.shape = shape
        self.format = format
    }

    /// Numbers of the frame without padding.
    var count: Int { Int(shape.height) * Int(shape.width) * Int(shape.features) }

    /// Numbers of one row with its padding: RGB4 fills rows up to four numbers.
    var rowLength: Int {
        let row = Int(shape.width) * Int(shape.features)
        return format.order == .rgb4 ? (row + 3) / 4 * 4 : row
    }

    /// Bytes of the frame on the host.
    package var frameSize: Int { Int(shape.height) * rowLength * Int(format.type.bytes) }

    /// Bytes of the frame on the chip, which transfers whole words of eight bytes.
    package var hardwareFrameSize: Int { (frameSize + 7) / 8 * 8 }

    /// The form in which the host exchanges what the chip holds in this one, unless more is asked for than `choice` leaves
    /// open.
    package func onHost(_ shape: Shape, choosing choice: Format) -> TensorForm {
        var format = choice
        if format.type == .automatic { format.type = self.format.order == .nmsOnChip ? .float32 : self.format.type }
        if format.order == .automatic { format.order = self.format.order.standardOnHost }
        return TensorForm(shape, format)
    }
}
