import HailoBase
import HailoDriver
import Testing

@Suite struct DriverVersionPolicyTests {
    @Test(arguments: ["4.18.0", "4.20.1", "4.21.0", "4.22.0", "4.23.0", "4.23.9", "4.24.0", "4.99.0"])
    func accepted(text: String) throws {
        _ = try DriverVersionPolicy.interface(of: try #require(Version(text)), "device")
    }

    @Test(arguments: [("4.17.0", "too old"), ("3.0.0", "too old"), ("5.0.0", "other chips")])
    func refused(text: String, reason: String) throws {
        let version = try #require(Version(text))
        let error = #expect(throws: HailoError.self) { try DriverVersionPolicy.interface(of: version, "device") }
        #expect(error?.status == .unsupportedDriver)
        #expect(error?.message.contains(reason) == true)
        #expect(error?.message.contains(text) == true)
        #expect(error?.message.contains("Install hailort-drivers 4.18 to 4.23") == true)
    }
}
