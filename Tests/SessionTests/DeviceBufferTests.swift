import HailoBase
import CHailoKernel
import CHailoPlatform
import HailoDriver
import HailoEmulator
import Foundation
import Hailo
import Testing

/// Memory that the device reaches by itself.
@Suite struct DeviceBufferTests {
    /// Counts transfers that do not go through a ring, by their kind of memory.
    private final class Counter: Driver, @unchecked Sendable {
        let inner: EmulatedDriver
        private let lock = Lock()
        private var counts: [UInt32: Int] = [:]
        private var rings: Set<UInt64> = []
        var name: String { inner.name }

        /// The kinds of mapped memory, by which older drivers are told of it.
        private var kinds: [UInt64: UInt32] = [:]

        init(_ settings: String = "") throws {
            inner = try EmulatedSession.driver(
                "emulator,board=buffers-\(UInt64.random(in: 0...UInt64.max))" + settings)
        }

        func direct(_ type: UInt32 = HAILO_DMA_USER_PTR_BUFFER.rawValue) -> Int { lock.withLock { counts[type] ?? 0 } }

        func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
            if request == HAILO_VDMA_LAUNCH_TRANSFER, let argument {
                let call = argument.assumingMemoryBound(to: hailo_vdma_launch_transfer_params.self).pointee
                if call.should_bind { lock.withLock { counts[call.buffers.0.buffer_type, default: 0] += 1 } }
            }
            if request == HAILO_4_20_VDMA_LAUNCH_TRANSFER, let argument {
                let call = argument.assumingMemoryBound(to: hailo_4_20_vdma_launch_transfer_params.self).pointee
                let kind = lock.withLock { kinds[call.buffers.0.mapped_buffer_handle] }
                if call.should_bind, let kind { lock.withLock { counts[kind, default: 0] += 1 } }
            }
            let result = inner.perform(request, argument)
            if request == HAILO_VDMA_BUFFER_MAP, let argument {
                let call = argument.assumingMemoryBound(to: hailo_vdma_buffer_map_params.self).pointee
                lock.withLock { kinds[call.mapped_handle] = call.buffer_type }
            }
            return result
        }

