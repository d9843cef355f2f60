/// MD5 (RFC 1321): the checksum of control messages and of the oldest HEF files.
package struct MD5 {
    private var state: (UInt32, UInt32, UInt32, UInt32) = (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476)
    private var length: UInt64 = 0
    private var pending: [UInt8] = []

    package init() {}

    /// The digest of `bytes`, 16 bytes.
    package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var sum = MD5()
        sum.update(bytes)
        return sum.finish()
    }

    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { digest($0) }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let filling = rest.prefix(64 - pending.count)
            pending.append(contentsOf: filling)
            rest = rest.dropFirst(filling.count)
            guard pending.count == 64 else { return }
            let block = pending
            pending.removeAll(keepingCapacity: true)
            block.withUnsafeBytes { consume($0) }
        }
        while rest.count >= 64 {
            consume(UnsafeRawBufferPointer(rebasing: rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        pending.append(contentsOf: rest)
    }

    package mutating func finish() -> [UInt8] {
        var padding: [UInt8] = [0x80]
        let used = pending.count + 1
        padding.append(contentsOf: repeatElement(0, count: (used <= 56 ? 56 : 120) - used))
        padding.appendLittleEndian(length &* 8)
        padding.withUnsafeBytes { update($0) }
        var digest: [UInt8] = []
        digest.appendLittleEndian(state.0)
        digest.appendLittleEndian(state.1)
        digest.appendLittleEndian(state.2)
        digest.appendLittleEndian(state.3)
        return digest
    }

    private mutating func consume(_ block: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt32 {
            UInt32(littleEndian: block.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        }
        var (a, b, c, d) = state
        MD5.sines.withUnsafeBufferPointer { sines in
            for step in 0..<64 {
                let mixed: UInt32
                let index: Int
                let rotation: UInt32
                switch step >> 4 {
                case 0:
                    mixed = d ^ (b & (c ^ d))
                    index = step
                    rotation = MD5.rotation(step, 7, 12, 17, 22)
                case 1:
                    mixed = c ^ (d & (b ^ c))
                    index = (5 * step + 1) & 15
                    rotation = MD5.rotation(step, 5, 9, 14, 20)
                case 2:
                    mixed = b ^ c ^ d
                    index = (3 * step + 5) & 15
                    rotation = MD5.rotation(step, 4, 11, 16, 23)
                default:
                    mixed = c ^ (b | ~d)
                    index = (7 * step) & 15
                    rotation = MD5.rotation(step, 6, 10, 15, 21)
                }
                let sum = a &+ mixed &+ sines[step] &+ word(index)
                (a, d, c) = (d, c, b)
                b = b &+ (sum &<< rotation | sum &>> (32 &- rotation))
            }
        }
        state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d)
    }

    private static func rotation(_ step: Int, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
        switch step & 3 {
        case 0: a
        case 1: b
        case 2: c
        default: d
        }
    }

    /// floor(2^32 × |sin(i)|) for i = 1 … 64.
    private static let sines: [UInt32] = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
        0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
        0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
        0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
        0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
        0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ]
}
