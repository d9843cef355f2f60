/// XXH3, 64 bits, seed 0: the checksum of HEF files of header versions 2 and 3.
///
/// Long input is mixed in stripes of 64 bytes, eight 64-bit lanes at once, with the 192 bytes of the standard secret.
///
/// Input comes in pieces: every piece but the last has to be a multiple of `pieceUnit` bytes long.
package struct XXH3 {
    private typealias Lanes = SIMD8<UInt64>

    /// A block of long input: that many bytes are mixed before the lanes are scrambled.
    package static let pieceUnit = stripe * stripesPerBlock
    private static let longestShortInput = 240

    private static let prime32: (UInt32, UInt32, UInt32) = (0x9e37_79b1, 0x85eb_ca77, 0xc2b2_ae3d)
    private static let prime64: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
        0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63,
        0x27d4_eb2f_1656_67c5
    )
    private static let stripe = 64
    private static let stripesPerBlock = (192 - stripe) / 8

    private let count: Int
    private var done = 0
    private var lanes = Lanes(
        UInt64(prime32.2), prime64.0, prime64.1, prime64.2, prime64.3, UInt64(prime32.1), prime64.4, UInt64(prime32.0))
    /// The last stripe of the input so far, for an end that is shorter than one.
    private var lastStripe = Lanes()
    private var short: UInt64 = 0

    /// Begins with input of `count` bytes in all.
    package init(count: Int) {
        self.count = count
        if count == 0 { short = XXH3.shortHash(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    package static func hash(_ input: UnsafeRawBufferPointer) -> UInt64 {
        var hash = XXH3(count: input.count)
        hash.update(input)
        return hash.finish()
    }

    package mutating func update(_ piece: UnsafeRawBufferPointer) {
        guard let base = piece.baseAddress, piece.count > 0 else { return }
        if count <= XXH3.longestShortInput {
            short = XXH3.shortHash(piece)
        } else {
            mix(base, piece.count)
        }
        done += piece.count
    }

    package func finish() -> UInt64 {
        guard count > XXH3.longestShortInput else { return short }
        return XXH3.secret.withUnsafeBytes { secret in
            guard let key = secret.baseAddress else { return 0 }
            var lanes = lanes
            withUnsafeBytes(of: lastStripe) { stripe in
                if let stripe = stripe.baseAddress { XXH3.accumulate(&lanes, stripe, key + (192 - XXH3.stripe - 7), 1) }
            }
            return XXH3.merged(lanes, secret, count)
        }
    }

    private static func shortHash(_ input: UnsafeRawBufferPointer) -> UInt64 {
        secret.withUnsafeBytes { secret in
            switch input.count {
            case 0: avalanche64(word64(secret, 56) ^ word64(secret, 64))
            case 1...3: hash1to3(input, secret)
            case 4...8: hash4to8(input, secret)
            case 9...16: hash9to16(input, secret)
            case 17...128: hash17to128(input, secret)
            default: hash129to240(input, secret)
            }
        }
    }

    // MARK: Short input

    private static func hash1to3(_ input: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer) -> UInt64 {
        let first = UInt32(input[0])
        let middle = UInt32(input[input.count / 2])
        let last = UInt32(input[input.count - 1])
        let combined = first << 16 | middle << 24 | last | UInt32(input.count) << 8
        let flip = UInt64(word32(secret, 0) ^ word32(secret, 4))
        return avalanche64(UInt64(combined) ^ flip)
    }

    private static func hash4to8(_ input: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer) -> UInt64 {
        let first = UInt64(word32(input, 0))
        let last = UInt64(word32(input, input.count - 4))
        let flip = word64(secret, 8) ^ word64(secret, 16)
        var hash = (last &+ first << 32) ^ flip
        hash ^= rotated(hash, 49) ^ rotated(hash, 24)
        hash = hash &* 0x9fb2_1c65_1e98_df25
        hash ^= (hash >> 35) &+ UInt64(input.count)
        hash = hash &* 0x9fb2_1c65_1e98_df25
        return hash ^ hash >> 28
    }

    private static func hash9to16(_ input: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer) -> UInt64 {
        let low = word64(input, 0) ^ word64(secret, 24) ^ word64(secret, 32)
        let high = word64(input, input.count - 8) ^ word64(secret, 40) ^ word64(secret, 48)
        return avalanche(UInt64(input.count) &+ low.byteSwapped &+ high &+ folded(low, high))
    }

    private static func hash17to128(_ input: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer) -> UInt64 {
        let count = input.count
        var sum = UInt64(count) &* prime64.0
        // From the outside inwards, as many pairs as the length has.
        for pair in stride(from: (count - 1) / 32, through: 0, by: -1) {
            sum = sum &+ mixed16(input, 16 * pair, secret, 32 * pair)
            sum = sum &+ mixed16(input, count - 16 * (pair + 1), secret, 32 * pair + 16)
        }
        return avalanche(sum)
    }

    private static func hash129to240(_ input: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer) -> UInt64 {
        let count = input.count
        var sum = UInt64(count) &* prime64.0
        for index in 0..<8 { sum = sum &+ mixed16(input, 16 * index, secret, 16 * index) }
        sum = avalanche(sum)
        for index in 8..<(count / 16) { sum = sum &+ mixed16(input, 16 * index, secret, 16 * (index - 8) + 3) }
        return avalanche(sum &+ mixed16(input, count - 16, secret, 136 - 17))
    }

    // MARK: Long input

    private mutating func mix(_ base: UnsafeRawPointer, _ pieceCount: Int) {
        XXH3.secret.withUnsafeBytes { secret in
            guard let key = secret.baseAddress else { return }
            let scrambler = key.loadUnaligned(fromByteOffset: 192 - XXH3.stripe, as: Lanes.self)
            // The very last byte belongs to an unfinished block, even where it fills it.
            let isLast = done + pieceCount == count
            let blocks = (isLast ? pieceCount - 1 : pieceCount) / XXH3.pieceUnit
            for block in 0..<blocks {
                XXH3.accumulate(&lanes, base + block * XXH3.pieceUnit, key, XXH3.stripesPerBlock)
                lanes ^= lanes &>> 47
                lanes ^= scrambler
                lanes = lanes &* Lanes(repeating: UInt64(XXH3.prime32.0))
            }
            if isLast {
                let start = blocks * XXH3.pieceUnit
                XXH3.accumulate(&lanes, base + start, key, (pieceCount - 1 - start) / XXH3.stripe)
            }
        }
        keepLastStripe(base, pieceCount)
    }

    /// Keeps the last 64 bytes, some of which may be from the piece before.
    private mutating func keepLastStripe(_ base: UnsafeRawPointer, _ pieceCount: Int) {
        withUnsafeMutableBytes(of: &lastStripe) { kept in
            guard let target = kept.baseAddress else { return }
            let fresh = min(pieceCount, XXH3.stripe)
            target.copyMemory(from: target + fresh, byteCount: XXH3.stripe - fresh)
            (target + (XXH3.stripe - fresh)).copyMemory(from: base + (pieceCount - fresh), byteCount: fresh)
        }
    }

    private static func merged(_ lanes: Lanes, _ secret: UnsafeRawBufferPointer, _ count: Int) -> UInt64 {
        var sum = UInt64(count) &* prime64.0
        for pair in 0..<4 {
            let left = lanes[2 * pair] ^ word64(secret, 11 + 16 * pair)
            let right = lanes[2 * pair + 1] ^ word64(secret, 19 + 16 * pair)
            sum = sum &+ folded(left, right)
        }
        return avalanche(sum)
    }

    @inline(__always)
    private static func accumulate(
        _ lanes: inout Lanes, _ input: UnsafeRawPointer, _ secret: UnsafeRawPointer, _ stripes: Int
    ) {
        let low = Lanes(repeating: 0xffff_ffff)
        for index in 0..<stripes {
            let data = input.loadUnaligned(fromByteOffset: index * stripe, as: Lanes.self)
            let keyed = data ^ secret.loadUnaligned(fromByteOffset: index * 8, as: Lanes.self)
            let swapped = Lanes(data[1], data[0], data[3], data[2], data[5], data[4], data[7], data[6])
            lanes = lanes &+ swapped &+ (keyed & low) &* (keyed &>> 32)
        }
    }

    // MARK: Arithmetic

    private static func word32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private static func word64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }

    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    private static func mixed16(
        _ input: UnsafeRawBufferPointer, _ offset: Int, _ secret: UnsafeRawBufferPointer, _ key: Int
    ) -> UInt64 {
        folded(word64(input, offset) ^ word64(secret, key), word64(input, offset + 8) ^ word64(secret, key + 8))
    }

    private static func avalanche(_ value: UInt64) -> UInt64 {
        var hash = value ^ value >> 37
        hash = hash &* 0x1656_6791_9e37_79f9
        return hash ^ hash >> 32
    }

    private static func avalanche64(_ value: UInt64) -> UInt64 {
        var hash = (value ^ value >> 33) &* prime64.1
        hash = (hash ^ hash >> 29) &* prime64.2
        return hash ^ hash >> 32
    }

    private static let secret: [UInt8] = [
        0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
        0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
        0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
        0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
        0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
        0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
        0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
        0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
        0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
        0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
        0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
        0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
    ]
}
