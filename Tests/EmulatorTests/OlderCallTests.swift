import CHailoKernel
import HailoEmulator
import HailoKernelABI
import Testing

/// The three calls that drivers up to 4.20 lay out differently, in right and wrong use. The answers are those of driver 4.20.1.
@Suite struct OlderCallTests {
    private static let efault = -14
    private static let einval = -22
    private static let enotty = -25
    private static let erange = -34
    private static let econnreset = -104

    private final class Board {
        let driver: EmulatedDriver
        private let memory = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 65536)

        init(_ version: String = "4.20.1") throws {
            let id = "emulator,driver=\(version),board=older-\(UInt64.random(in: 0...UInt64.max))"
            driver = try EmulatedDriver.open(try #require(try EmulatorOptions.parse(id)))
        }

        deinit {
            driver.close()
            memory.deallocate()
        }

        func map(_ size: UInt64, offset: Int = 0, direction: UInt32) -> UInt64 {
            var call = hailo_vdma_buffer_map_params(
                user_address: UInt64(UInt(bitPattern: memory + offset)), size: size, data_direction: direction,
                buffer_type: 0, allocated_buffer_handle: .max, mapped_handle: 0)
            #expect(driver.perform(HAILO_VDMA_BUFFER_MAP, &call) == 0)
            return call.mapped_handle
        }

        func create(_ count: UInt64, circular: Bool) -> UInt64 {
            var call = hailo_desc_list_create_params(
                desc_count: count, desc_page_size: 512, is_circular: circular, desc_handle: 0, dma_address: 0)
            #expect(driver.perform(HAILO_DESC_LIST_CREATE, &call) == 0)
            return call.desc_handle
        }
    }

    @Test func programs() throws {
        let board = try Board()
        let buffer = board.map(10000, direction: 1)
        let ring = board.create(16, circular: true)
        let flat = board.create(8, circular: false)
        func answer(_ change: (inout hailo_4_20_desc_list_program_params) -> Void) -> Int {
            var call = hailo_4_20_desc_list_program_params(
                buffer_handle: buffer, buffer_size: 1024, buffer_offset: 0, desc_handle: ring, channel_index: 0,
                starting_desc: 0, should_bind: true, last_interrupts_domain: 0, is_debug: false)
            change(&call)
            return board.driver.perform(HAILO_4_20_DESC_LIST_PROGRAM, &call)
        }
        #expect(answer { _ in } == 2)
        #expect(answer { $0.buffer_size = 1025 } == 3)
        #expect(answer { $0.buffer_handle = 999 } == OlderCallTests.efault)
        #expect(answer { $0.desc_handle = 999 } == OlderCallTests.efault)
        #expect(answer { $0.buffer_size = 10001 } == OlderCallTests.efault)
        #expect(answer { ($0.buffer_offset, $0.buffer_size) = (9728, 1024) } == OlderCallTests.efault)
        // Newer drivers answer EINVAL to these two.
        #expect(answer { $0.buffer_offset = 256 } == OlderCallTests.efault)
        #expect(answer { $0.starting_desc = 16 } == OlderCallTests.efault)
        #expect(answer { $0.buffer_size = 17 * 512 } == OlderCallTests.erange)
        #expect(answer { ($0.buffer_size, $0.starting_desc) = (16 * 512, 8) } == 16)
        #expect(answer { ($0.desc_handle, $0.starting_desc) = (flat, 7) } == OlderCallTests.erange)
        #expect(answer { ($0.should_bind, $0.buffer_size) = (false, 1000) } == 2)
    }

    @Test func launches() throws {
        let board = try Board()
        let buffer = board.map(10000, direction: 1)
        let ring = board.create(16, circular: true)
        let flat = board.create(8, circular: false)
        /// The answer and the status that is written back, 77 where nothing is.
        func answer(_ change: (inout hailo_4_20_vdma_launch_transfer_params) -> Void) -> [Int] {
            var call = hailo_4_20_vdma_launch_transfer_params()
            call.desc_handle = ring
            call.should_bind = true
            call.buffers_count = 1
            call.buffers.0 = hailo_4_20_vdma_transfer_buffer(mapped_buffer_handle: buffer, offset: 0, size: 512)
            call.last_interrupts_domain = 2
            (call.descs_programed, call.launch_transfer_status) = (77, 77)
            change(&call)
            let result = board.driver.perform(HAILO_4_20_VDMA_LAUNCH_TRANSFER, &call)
            return [result, Int(call.launch_transfer_status)]
        }
        #expect(answer { $0.engine_index = 1 } == [OlderCallTests.einval, 77])
        #expect(answer { $0.channel_index = 32 } == [OlderCallTests.einval, 77])
        #expect(answer { $0.buffers_count = 3 } == [OlderCallTests.einval, 77])
        #expect(answer { $0.desc_handle = 999 } == [OlderCallTests.efault, 77])
        #expect(answer { $0.buffers.0.mapped_buffer_handle = 999 } == [OlderCallTests.efault, 77])
        #expect(answer { $0.buffers.0.size = 10001 } == [OlderCallTests.einval, 77])
        #expect(answer { $0.buffers.0.offset = 10001 } == [OlderCallTests.einval, 77])
        #expect(answer { _ in } == [OlderCallTests.econnreset, OlderCallTests.econnreset])
        // The channel has got the list by then.
        #expect(answer { $0.desc_handle = flat } == [OlderCallTests.einval, OlderCallTests.einval])
    }

    @Test func waitingAndRequestsOfTheOtherGeneration() throws {
        let board = try Board()
        var wait = hailo_4_20_vdma_interrupts_wait_params()
        #expect(board.driver.perform(HAILO_4_20_VDMA_INTERRUPTS_WAIT, &wait) == OlderCallTests.einval)
        wait.channels_bitmap_per_engine.0 = 1
        #expect(board.driver.perform(HAILO_4_20_VDMA_INTERRUPTS_WAIT, &wait) == 0)
        #expect(wait.channels_count == 0)
        let newer = try Board("4.21.0")
        var any = [UInt8](repeating: 0, count: 4096)
        for (driver, requests) in [
            (board.driver, [HAILO_DESC_LIST_PROGRAM, HAILO_VDMA_LAUNCH_TRANSFER, HAILO_VDMA_INTERRUPTS_WAIT]),
            (
                newer.driver,
                [HAILO_4_20_DESC_LIST_PROGRAM, HAILO_4_20_VDMA_LAUNCH_TRANSFER, HAILO_4_20_VDMA_INTERRUPTS_WAIT]
            ),
        ] {
            for request in requests { #expect(driver.perform(request, &any) == OlderCallTests.enotty) }
        }
    }

    /// Driver 4.18 forgets the transfers of all channels when it disables one.
    @Test func errorsAndMistakesOfTheOldestReleases() throws {
        for (version, number) in [("4.18.0", -12), ("4.19.0", -12), ("4.20.0", -105)] {
            let board = try Board(version)
            var call = hailo_desc_list_create_params(
                desc_count: 1 << 20, desc_page_size: 512, is_circular: false, desc_handle: 0, dma_address: 0)
            #expect(board.driver.perform(HAILO_DESC_LIST_CREATE, &call) == number, "\(version)")
            #expect(board.driver.interface.disablesNamedChannelsOnly == (version != "4.18.0"))
        }
    }
}
