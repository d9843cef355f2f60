import CHailoKernel
import HailoDriver
import HailoEmulator
import Foundation
import Testing

/// The driver's answers to right and wrong use of buffers, lists and channels, as they were recorded from a real one.
@Suite struct DMACallTests {
    private final class Board {
        let driver: EmulatedDriver
        private let memory = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 65536)

        init() throws {
            let id = "emulator,board=dma-\(UInt64.random(in: 0...UInt64.max))"
            driver = try EmulatedDriver.open(try #require(try EmulatorOptions.parse(id)))
        }

        deinit {
            driver.close()
            memory.deallocate()
        }

        func map(_ size: UInt64, offset: Int = 0, direction: UInt32 = 0, type: UInt32 = 0) -> Int {
            map(at: UInt64(UInt(bitPattern: memory + offset)), size, direction: direction, type: type)
        }

        func map(at address: UInt64, _ size: UInt64, direction: UInt32 = 0, type: UInt32 = 0) -> Int {
            var call = hailo_vdma_buffer_map_params(
                user_address: address, size: size, data_direction: direction, buffer_type: type,
                allocated_buffer_handle: .max, mapped_handle: 0)
            let result = driver.perform(HAILO_VDMA_BUFFER_MAP, &call)
            return result < 0 ? result : Int(call.mapped_handle)
        }

        func unmap(_ handle: Int) -> Int {
            var call = hailo_vdma_buffer_unmap_params(mapped_handle: UInt64(handle))
            return driver.perform(HAILO_VDMA_BUFFER_UNMAP, &call)
        }

        func sync(_ handle: Int, type: UInt32, offset: UInt64, count: UInt64) -> Int {
            var call = hailo_vdma_buffer_sync_params(
                handle: UInt64(handle), sync_type: type, offset: offset, count: count)
            return driver.perform(HAILO_VDMA_BUFFER_SYNC, &call)
        }

        func create(_ count: UInt64, _ page: UInt16, circular: Bool) -> Int {
            var call = hailo_desc_list_create_params(
                desc_count: count, desc_page_size: page, is_circular: circular, desc_handle: 0, dma_address: 1)
            let result = driver.perform(HAILO_DESC_LIST_CREATE, &call)
            if result >= 0 { #expect(call.dma_address & 0xffff == 0 && call.dma_address != 0) }
            return result < 0 ? result : Int(call.desc_handle)
        }

        func release(_ handle: Int) -> Int {
            var call = hailo_desc_list_release_params(desc_handle: UInt64(handle))
            return driver.perform(HAILO_DESC_LIST_RELEASE, &call)
        }

        func program(
            _ list: Int, _ buffer: Int, _ size: UInt64, offset: UInt64 = 0, batch: UInt32 = 1, start: UInt32 = 0,
            bind: Bool = true, stride: UInt32 = 0
        ) -> Int {
            var call = hailo_desc_list_program_params(
                buffer_handle: UInt64(buffer), buffer_size: size, buffer_offset: offset, batch_size: batch,
                desc_handle: UInt64(list), channel_index: 0, starting_desc: start, should_bind: bind,
                last_interrupts_domain: 1, is_debug: false, stride: stride)
            return driver.perform(HAILO_DESC_LIST_PROGRAM, &call)
        }

        func enable(_ channels: UInt32) -> Int {
            var call = hailo_vdma_enable_channels_params(
                channels_bitmap_per_engine: (channels, 0, 0), enable_timestamps_measure: false)
            return driver.perform(HAILO_VDMA_ENABLE_CHANNELS, &call)
        }

        func disable(_ channels: UInt32) -> Int {
            var call = hailo_vdma_disable_channels_params(channels_bitmap_per_engine: (channels, 0, 0))
            return driver.perform(HAILO_VDMA_DISABLE_CHANNELS, &call)
        }
    }

    @Test func buffers() throws {
        let board = try Board()
        #expect(board.map(4096) == 1)
        #expect(board.map(4096) == 2)
        #expect(board.map(100, direction: 3) == -Int(EINVAL))
        #expect(board.map(100, type: 1) == -Int(EINVAL))
        #expect(board.map(at: 0, 100) == -Int(EFAULT))
        #expect(board.map(at: 0x7fff_ffff_f000_0000, 4096) == -Int(EFAULT))
        // A failed attempt uses up no number.
        #expect(board.map(4096) == 3)
        // The driver keeps 32 bits of the size.
        #expect(board.map((1 << 32) + 4096) == 4)
        #expect(board.unmap(2) == 0)
        #expect(board.unmap(2) == -Int(EINVAL))
        #expect(board.unmap(0) == -Int(EINVAL))
        #expect(board.driver.books.buffers == 3)
        #expect(board.driver.violations.map { $0.contains("keeps 32 bits") } == [true])
    }

    @Test func whatWouldCrashTheKernelIsAViolation() throws {
        let board = try Board()
        #expect(board.map(0) == -Int(EFAULT))
        #expect(board.map(100, offset: 8) == 1)
        #expect(board.create(64, 0, circular: true) == 0x1000)
        #expect(board.create(0, 512, circular: false) == -Int(ENOBUFS))
        let violations = board.driver.violations
        #expect(violations.count == 4)
        #expect(violations[0].contains("BUFFER_MAP of 0 bytes"))
        #expect(violations[1].contains("not the start of a page"))
        #expect(violations[2].contains("pages of 0 bytes"))
        #expect(violations[3].contains("0 descriptors"))
    }

    /// What is refused is kept with its reason; of the same board everybody sees the same.
    @Test func refusalsAreFindings() throws {
        let board = try Board()
        #expect(board.unmap(7) == -Int(EINVAL))
        #expect(board.create(100, 512, circular: true) == -Int(EINVAL))
        #expect(board.map(0) == -Int(EFAULT))
        let findings = board.driver.findings
        #expect(findings.map { $0.kind } == [.refusal, .refusal, .violation])
        #expect(findings[0].text == "VDMA_BUFFER_UNMAP of 7: this file has mapped no such buffer")
        #expect(findings[1].text == "DESC_LIST_CREATE of a ring of 100 descriptors, which is not a power of two")
    }

    /// However much goes wrong, what is kept of it stays bounded.
    @Test func findingsAreBounded() throws {
        let board = try Board()
        for handle in 1...2000 { #expect(board.unmap(handle) == -Int(EINVAL)) }
        #expect(board.driver.findings.count == 1000)
    }

    @Test func synchronizing() throws {
        let board = try Board()
        let buffer = board.map(4096)
        #expect(board.sync(buffer, type: 0, offset: 0, count: 4096) == 0)
        #expect(board.sync(buffer, type: 1, offset: 4096, count: 0) == 0)
        #expect(board.sync(buffer, type: 2, offset: 0, count: 1) == -Int(EINVAL))
        #expect(board.sync(buffer, type: 0, offset: 1, count: 4096) == -Int(EINVAL))
        #expect(board.sync(9, type: 0, offset: 0, count: 1) == -Int(EINVAL))
        // The sum wraps around in the driver.
        #expect(board.sync(buffer, type: 0, offset: .max, count: 1) == 0)
    }

    @Test func lists() throws {
        let board = try Board()
        #expect(board.create(64, 512, circular: true) == 0x1000)
        #expect(board.create(100, 512, circular: true) == -Int(EINVAL))
        #expect(board.create(64, 513, circular: false) == -Int(EINVAL))
        #expect(board.create(65537, 512, circular: false) == 0x2000)
        // An attempt that fails for lack of memory uses up a number.
        #expect(board.create(1 << 20, 512, circular: true) == -Int(ENOBUFS))
        #expect(board.create((1 << 31) + 1, 512, circular: false) == -Int(EINVAL))
        #expect(board.create(64, 32768, circular: false) == 0x5000)
        #expect(board.release(0x1000) == 0)
        #expect(board.release(0x1000) == -Int(EINVAL))
        #expect(board.driver.books.lists == 2)
    }

    @Test func programming() throws {
        let board = try Board()
        let buffer = board.map(65536)
        let ring = board.create(64, 512, circular: true)
        let line = board.create(64, 512, circular: false)
        #expect(board.program(ring, buffer, 1000) == 2)
        #expect(board.program(ring, buffer, 512, batch: 5) == 5)
        #expect(board.program(ring, buffer, 512, batch: 0) == 0)
        #expect(board.program(ring, buffer, 0) == 0)
        #expect(board.program(ring, buffer, 65537) == -Int(EFAULT))
        #expect(board.program(ring, buffer, 65536) == -Int(ERANGE))
        #expect(board.program(ring, buffer, 512, offset: 100) == -Int(EINVAL))
        #expect(board.program(ring, buffer, 512, offset: 65536) == -Int(EFAULT))
        #expect(board.program(ring, buffer, 512, start: 64) == -Int(EINVAL))
        #expect(board.program(ring, buffer, 1024, start: 63) == 2)
        #expect(board.program(line, buffer, 1024, start: 63) == -Int(ERANGE))
        #expect(board.program(line, buffer, 32768, batch: 2) == -Int(EINVAL))
        #expect(board.program(line, buffer, 512, stride: 1024) == 1)
        #expect(board.program(line, buffer, 512, stride: 100) == 1)
        #expect(board.program(line, buffer, 500, stride: 100) == -Int(EINVAL))
        #expect(board.program(line, buffer, 512, stride: 600) == -Int(EINVAL))
        // Without binding nothing is checked.
        #expect(board.program(line, buffer, 51200, start: 100, bind: false) == 100)
        #expect(board.program(9, buffer, 512) == -Int(EFAULT))
        #expect(board.program(line, 9, 512) == -Int(EFAULT))
    }

    @Test func channels() throws {
        let board = try Board()
        #expect(board.enable(0b11) == 0)
        #expect(board.enable(0b10) == -Int(EINVAL))
        #expect(board.enable(0) == 0)
        #expect(board.disable(0b110) == 0)
        #expect(board.enable(0b10) == 0)
        #expect(board.driver.books.channels == 0b11)
    }

    @Test func memoryOfTheDriversOwn() throws {
        let board = try Board()
        var low = hailo_allocate_low_memory_buffer_params(buffer_size: 0, buffer_handle: 0)
        #expect(board.driver.perform(HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC, &low) == 0)
        var continuous = hailo_allocate_continuous_buffer_params(buffer_size: 0, buffer_handle: 0, dma_address: 0)
        #expect(board.driver.perform(HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC, &continuous) == -Int(ENOBUFS))
        continuous.buffer_size = 8192
        #expect(board.driver.perform(HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC, &continuous) == 0)
        #expect((low.buffer_handle, continuous.buffer_handle) == (0x1000, 0x2000))
        var free = hailo_free_continuous_buffer_params(buffer_handle: low.buffer_handle)
        #expect(board.driver.perform(HAILO_VDMA_CONTINUOUS_BUFFER_FREE, &free) == -Int(EINVAL))
        free.buffer_handle = continuous.buffer_handle
        #expect(board.driver.perform(HAILO_VDMA_CONTINUOUS_BUFFER_FREE, &free) == 0)
        #expect(board.driver.books.allocations == 1)
    }

    @Test func badPointers() throws {
        let board = try Board()
        for request in [HAILO_VDMA_ENABLE_CHANNELS, HAILO_VDMA_DISABLE_CHANNELS] {
            #expect(board.driver.perform(request, nil) == -Int(ENOMEM))
        }
        for request in [
            HAILO_VDMA_BUFFER_MAP, HAILO_VDMA_BUFFER_UNMAP, HAILO_VDMA_BUFFER_SYNC, HAILO_DESC_LIST_CREATE,
            HAILO_DESC_LIST_RELEASE, HAILO_DESC_LIST_PROGRAM, HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC,
        ] {
            #expect(board.driver.perform(request, nil) == -Int(EFAULT))
        }
    }

    @Test func closingGivesEverythingBack() throws {
        let id = "emulator,board=closing"
        let options = try #require(try EmulatorOptions.parse(id))
        let other = try EmulatedDriver.open(options)
        let driver = try EmulatedDriver.open(options)
        var list = hailo_desc_list_create_params(
            desc_count: 64, desc_page_size: 512, is_circular: true, desc_handle: 0, dma_address: 0)
        #expect(driver.perform(HAILO_DESC_LIST_CREATE, &list) == 0)
        var enable = hailo_vdma_enable_channels_params(
            channels_bitmap_per_engine: (1, 0, 0), enable_timestamps_measure: false)
        #expect(driver.perform(HAILO_VDMA_ENABLE_CHANNELS, &enable) == 0)
        // Handles are of their file.
        var release = hailo_desc_list_release_params(desc_handle: list.desc_handle)
        #expect(other.perform(HAILO_DESC_LIST_RELEASE, &release) == -Int(EINVAL))
        driver.close()
        #expect(other.books == EmulatedDriver.Books())
        other.close()
    }
}
