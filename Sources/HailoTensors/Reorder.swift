internal import HailoFormats

/// How the numbers of a frame change their places between host and chip. Room in the chip's frame that no number goes to is
/// filled with 0.
enum Reorder: Equatable, Sendable {
    // To the chip.
    case rows
    case pixelsToPlanarRows
    case planarRows
    case planesToPlanarRows
    case features
    case pixels
    case blocksOfEight
    case rgb888
    case whole
    case semiPlanar
    case planar
    case paddedRows
    case paddedRowsToPlanarRows
    // From the chip.
    case planarRowsToPixels
    case planarRowsToPlanes
    case pixelsFromChip
    case blocksOfEightToPixels
    case featuresFromChip
    case firstFeature

    /// What takes a frame to the chip; nil where there is no way.
    @_optimize(size)
    static func toDevice(_ source: TensorForm, _ target: TensorForm) -> Reorder? {
        let (from, to) = (source.shape, target.shape)
        let fitsInWidth = from.width <= to.width
        switch (source.format.order, target.format.order) {
        case (.nhwc, .nhwc), (.bayerRGB, .bayerRGB), (.bayerRGB12Bit, .bayerRGB12Bit): return fitsInWidth ? .rows : nil
        case (.nhwc, .nhcw): return fitsInWidth ? .pixelsToPlanarRows : nil
        case (.nhcw, .nhcw): return fitsInWidth ? .planarRows : nil
        case (.nchw, .nhcw):
            let isAllowed =
                from.features == to.features && from.height == to.height && fitsInWidth
                && Int(to.width) * Int(target.format.type.bytes) % 8 == 0
            return isAllowed ? .planesToPlanarRows : nil
        case (.nc, .nc): return from.features <= to.features ? .features : nil
        case (.fcr, .fcr), (.nhwc, .fcr): return from.features <= to.features ? .pixels : nil
        case (.f8cr, .f8cr), (.nhwc, .f8cr): return .blocksOfEight
        case (.nhwc, .rgb888): return from.features == 3 && to.features == 4 && fitsInWidth ? .rgb888 : nil
        case (.yuy2, .yuy2): return source.count * Int(target.format.type.bytes) % 8 == 0 ? .whole : nil
        case (.nv12, .yyuv), (.nv21, .yyvu): return fitsInWidth ? .semiPlanar : nil
        case (.i420, .yyyyuv): return fitsInWidth ? .planar : nil
        case (.rgb4, .nhwc): return fitsInWidth ? .paddedRows : nil
        case (.rgb4, .nhcw): return fitsInWidth ? .paddedRowsToPlanarRows : nil
        default: return nil
        }
    }

    /// What takes a frame from the chip; nil where there is no way.
    @_optimize(size)
    static func fromDevice(_ source: TensorForm, _ target: TensorForm) -> Reorder? {
        switch (source.format.order, target.format.order) {
        case (.nhcw, .nhwc): .planarRowsToPixels
        case (.nhcw, .nchw): .planarRowsToPlanes
        case (.nhwc, .nhwc), (.fcr, .fcr), (.fcr, .nhwc): .pixelsFromChip
        case (.f8cr, .f8cr), (.f8cr, .nhwc): .blocksOfEightToPixels
        case (.nc, .nc): .featuresFromChip
        case (.nhw, .nhw), (.bayerRGB, .bayerRGB): .firstFeature
        case (.nhw, .nchw): source.shape.features == 1 && target.shape.features == 1 ? .firstFeature : nil
        default: nil
        }
    }

    /// Whether nothing outside of both frames is touched.
    func isContained(_ from: Extent, _ to: Extent) -> Bool {
        let (small, large) = isToDevice ? (from, to) : (to, from)
        // A frame without rows has no first feature either.
        let fits =
            small.count > 0 && small.height <= large.height && small.width <= large.width
            && small.features <= large.features
        switch self {
        case .blocksOfEight, .blocksOfEightToPixels: return fits && large.features % 8 == 0
        case .semiPlanar, .planar: return fits && small.height * small.features * 2 % 3 == 0 && large.width % 2 == 0
        case .whole: return from.count <= to.count && from.count > 0
        case .paddedRows, .paddedRowsToPlanarRows:
            return fits && small.height == large.height && small.row % 4 == 0
        case .firstFeature: return fits && from.features == 1
        default: return fits
        }
    }

