internal import HailoFormats
internal import HailoCoreProgram

/// How the frames of a stream lie in memory: what the compiled file states, and what the program is told.
struct EdgeLayout {
    let extent: Program.Extent
    let paddedWidth: Int
    let paddedFeatures: Int
    let bytes: Int
    /// The compiler's code of the order.
    let format: UInt32

    enum Place {
        case input, output, inside, rows
    }

    private static let nhwc: UInt32 = 0
    private static let nhcw: UInt32 = 1
    private static let nc: UInt32 = 2
    /// The chip moves words of so many bytes, and rows that are buffered in memory in such blocks.
    private static let word = 8
    private static let block = 512

    init(_ extent: Program.Extent, bits: Int, _ place: Place) {
        self.extent = extent
        bytes = bits == 16 ? 2 : 1
        let isVector = extent.height == 1 && extent.width == 1
        format = place == .input ? EdgeLayout.nhwc : isVector && place == .output ? EdgeLayout.nc : EdgeLayout.nhcw
        let unit = place == .rows ? EdgeLayout.block : EdgeLayout.word
        var (width, features) = (extent.width, extent.features)
        while width * features * bytes % unit != 0 {
            // The host fills rows of pixels up at their end.
            if format == EdgeLayout.nhwc { width += 1 } else { features += 1 }
        }
        (paddedWidth, paddedFeatures) = (width, features)
    }

    var rowBytes: Int { paddedWidth * paddedFeatures * bytes }
    var frameBytes: Int { extent.height * rowBytes }

    var layout: FrameLayout {
        let isByRows = format == EdgeLayout.nhcw
        return FrameLayout(
            elementBytes: bytes, frameBytes: frameBytes, rowStride: rowBytes,
            columnStride: (isByRows ? 1 : paddedFeatures) * bytes,
            featureStride: (isByRows ? extent.width : 1) * bytes)
    }
}
