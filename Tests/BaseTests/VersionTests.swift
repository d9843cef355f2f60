import HailoBase
import Testing

@Suite struct VersionTests {
    @Test func reading() {
        #expect(Version("4.23.1") == Version(4, 23, 1))
        #expect(Version("4.23") == Version(4, 23, 0))
        for wrong in ["", "4", "4.", "4.2.3.4", "a.b", "4.-1", "4.99999999999"] {
            #expect(Version(wrong) == nil, "\(wrong)")
        }
    }

    @Test func order() {
        #expect(Version(4, 9, 9) < Version(4, 10, 0))
        #expect(Version(4, 23, 0) < Version(5, 0, 0))
        #expect(Version(4, 23, 0) < Version(4, 23, 1))
    }
}