        func close() { inner.close() }
    }

    private func session(_ driver: Counter) throws -> Session {
        try EmulatedSession.make("min_v2", on: try Device.open(Device.Connection(driver: driver)))
    }

    private func pages(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let size = count * hailoplatform_page_size()
        return UnsafeMutableRawBufferPointer(start: hailoplatform_allocate_pages(size), count: size)
    }

    /// Two pages of memory with a file descriptor.
    private func sharedMemory() throws -> Int32 {
        let name = "/hailoswift-\(UInt64.random(in: 0...UInt64.max))"
        let file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        shm_unlink(name)
        try #require(file >= 0)
        try #require(ftruncate(file, 8192) == 0)
        return file
    }

    private func isFrame(_ number: Int, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0 + 13 * 16 + 7 * number) }
    }

    private func run(
        _ session: Session, _ input: UnsafeMutableRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(HailoError) {
        try session.runRaw(
            count: 1, inputs: [UnsafeRawBufferPointer(input)], outputs: [output], milliseconds: 5000)
    }

    private func part(
        _ buffer: DeviceBuffer, _ offset: Int, _ size: Int
    ) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[offset..<(offset + size)])
    }

    @Test func framesAreNotCopied() throws {
        let driver = try Counter()
        let session = try session(driver)
        try session.activate()
        let (inputSize, outputSize) = (session.inputStreams[0].frameSize, session.outputStreams[0].frameSize)
        let buffer = try DeviceBuffer.allocate(1 << 16, on: session.device)
        #expect(buffer.bytes.allSatisfy { $0 == 0 })
        let (input, output) = (part(buffer, 0, inputSize), part(buffer, 1 << 15, outputSize))
        for number in 0..<100 {
            try run(session, input, output)
            #expect(isFrame(number, output))
        }
        #expect(driver.direct() == 200)
        // Frames of other memory go on through the rings, whose descriptors pointed elsewhere meanwhile.
        let other = FrameMemory(sizes: [inputSize, outputSize], 1)
        for number in 100..<300 {
            try run(session, other.buffers[0], other.buffers[1])
            #expect(isFrame(number, other.buffers[1]))
        }
        #expect(driver.inner.violations == [])
    }

    /// Frames that do not begin at a page of the descriptors, and those that stick out, are copied as ever.
    @Test func framesThatLieAskew() throws {
        let driver = try Counter()
        let session = try session(driver)
        try session.activate()
        let (inputSize, outputSize) = (session.inputStreams[0].frameSize, session.outputStreams[0].frameSize)
        let buffer = try DeviceBuffer.allocate(1 << 16, on: session.device)
        for (number, offset) in [8, 63, 100, (1 << 15) - 1].enumerated() {
            try run(session, part(buffer, 33, inputSize), part(buffer, 4096 + offset, outputSize))
            #expect(isFrame(number, part(buffer, 4096 + offset, outputSize)))
        }
        #expect(driver.direct() == 0)
    }

    @Test func framesThatAreConverted() throws {
        let driver = try Counter()
        let session = try session(driver)
        try session.activate()
        let name = try session.outputs[0].name
        try session.setFormat(type: .float32, of: .output, named: name)
        let inputs = FrameMemory(sizes: try session.inputs.map { $0.frameSize }, 1)
        let buffer = try DeviceBuffer.allocate(1 << 16, on: session.device)
        let size = try session.outputs[0].frameSize
        try session.run(
            count: 1, inputs: inputs.sources, outputs: [part(buffer, 0, size)], milliseconds: 5000)
        #expect(driver.direct() == 0)
        #expect(part(buffer, 0, size).contains { $0 != 0 })
    }

    @Test func memoryOfTheCallers() throws {
        let driver = try Counter()
        let session = try session(driver)
        try session.activate()
        let memory = pages(4)
        defer { hailoplatform_unmap(memory.baseAddress, memory.count) }
        let buffer = try DeviceBuffer.register(memory, on: session.device)
        #expect(buffer.bytes.baseAddress == memory.baseAddress)
        let size = session.outputStreams[0].frameSize
        try run(session, part(buffer, 0, session.inputStreams[0].frameSize), part(buffer, 8192, size))
        #expect(driver.direct() == 2)
        #expect(isFrame(0, part(buffer, 8192, size)))
    }

    @Test func memoryThatCannotBeRegistered() throws {
        let device = try Device.open(Device.Connection(driver: try Counter()))
        let memory = pages(4)
        let page = hailoplatform_page_size()
        func expectRefusal(_ bytes: UnsafeMutableRawBufferPointer, _ text: String) {
            let error = #expect(throws: HailoError.self) { try DeviceBuffer.register(bytes, on: device) }
            #expect(error?.status == .invalidArgument)
            #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
        }
        expectRefusal(UnsafeMutableRawBufferPointer(rebasing: memory[1..<(1 + page)]), "whole pages of \(page)")
        expectRefusal(UnsafeMutableRawBufferPointer(rebasing: memory[..<(page - 1)]), "whole pages")
        expectRefusal(UnsafeMutableRawBufferPointer(start: memory.baseAddress, count: 0), "0 bytes")
        let first = try DeviceBuffer.register(
            UnsafeMutableRawBufferPointer(rebasing: memory[page..<(3 * page)]), on: device)
        expectRefusal(
            UnsafeMutableRawBufferPointer(rebasing: memory[..<(2 * page)]), "registered for the device already")
        expectRefusal(
            UnsafeMutableRawBufferPointer(rebasing: memory[(2 * page)...]), "registered for the device already")
        _ = try DeviceBuffer.register(UnsafeMutableRawBufferPointer(rebasing: memory[..<page]), on: device)
        #expect(first.bytes.count == 2 * page)
        hailoplatform_unmap(memory.baseAddress, memory.count)
        expectRefusal(UnsafeMutableRawBufferPointer(rebasing: memory[(3 * page)...]), "not memory of this process")
        for size in [0, -1, 1 << 40] {
            let error = #expect(throws: HailoError.self) { try DeviceBuffer.allocate(size, on: device) }
            #expect(error?.status == .invalidArgument)
        }
    }

    /// A buffer that is forgotten while frames in it are in flight stays until they are over.
    @Test func forgottenBuffers() throws {
        let driver = try Counter(",fault=transfer#1:stuck")
        let session = try session(driver)
        try session.activate()
        let before = driver.inner.books.buffers
        let job: Job
        do {
            let buffer = try DeviceBuffer.allocate(1 << 16, on: session.device)
            job = try session.submitRaw(
                count: 1, inputs: [UnsafeRawBufferPointer(part(buffer, 0, session.inputStreams[0].frameSize))],
                outputs: [part(buffer, 4096, session.outputStreams[0].frameSize)], milliseconds: 100)
        }
        #expect(driver.inner.books.buffers == before + 1)
        // The device may still write there, so the job ends when it has stopped.
        job.cancel()
        #expect(!job.isFinished)
        try session.deactivate()
        let error = #expect(throws: HailoError.self) { try job.wait(milliseconds: 1000) }
        #expect(error?.status == .canceled)
        #expect(driver.inner.books.buffers == before)
        #expect(driver.inner.violations == [])
    }

    /// Memory that the caller gives back although it is registered: the results are lost, and that is all.
    @Test func freedMemory() throws {
        let driver = try Counter()
        let session = try session(driver)
        try session.activate()
        let memory = pages(4)
        let buffer = try DeviceBuffer.register(memory, on: session.device)
        // Gone, but nobody else may get the addresses: the emulated card would write there.
        mprotect(memory.baseAddress, memory.count, PROT_NONE)
        defer { hailoplatform_unmap(memory.baseAddress, memory.count) }
        for _ in 0..<10 {
            try run(
                session, part(buffer, 0, session.inputStreams[0].frameSize),
                part(buffer, 4096, session.outputStreams[0].frameSize))
        }
        #expect(driver.direct() == 20)
    }

    @Test func memoryOfOtherDrivers() throws {
        let driver = try Counter(",dmabuf=file")
        let session = try session(driver)
        try session.activate()
        let (inputSize, outputSize) = (session.inputStreams[0].frameSize, session.outputStreams[0].frameSize)
        let descriptors = try (0..<2).map { _ in
            try sharedMemory()
        }
        let input = try DeviceBuffer.importing(dmaBuffer: descriptors[0], 8192, on: session.device)
        let output = try DeviceBuffer.importing(dmaBuffer: descriptors[1], 8192, on: session.device)
        for descriptor in descriptors { close(descriptor) }
        try run(session, part(input, 0, inputSize), part(output, 0, outputSize))
        #expect(driver.direct(HAILO_DMA_DMABUF_BUFFER.rawValue) == 2)
        #expect(isFrame(0, part(output, 0, outputSize)))
        // A transfer goes to the start of a dma-buf, so that others are copied.
        try run(session, part(input, 512, inputSize), part(output, 4096, outputSize))
        #expect(driver.direct(HAILO_DMA_DMABUF_BUFFER.rawValue) == 2)
        #expect(isFrame(1, part(output, 4096, outputSize)))
        let error = #expect(throws: HailoError.self) {
            try DeviceBuffer.importing(dmaBuffer: 9999, 4096, on: session.device)
        }
        #expect(error?.message.contains("9999 is not an open file descriptor") == true)
    }

    @Test func filesAreNoDMABuffers() throws {
        let device = try Device.open(Device.Connection(driver: try Counter()))
        let file = try sharedMemory()
        defer { close(file) }
        let error = #expect(throws: HailoError.self) {
            try DeviceBuffer.importing(dmaBuffer: file, 4096, on: device)
        }
        #expect(error?.status == .driverFailure)
    }
}
