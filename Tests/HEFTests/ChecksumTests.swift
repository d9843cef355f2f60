import HailoHEF
import Testing

@Suite struct ChecksumTests {
    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 * 131 + ($0 >> 8) * 7 + count) }
    }

    /// Computed with the reference implementation of xxHash.
    @Test(
        arguments: [
            (0, 0x2d06_8005_38d3_94c2), (1, 0xe12e_f9d2_eb86_ceeb), (3, 0x974a_8c6f_a70c_32a8),
            (4, 0x0495_cdcd_90b7_9c3a), (8, 0x3b3d_e570_25bc_abe0), (9, 0xf665_700d_df25_b7cb),
            (16, 0x7d92_c6d3_e2a9_b7e4), (17, 0x7d33_163b_8af0_179c), (32, 0x5e81_9446_3d7b_fd7f),
            (33, 0x67bc_52e5_3f97_ec8b), (64, 0xbdaf_603d_c3c1_9c17), (65, 0x5140_f9c6_5859_07ea),
            (96, 0x2822_7637_b9a8_f6e4), (97, 0x65e8_d634_5cbc_e534), (128, 0x9a2f_3730_0d60_586c),
            (129, 0x5c49_7ae6_9dc9_ecd0), (130, 0xb1da_91ee_21b9_48f7), (144, 0x2aac_2bfb_ee8f_1d72),
            (200, 0xfb1a_b939_69c8_7d29), (240, 0x63bd_9190_a703_c0f4), (241, 0x6e9e_6dd7_460d_02b1),
            (256, 0x266a_2c81_6cbb_31c5), (300, 0xe8bc_dea0_9db1_dda2), (512, 0xb3ce_5abe_feb9_30b1),
            (1024, 0xd1ab_b5db_d520_32f9), (1025, 0xb54c_683f_9a93_3aac), (1087, 0x212e_f719_71e4_915f),
            (1088, 0x7354_ae45_8f01_b192), (1089, 0x268d_c7c0_15e0_c73a), (4096, 0x9f54_4112_e3e9_1bb5),
            (10000, 0x690d_0c0e_07f2_ad75),
        ] as [(Int, UInt64)])
    func xxh3(count: Int, hash: UInt64) {
        let bytes = ChecksumTests.pattern(count)
        #expect(bytes.withUnsafeBytes { XXH3.hash($0) } == hash)
    }

    @Test(arguments: [1024, 2048, 4096], [2048, 2049, 2050, 2111, 2112, 4096, 5000, 9999])
    func xxh3InPieces(piece: Int, count: Int) {
        let bytes = ChecksumTests.pattern(count)
        var sum = XXH3(count: count)
        for start in stride(from: 0, to: count, by: piece) {
            Array(bytes[start..<min(start + piece, count)]).withUnsafeBytes { sum.update($0) }
        }
        #expect(sum.finish() == bytes.withUnsafeBytes { XXH3.hash($0) })
    }

    /// The check value of the polynomial, and lengths around the sixteen bytes that are taken at a time.
    @Test func crc32() {
        func checksum(_ text: String) -> UInt32 { Array(text.utf8).withUnsafeBytes { CRC32.checksum($0) } }
        #expect(checksum("") == 0)
        #expect(checksum("123456789") == 0xcbf4_3926)
        #expect(checksum("The quick brown fox jumps over the lazy dog") == 0x414f_a339)
        #expect(checksum(String(repeating: "a", count: 16)) == 0xcfd6_68d5)
        #expect(checksum(String(repeating: "a", count: 33)) == checksumBitByBit(String(repeating: "a", count: 33)))
    }

    private func checksumBitByBit(_ text: String) -> UInt32 {
        var crc = UInt32.max
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return ~crc
    }

    @Test(arguments: 0..<50)
    func crc32OfEveryLength(count: Int) {
        let text = String((0..<count).map { Character(UnicodeScalar(UInt8(33 + $0))) })
        #expect(Array(text.utf8).withUnsafeBytes { CRC32.checksum($0) } == checksumBitByBit(text))
    }
}
