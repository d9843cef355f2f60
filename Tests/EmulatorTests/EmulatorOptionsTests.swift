import HailoBase
import HailoEmulator
import Testing
import HailoFormats

@Suite struct EmulatorOptionsTests {
    @Test func chips() throws {
        #expect(try EmulatorOptions.parse("emulator")?.chip == .hailo8)
        #expect(try EmulatorOptions.parse("emulator:hailo8")?.chip == .hailo8)
        #expect(try EmulatorOptions.parse("emulator:hailo8l")?.chip == .hailo8l)
        #expect(try EmulatorOptions.parse("emulator")?.id == "emulator:hailo8")
    }

    @Test(arguments: ["", "/dev/hailo0", "0000:01:00.0", "emulators", "Emulator"])
    func otherIDsAreNotForTheEmulator(id: String) throws {
        #expect(try EmulatorOptions.parse(id) == nil)
    }

    @Test func settings() throws {
        let options = try EmulatorOptions.parse("emulator:hailo8l,driver=4.22.0,firmware=4.21.1,page=512")
        #expect(options?.driverVersion == Version(4, 22, 0))
        #expect(options?.firmwareVersion == Version(4, 21, 1))
        #expect(options?.descriptorPageSize == 512)
        #expect(options?.id == "emulator:hailo8l,driver=4.22.0,firmware=4.21.1,page=512")
    }

    @Test func faults() throws {
        let options = try EmulatorOptions.parse("emulator,fault=IDENTIFY#2:0x4003000f,fault=FW_CONTROL:ENODEV")
        #expect(options?.faults.map(\.place) == ["IDENTIFY", "FW_CONTROL"])
        #expect(options?.faults.map(\.count) == [.only(2), .every])
        #expect(options?.faults.map(\.effect) == [.refusal(0x4003_000f), .failure(errno: 19)])
    }

    @Test(arguments: [
        ("emulator:hailo15", "there is no emulated device"), ("emulator,", "key=value"),
        ("emulator,driver", "key=value"),
        ("emulator,driver=new", "version"), ("emulator,page=100", "power of two"),
        ("emulator,page=8192", "power of two"),
        ("emulator,colour=red", "no emulator setting"), ("emulator,fault=IDENTIFY", "PLACE:WHAT"),
        ("emulator,fault=TEA:ENODEV", "neither"), ("emulator,fault=IDENTIFY#0:ENODEV", "number from 1"),
        ("emulator,fault=IDENTIFY#1#2:ENODEV", "the place may be"),
        ("emulator,fault=IDENTIFY%:ENODEV", "the place may be"), ("emulator,fault=IDENTIFY:EBORED", "errno by name"),
        ("emulator,fault=FW_CONTROL:0x1", "errno by name"), ("emulator,fault=open:garbled", "errno by name"),
        ("emulator,fault=transfer:EINVAL", "lost, closed"), ("emulator,fault=transfer:notify=tea", "streams-closed"),
        ("emulator,fault=IDENTIFY:delayed=soon", "delayed=MILLISECONDS"), ("emulator,devices=17", "0 to 16"),
        ("emulator,seed=-1", "a number"), ("emulator,fps=0", "from 1"), ("emulator,latency=1s", "microseconds"),
        ("emulator,timing=slow", "none or card"), ("emulator,script=/nowhere/at/all", "/nowhere/at/all"),
    ])
    func mistakesAreExplained(id: String, hint: String) {
        let error = #expect(throws: HailoError.self) { try EmulatorOptions.parse(id) }
        #expect(error?.message.contains(hint) == true, "\(error?.message ?? "")")
    }
}