    /// Whether each row of the source becomes the row of the target with the same number.
    var isRowByRow: Bool {
        switch self {
        case .rows, .pixelsToPlanarRows, .planarRows, .pixels, .blocksOfEight, .rgb888, .planarRowsToPixels,
            .pixelsFromChip, .blocksOfEightToPixels, .firstFeature:
            true
        default: false
        }
    }

    private var isToDevice: Bool {
        switch self {
        case .planarRowsToPixels, .planarRowsToPlanes, .pixelsFromChip, .blocksOfEightToPixels, .featuresFromChip,
            .firstFeature:
            false
        default: true
        }
    }

    /// Moves one frame. `from` and `to` are the shapes of source and target.
    func run<Moving: Mover>(_ mover: Moving, _ from: Extent, _ to: Extent) {
        switch self {
        case .rows:
            for row in 0..<from.height {
                let start = row * to.row
                mover.copy(start, row * from.row, from.row)
                mover.zero(start + from.row, to.width * to.features - from.width * to.features)
            }
        case .paddedRows:
            // The numbers that fill a row up are copied too, as the vendor's library does.
            let padded = from.paddedRow
            for row in 0..<to.height {
                mover.copy(row * to.row, row * padded, padded)
                mover.zero(row * to.row + padded, (to.width - from.width) * to.features)
            }
        case .pixelsToPlanarRows: Reorder.pixelsToPlanarRows(mover, from, to, sourceRow: from.row)
        case .paddedRowsToPlanarRows: Reorder.pixelsToPlanarRows(mover, from, to, sourceRow: from.paddedRow)
        case .planarRows:
            for row in 0..<from.height {
                for feature in 0..<from.features {
                    let start = row * to.row + feature * to.width
                    mover.copy(start, row * from.row + feature * from.width, from.width)
                    mover.zero(start + from.width, to.width - from.width)
                }
            }
        case .planesToPlanarRows:
            for feature in 0..<from.features {
                for row in 0..<from.height {
                    let start = row * to.row + feature * to.width
                    mover.copy(start, (feature * from.height + row) * from.width, from.width)
                    mover.zero(start + from.width, to.width - from.width)
                }
            }
        case .features:
            mover.copy(0, 0, from.features)
            mover.zero(from.features, to.features - from.features)
        case .pixels:
            for row in 0..<from.height {
                if from.features == to.features {
                    mover.copy(row * to.row, row * from.row, from.row)
                    continue
                }
                for column in 0..<from.width {
                    let start = row * to.row + column * to.features
                    mover.copy(start, row * from.row + column * from.features, from.features)
                    mover.zero(start + from.features, to.features - from.features)
                }
            }
        case .blocksOfEight:
            let whole = Moving.isDirect ? from.features / 8 * 8 : 0
            for row in 0..<from.height {
                for feature in stride(from: 0, to: whole, by: 8) {
                    mover.copyGroups(
                        row * to.row + feature * to.width, 8, row * from.row + feature, from.features, count: from.width
                    )
                }
                for column in 0..<(whole < from.features ? from.width : 0) {
                    for feature in stride(from: whole, to: from.features, by: 8) {
                        let count = min(8, from.features - feature)
                        let start = row * to.row + feature * to.width + column * 8
                        mover.copy(start, row * from.row + column * from.features + feature, count)
                        mover.zero(start + count, 8 - count)
                    }
                }
            }
        case .rgb888:
            for row in 0..<from.height {
                mover.reverseColors(row * to.width * 4, row * from.width * 3, count: from.width)
                mover.zero((row * to.width + from.width) * 4, (to.width - from.width) * 4)
            }
        case .whole:
            mover.copy(0, 0, from.height * from.row)
        case .semiPlanar: Reorder.semiPlanar(mover, from, to)
        case .planar: Reorder.planar(mover, from, to)
        case .planarRowsToPixels:
            for row in 0..<to.height {
                mover.transpose(
                    row * to.row, to.features, row * from.row, from.width, rows: to.features, columns: to.width)
            }
        case .planarRowsToPlanes:
            for row in 0..<to.height {
                for feature in 0..<to.features {
                    mover.copy(
                        (feature * to.height + row) * to.width, row * from.row + feature * from.width, to.width)
                }
            }
        case .pixelsFromChip:
            for row in 0..<to.height {
                if from.features == to.features {
                    mover.copy(row * to.row, row * from.row, to.row)
                    continue
                }
                for column in 0..<to.width {
                    mover.copy(
                        row * to.row + column * to.features, row * from.row + column * from.features, to.features)
                }
            }
        case .blocksOfEightToPixels:
            let whole = Moving.isDirect ? to.features / 8 * 8 : 0
            for row in 0..<to.height {
                for feature in stride(from: 0, to: whole, by: 8) {
                    mover.copyGroups(
                        row * to.row + feature, to.features, row * from.row + feature * from.width, 8, count: to.width)
                }
                for column in 0..<(whole < to.features ? to.width : 0) {
                    for feature in stride(from: whole, to: to.features, by: 8) {
                        mover.copy(
                            row * to.row + column * to.features + feature,
                            row * from.row + feature * from.width + column * 8, min(8, to.features - feature))
                    }
                }
            }
        case .featuresFromChip:
            mover.copy(0, 0, to.features)
        case .firstFeature:
            for row in 0..<to.height { mover.copy(row * to.width, row * from.width, to.width) }
        }
    }

