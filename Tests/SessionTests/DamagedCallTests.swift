import HailoBase
import CHailoKernel
import HailoDriver
import HailoEmulator
import Hailo
import HailoTestSupport
import Testing

/// A driver in front of the emulated one that damages what goes through it now and then: a program that is broken in every way
/// that calls can be, but for its own memory.
private final class DamagingDriver: Driver, @unchecked Sendable {
    private let inner: EmulatedDriver
    private let lock = Lock()
    private var generator: SplitMix
    /// One in so many calls is damaged.
    private let rarity: UInt64
    private(set) var damaged = 0

    init(_ inner: EmulatedDriver, seed: UInt64) {
        self.inner = inner
        generator = SplitMix(seed)
        rarity = seed % 3 == 0 ? 6 : 40
    }

    var name: String { inner.name }
    var findings: [Finding] { inner.findings }
    func close() { inner.close() }

    func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        if let argument, let range = DamagingDriver.range(of: request) {
            lock.withLock { damage(argument, range, isControl: request == HAILO_FW_CONTROL) }
        }
        return inner.perform(request, argument)
    }

    /// The bytes that may be damaged without harm to the program's own memory, and without a wait that never ends.
    private static func range(of request: UInt32) -> Range<Int>? {
        switch request {
        case HAILO_DESC_LIST_CREATE: 0..<11
        case HAILO_DESC_LIST_PROGRAM: 0..<MemoryLayout<hailo_desc_list_program_params>.size
        case HAILO_DESC_LIST_RELEASE, HAILO_VDMA_BUFFER_UNMAP: 0..<8
        case HAILO_VDMA_BUFFER_SYNC: 0..<MemoryLayout<hailo_vdma_buffer_sync_params>.size
        case HAILO_VDMA_LAUNCH_TRANSFER: 0..<MemoryLayout<hailo_vdma_launch_transfer_params>.size
        case HAILO_FW_CONTROL: 32..<400
        default: nil
        }
    }

    private func damage(_ argument: UnsafeMutableRawPointer, _ range: Range<Int>, isControl: Bool) {
        guard generator.next() % rarity == 0 else { return }
        let interesting: [UInt8] = [0, 1, 2, 8, 31, 32, 63, 64, 127, 128, 254, 255]
        for _ in 0...generator.next() % 3 {
            let place = range.lowerBound + Int(generator.next() % UInt64(range.count))
            argument.storeBytes(of: interesting[Int(generator.next() % 12)], toByteOffset: place, as: UInt8.self)
        }
        damaged += 1
        guard isControl else { return }
        // With its digest made right again, or the firmware would not look at it.
        let call = argument.assumingMemoryBound(to: hailo_fw_control.self)
        let length = min(Int(call.pointee.buffer_len), 1500)
        let message = UnsafeRawBufferPointer(start: argument + Int(HAILO_FW_CONTROL_BUFFER_OFFSET), count: length)
        MD5.digest(Array(message)).withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: argument, count: 16).copyBytes(from: $0)
        }
    }
}

/// Whatever a program tells the emulated device, the process lives, and the reason for what is refused is told.
@Suite struct DamagedCallTests {
    @Test(arguments: 0..<300)
    func nothingTraps(seed: Int) throws {
        let names = ["min_v2", "mc2", "ddr_mc2", "io_multi", "nms_burst_frame", "cache_mc2"]
        let checks = seed % 2 == 0 ? "lenient" : "strict"
        let release = seed / 2 % 2 == 0 ? "4.23.0" : "4.20.1"
        let id =
            "emulator,board=damaged-\(seed)-\(UInt64.random(in: 0...UInt64.max)),checks=\(checks),driver=\(release),"
            + "firmware=\(release)"
        let driver = DamagingDriver(try EmulatedSession.driver(id), seed: UInt64(seed))
        guard let device = try? Device.open(Device.Connection(driver: driver)) else { return }
        for name in [names[seed % names.count], names[seed / 7 % names.count]] {
            guard let session = try? EmulatedSession.make(name, on: device, batch: name == "mc2" ? 2 : 0) else {
                continue
            }
            if (try? session.activate()) != nil {
                let inputs = FrameMemory(session.inputStreams, 6)
                let outputs = FrameMemory(session.outputStreams, 6)
                _ = try? session.runRaw(
                    count: 6, inputs: inputs.sources, outputs: outputs.buffers, milliseconds: 30)
            }
            try? session.close()
        }
        #expect(driver.findings.allSatisfy { !$0.text.isEmpty })
        // Every third driver damages so many calls that some have to be among these.
        #expect(driver.damaged > 0 || seed % 3 != 0)
    }
}
