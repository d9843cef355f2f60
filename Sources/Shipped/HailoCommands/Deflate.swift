internal import HailoFormats

/// Compresses bytes as zlib does, with the codes that the format fixes: enough for pictures with large areas of one colour.
struct Deflate {
    private var output: [UInt8] = []
    private var bits: UInt64 = 0
    private var bitCount = 0

    private static let shortest = 3
    private static let longest = 258
    private static let window = 32768
    /// Earlier places that are looked at for each place.
    private static let patience = 8

    /// The whole stream: header, one block, checksum.
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var deflate = Deflate()
        deflate.output = [0x78, 0x01]
        // The last block, with fixed codes.
        deflate.put(0b011, 3)
        deflate.block(bytes)
        deflate.putCode(256)
        deflate.put(0, (8 - deflate.bitCount) & 7)
        let sum = adler(bytes)
        return deflate.output + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    }

    private mutating func block(_ bytes: [UInt8]) {
        var newest = [Int32](repeating: -1, count: 1 << 15)
        var earlier = [Int32](repeating: -1, count: Deflate.window)
        var position = 0
        func remember(_ place: Int) {
            guard place + Deflate.shortest <= bytes.count else { return }
            let key = Deflate.key(bytes, place)
            earlier[place % Deflate.window] = newest[key]
            newest[key] = Int32(truncatingIfNeeded: place)
        }
        while position < bytes.count {
            var best = (length: 0, distance: 0)
            if position + Deflate.shortest <= bytes.count {
                var candidate = Int(newest[Deflate.key(bytes, position)])
                var tries = Deflate.patience
                while candidate >= 0, position - candidate < Deflate.window, tries > 0 {
                    let length = Deflate.common(bytes, candidate, position)
                    if length > best.length { best = (length, position - candidate) }
                    candidate = Int(earlier[candidate % Deflate.window])
                    tries -= 1
                }
            }
            if best.length >= Deflate.shortest {
                putMatch(best.length, best.distance)
                for place in position..<(position + best.length) { remember(place) }
                position += best.length
            } else {
                putCode(Int(bytes[position]))
                remember(position)
                position += 1
            }
        }
    }

    private static func key(_ bytes: [UInt8], _ place: Int) -> Int {
        let word = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
        return Int((word &* 2_654_435_761) >> 17)
    }

    private static func common(_ bytes: [UInt8], _ first: Int, _ second: Int) -> Int {
        let limit = min(longest, bytes.count - second)
        var length = 0
        while length < limit, bytes[first + length] == bytes[second + length] { length += 1 }
        return length
    }

    // MARK: Codes

    /// A byte, the end (256), or the code of a length.
    private mutating func putCode(_ code: Int) {
        switch code {
        case ..<144: putReversed(0x30 + code, 8)
        case ..<256: putReversed(0x190 + code - 144, 9)
        case ..<280: putReversed(code - 256, 7)
        default: putReversed(0xc0 + code - 280, 8)
        }
    }

    private mutating func putMatch(_ length: Int, _ distance: Int) {
        if length == Deflate.longest {
            putCode(285)
        } else {
            let (code, extra, rest) = Deflate.bucket(length - Deflate.shortest, perBucket: 4)
            putCode(257 + code)
            put(UInt64(rest), extra)
        }
        let (code, extra, rest) = Deflate.bucket(distance - 1, perBucket: 2)
        putReversed(code, 5)
        put(UInt64(rest), extra)
    }

    /// Lengths and distances share codes: `perBucket` of them for each number of extra bits, twice as many without any.
    private static func bucket(_ value: Int, perBucket: Int) -> (code: Int, extra: Int, rest: Int) {
        guard value >= 2 * perBucket else { return (value, 0, 0) }
        let shift = perBucket.trailingZeroBitCount
        let extra = Int.bitWidth - 1 - value.leadingZeroBitCount - shift
        let place = value >> extra
        return (extra * perBucket + place, extra, value & (1 << extra - 1))
    }

    /// Codes begin with their highest bit, numbers with their lowest.
    private mutating func putReversed(_ code: Int, _ count: Int) {
        var reversed: UInt64 = 0
        for bit in 0..<count where code >> bit & 1 == 1 { reversed |= 1 << UInt64(count - 1 - bit) }
        put(reversed, count)
    }

    private mutating func put(_ value: UInt64, _ count: Int) {
        bits |= value << UInt64(bitCount)
        bitCount += count
        while bitCount >= 8 {
            output.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