    private static func pixelsToPlanarRows<Moving: Mover>(
        _ mover: Moving, _ from: Extent, _ to: Extent, sourceRow: Int
    ) {
        for row in 0..<from.height {
            mover.transpose(
                row * to.row, to.width, row * sourceRow, from.features, rows: from.width, columns: from.features)
            guard to.width > from.width else { continue }
            for feature in 0..<from.features {
                mover.zero(row * to.row + feature * to.width + from.width, to.width - from.width)
            }
        }
    }

    /// Two rows of brightness, then one of both colors.
    private static func semiPlanar<Moving: Mover>(_ mover: Moving, _ from: Extent, _ to: Extent) {
        let rows = from.height * from.features * 2 / 3
        var brightness = 0
        var color = rows * from.width
        var start = 0
        for _ in 0..<((rows + 1) / 2) {
            for line in 0..<3 {
                mover.copy(start, line < 2 ? brightness : color, from.width)
                if line < 2 { brightness += from.width } else { color += from.width }
                mover.zero(start + from.width, to.width - from.width)
                start += to.width
            }
        }
    }

    /// Two rows of brightness, then half a row of each color.
    private static func planar<Moving: Mover>(_ mover: Moving, _ from: Extent, _ to: Extent) {
        let rows = from.height * from.features * 2 / 3
        let (half, targetHalf) = (from.width / 2, to.width / 2)
        var brightness = 0
        var blue = rows * from.width
        var red = blue + rows / 2 * half
        var start = 0
        for _ in 0..<((rows + 1) / 2) {
            for _ in 0..<2 {
                mover.copy(start, brightness, from.width)
                brightness += from.width
                mover.zero(start + from.width, to.width - from.width)
                start += to.width
            }
            for isBlue in [true, false] {
                mover.copy(start, isBlue ? blue : red, half)
                if isBlue { blue += half } else { red += half }
                mover.zero(start + half, targetHalf - half)
                start += targetHalf
            }
        }
    }
}

/// A shape in numbers that can be multiplied.
struct Extent: Equatable, Sendable {
    let height: Int
    let width: Int
    let features: Int

    init(_ shape: Shape) {
        (height, width, features) = (Int(shape.height), Int(shape.width), Int(shape.features))
    }

    /// A single row.
    var oneRow: Extent { Extent(height: 1, width: width, features: features) }

    var row: Int { width * features }
    /// Rows filled up to four numbers.
    var paddedRow: Int { (row + 3) / 4 * 4 }
    var count: Int { height * row }
    var swapped: Extent { Extent(height: width, width: height, features: features) }

    private init(height: Int, width: Int, features: Int) {
        (self.height, self.width, self.features) = (height, width, features)
    }
}
