internal import HailoFormats
internal import HailoHEF

/// A picture that boxes are drawn into, and that becomes a PNG file.
struct Picture {
    struct Color {
        let red, green, blue: UInt8

        init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

        /// Colors that differ well, class by class.
        static func ofClass(_ number: UInt32) -> Color {
            let colors = [
                Color(230, 25, 75), Color(60, 180, 75), Color(0, 130, 200), Color(245, 130, 48), Color(145, 30, 180),
                Color(70, 240, 240), Color(240, 50, 230), Color(210, 245, 60), Color(250, 190, 212), Color(0, 128, 128),
            ]
            return colors[Int(number) % colors.count]
        }
    }

    let height: Int
    let width: Int
    private var pixels: [UInt8]

    /// A picture of bytes, with one feature or three, each pixel of it `scale` by `scale` pixels large.
    init(_ bytes: UnsafeRawBufferPointer, height: Int, width: Int, features: Int, scale: Int) {
        self.height = height * scale
        self.width = width * scale
        pixels = [UInt8](repeating: 0, count: self.height * self.width * 3)
        for y in 0..<self.height {
            for x in 0..<self.width {
                let source = (y / scale * width + x / scale) * features
                for color in 0..<3 {
                    pixels[(y * self.width + x) * 3 + color] = bytes[source + (features == 3 ? color : 0)]
                }
            }
        }
    }

    mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ color: Color) {
        for y in rows.clamped(to: 0..<height) {
            for x in columns.clamped(to: 0..<width) { set(y, x, color) }
        }
    }

    private mutating func set(_ y: Int, _ x: Int, _ color: Color) {
        let start = (y * width + x) * 3
        (pixels[start], pixels[start + 1], pixels[start + 2]) = (color.red, color.green, color.blue)
    }

    /// Lets a color shine through.
    mutating func tint(_ y: Int, _ x: Int, _ color: Color) {
        guard y >= 0, x >= 0, y < height, x < width else { return }
        let start = (y * width + x) * 3
        func half(_ offset: Int, _ value: UInt8) -> UInt8 { UInt8((Int(pixels[start + offset]) + Int(value)) / 2) }
        set(y, x, Color(half(0, color.red), half(1, color.green), half(2, color.blue)))
    }

    /// The edges of a box; what lies outside is not drawn.
    mutating func frame(top: Int, left: Int, bottom: Int, right: Int, _ color: Color, thickness: Int) {
        let (columns, rows) = (left..<max(right, left + 1), top..<max(bottom, top + 1))
        fill(columns, top..<(top + thickness), color)
        fill(columns, (rows.upperBound - thickness)..<rows.upperBound, color)
        fill(left..<(left + thickness), rows, color)
        fill((columns.upperBound - thickness)..<columns.upperBound, rows, color)
    }

    /// Ten digits of five rows with three pixels each.
    private static let digits: [[UInt8]] = [
        [7, 5, 5, 5, 7], [2, 6, 2, 2, 7], [7, 1, 7, 4, 7], [7, 1, 7, 1, 7], [5, 5, 7, 1, 1],
        [7, 4, 7, 1, 7], [7, 4, 7, 5, 7], [7, 1, 1, 1, 1], [7, 5, 7, 5, 7], [7, 5, 7, 1, 7],
    ]

    /// A number, white on a color.
    mutating func write(_ number: UInt32, top: Int, left: Int, on color: Color, size: Int) {
        let text = "\(number)".utf8.map { Int($0 - UInt8(ascii: "0")) }
        fill(left..<(left + (4 * text.count + 1) * size), top..<(top + 7 * size), color)
        for (place, digit) in text.enumerated() {
            for (y, row) in Picture.digits[digit].enumerated() {
                for x in 0..<3 where row >> (2 - x) & 1 == 1 {
                    let corner = (top + (y + 1) * size, left + (4 * place + x + 1) * size)
                    fill(corner.1..<(corner.1 + size), corner.0..<(corner.0 + size), Color(255, 255, 255))
                }
            }
        }
    }

    // MARK: PNG

    /// The file.
    var png: [UInt8] {
        var lines: [UInt8] = []
        for y in 0..<height {
            // The second filter: each line as what it adds to the one above, which is nothing for most of them.
            lines.append(2)
            for x in (y * width * 3)..<((y + 1) * width * 3) {
                lines.append(pixels[x] &- (y > 0 ? pixels[x - width * 3] : 0))
            }
        }
        let header = Picture.bytes(UInt32(width)) + Picture.bytes(UInt32(height)) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + Picture.chunk("IHDR", header)
            + Picture.chunk("IDAT", Deflate.compress(lines)) + Picture.chunk("IEND", [])
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(name.utf8) + content
        return bytes(UInt32(content.count)) + checked + bytes(checked.withUnsafeBytes { CRC32.checksum($0) })
    }
}
