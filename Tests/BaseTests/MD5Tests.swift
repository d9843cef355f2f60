import HailoBase
import Testing

@Suite struct MD5Tests {
    /// RFC 1321, appendix A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func standardVectors(text: String, digest: String) {
        #expect(MD5.digest(Array(text.utf8)).hexadecimal == digest)
    }

    @Test(arguments: [1, 7, 55, 56, 63, 64, 65, 100])
    func piecesGiveTheSameDigestAsTheWhole(size: Int) {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var sum = MD5()
        var rest = bytes[...]
        while !rest.isEmpty {
            Array(rest.prefix(size)).withUnsafeBytes { sum.update($0) }
            rest = rest.dropFirst(size)
        }
        #expect(sum.finish() == MD5.digest(bytes))
    }
}
