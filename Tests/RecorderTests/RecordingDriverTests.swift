import HailoBase
import CHailoKernel
import HailoDriver
import HailoEmulator
import HailoFirmware
import Foundation
import HailoRecorder
import Testing

@Suite struct RecordingDriverTests {
    private func record(_ body: (RecordingDriver) throws -> Void) throws -> [[String: Any]] {
        let path = NSTemporaryDirectory() + "hailoswift-trace-\(UUID()).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let emulated = try EmulatedDriver.open(try #require(try EmulatorOptions.parse("emulator")))
        let driver = RecordingDriver(emulated, into: try TraceFile.open(path: path))
        try body(driver)
        driver.close()
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func input(_ line: [String: Any]) -> [String: Any] { line["in"] as? [String: Any] ?? [:] }
    private func output(_ line: [String: Any]) -> [String: Any] { line["out"] as? [String: Any] ?? [:] }

    @Test func everyCallIsALine() throws {
        let lines = try record { _ = try DriverCalls($0).queryDriverInfo() }
        #expect(lines.map { $0["seq"] as? Int } == [0, 1, 2])
        #expect(lines.map { $0["event"] as? String } == ["open", nil, "close"])
        #expect(lines[1]["ioctl"] as? String == "QUERY_DRIVER_INFO")
        #expect(output(lines[1])["version"] as? String == "4.23.0")
        #expect(lines[1]["ret"] as? Int == 0)
        #expect(lines[1]["errno"] as? Int == 0)
        #expect(lines[1]["pid"] as? Int == Int(getpid()))
    }

    @Test func controlsAreTakenApart() throws {
        let request = PowerMeasurement.request.bytes
        let lines = try record {
            _ = try DriverCalls($0).control(
                request, digest: MD5.digest(request), processor: 0, timeout: 9, describing: "POWER_MEASUREMENT")
        }
        let line = input(lines[1])
        #expect(line["opcode"] as? String == "POWER_MEASUREMENT")
        #expect(line["opcode_number"] as? Int == 9)
        #expect(line["params"] as? [String] == ["7fffffff", "00000002"])
        #expect(line["request"] as? String == request.hexadecimal)
        #expect(line["md5_ok"] as? Bool == true)
        #expect(line["timeout_ms"] as? Int == 9)
        #expect(output(lines[1])["major_status"] as? Int == 0)
        #expect((output(lines[1])["response"] as? String)?.hasPrefix("0000000200000001") == true)
    }

    @Test func failuresCarryTheirErrno() throws {
        let lines = try record { driver in
            var call = hailo_vdma_launch_transfer_params()
            call.channel_index = 3
            call.buffers_count = 200
            _ = withUnsafeMutablePointer(to: &call) { driver.perform(0x6763, $0) }
            _ = withUnsafeMutablePointer(to: &call) { driver.perform(HAILO_SOC_CONNECT, $0) }
        }
        #expect(lines[1]["ioctl"] as? String == "UNKNOWN_0x6763")
        #expect(lines[1]["ret"] as? Int == -1)
        #expect(lines[1]["errno"] as? Int == 25)
        #expect(lines[2]["errno"] as? Int == 22)
    }

    /// Each request with a structure full of ones: no count in it may lead the recorder out of the structure.
    @Test func nothingInAStructureMisleadsTheRecorder() throws {
        let requests = [
            HAILO_VDMA_ENABLE_CHANNELS, HAILO_VDMA_DISABLE_CHANNELS, HAILO_VDMA_INTERRUPTS_WAIT,
            HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS, HAILO_VDMA_BUFFER_MAP, HAILO_VDMA_BUFFER_UNMAP,
            HAILO_VDMA_BUFFER_SYNC, HAILO_DESC_LIST_CREATE, HAILO_DESC_LIST_RELEASE, HAILO_DESC_LIST_PROGRAM,
            HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC, HAILO_VDMA_LOW_MEMORY_BUFFER_FREE, HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC,
            HAILO_VDMA_CONTINUOUS_BUFFER_FREE, HAILO_VDMA_LAUNCH_TRANSFER, HAILO_READ_LOG, HAILO_WRITE_ACTION_LIST,
        ]
        let lines = try record { driver in
            for request in requests {
                // Exactly as long as the structure, so that AddressSanitizer sees a step beyond it.
                let size = Int(request >> 16 & 0x3fff)
                let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
                defer { bytes.deallocate() }
                bytes.initializeMemory(as: UInt8.self, repeating: 0xff)
                _ = driver.perform(request, bytes.baseAddress)
            }
        }
        #expect(lines.count == requests.count + 2)
        #expect(lines.dropFirst().dropLast().allSatisfy { !input($0).isEmpty })
    }
}
