import HailoBase
import CHailoKernel
import HailoDriver
import HailoEmulator
import Hailo
import HailoTestSupport
import Testing
import HailoKernelABI

/// The faults of the real driver that docs/driver-faults.md lists: the library never makes such a call, whatever its caller
/// does.
@Suite struct DriverFaultTests {
    /// Passes calls on, after noting those that the driver would not survive.
    private final class Guardian: Driver, @unchecked Sendable {
        let inner: any Driver
        var name: String { inner.name }
        // The library listens to interrupts and notifications on threads of its own.
        private let lock = Lock()
        private(set) var forbidden: [String] = []
        private(set) var calls = 0
        private(set) var launches = 0
        private var enabled: UInt32 = 0
        private var lists: [UInt64: hailo_desc_list_create_params] = [:]
        private var buffers: [UInt64: hailo_vdma_buffer_map_params] = [:]

        init(_ inner: any Driver) {
            self.inner = inner
        }

        func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
            let listens = [
                HAILO_VDMA_INTERRUPTS_WAIT, HAILO_4_20_VDMA_INTERRUPTS_WAIT, HAILO_READ_NOTIFICATION,
            ].contains(request)
            lock.withLock {
                if !listens { calls += 1 }
                if let argument { inspect(request, argument) }
            }
            let result = inner.perform(request, argument)
            if result >= 0, let argument { lock.withLock { note(request, argument) } }
            return result
        }

        private func note(_ request: UInt32, _ argument: UnsafeMutableRawPointer) {
            if request == HAILO_DESC_LIST_CREATE {
                let call = argument.assumingMemoryBound(to: hailo_desc_list_create_params.self).pointee
                lists[call.desc_handle] = call
            }
            if request == HAILO_VDMA_BUFFER_MAP {
                let call = argument.assumingMemoryBound(to: hailo_vdma_buffer_map_params.self).pointee
                buffers[call.mapped_handle] = call
            }
        }

        func close() { inner.close() }

        private func inspect(_ request: UInt32, _ argument: UnsafeMutableRawPointer) {
            func forbid(_ isForbidden: Bool, _ what: String) { if isForbidden { forbidden.append(what) } }
            switch request {
            case HAILO_VDMA_BUFFER_MAP:
                let call = argument.assumingMemoryBound(to: hailo_vdma_buffer_map_params.self).pointee
                forbid(call.size == 0 || call.size > UInt64(UInt32.max), "1: map of \(call.size) bytes")
                forbid(call.user_address % 4096 != 0, "13: map at an unaligned address")
            case HAILO_VDMA_BUFFER_UNMAP:
                buffers[argument.loadUnaligned(as: UInt64.self)] = nil
            case HAILO_DESC_LIST_CREATE:
                let call = argument.assumingMemoryBound(to: hailo_desc_list_create_params.self).pointee
                forbid(call.desc_page_size < 64 || call.desc_page_size > 4096, "2: pages of \(call.desc_page_size)")
                forbid(call.desc_count == 0 || call.desc_count > 65536, "10: \(call.desc_count) descriptors")
            case HAILO_FW_CONTROL:
                let call = argument.assumingMemoryBound(to: hailo_fw_control.self)
                forbid(call.pointee.buffer_len > 1500, "3: control of \(call.pointee.buffer_len) bytes")
            case HAILO_VDMA_ENABLE_CHANNELS:
                enabled |= argument.loadUnaligned(as: UInt32.self)
            case HAILO_VDMA_DISABLE_CHANNELS:
                enabled &= ~argument.loadUnaligned(as: UInt32.self)
            case HAILO_VDMA_LAUNCH_TRANSFER:
                launches += 1
                let call = argument.assumingMemoryBound(to: hailo_vdma_launch_transfer_params.self).pointee
                let list = lists[call.desc_handle]
                let size = Int(call.buffers.0.size) + (call.buffers_count > 1 ? Int(call.buffers.1.size) : 0)
                let page = Int(list?.desc_page_size ?? 1)
                forbid(call.buffers_count == 0 || call.buffers_count > 2, "7: \(call.buffers_count) buffers")
                forbid(UInt64(call.starting_desc) >= list?.desc_count ?? 0, "6: from \(call.starting_desc)")
                forbid(size == 0 || (size + page - 1) / page >= Int(list?.desc_count ?? 0), "5: \(size) bytes")
                let address = call.buffers.0.addr_or_fd
                let isMapped = buffers.values.contains {
                    address >= $0.user_address && (address - $0.user_address) % UInt64(page) == 0
                        && address - $0.user_address + UInt64(call.buffers.0.size) <= $0.size
                }
                forbid(!isMapped, "5: at \(address)")
                forbid(enabled & (1 << UInt32(call.channel_index)) == 0, "8: channel \(call.channel_index)")
            case HAILO_4_20_VDMA_LAUNCH_TRANSFER:
                launches += 1
                let call = argument.assumingMemoryBound(to: hailo_4_20_vdma_launch_transfer_params.self).pointee
                let list = lists[call.desc_handle]
                let size = Int(call.buffers.0.size) + (call.buffers_count > 1 ? Int(call.buffers.1.size) : 0)
                let page = Int(list?.desc_page_size ?? 1)
                let buffer = buffers[call.buffers.0.mapped_buffer_handle]
                forbid(call.buffers_count == 0 || call.buffers_count > 2, "7: \(call.buffers_count) buffers")
                forbid(UInt64(call.starting_desc) >= list?.desc_count ?? 0, "6: from \(call.starting_desc)")
                forbid(size == 0 || (size + page - 1) / page >= Int(list?.desc_count ?? 0), "5: \(size) bytes")
                forbid(Int(call.buffers.0.offset) % page != 0, "5: from \(call.buffers.0.offset)")
                forbid(UInt64(call.buffers.0.offset) >= buffer?.size ?? 0, "5: from \(call.buffers.0.offset)")
                let isForbiddenDirection = buffer?.data_direction == (call.channel_index < 16 ? 2 : 1)
                forbid(isForbiddenDirection, "15: channel \(call.channel_index)")
                forbid(enabled & (1 << UInt32(call.channel_index)) == 0, "8: channel \(call.channel_index)")
            default:
                break
            }
        }
    }

    private func opened(_ board: String) throws -> (DMA, Guardian, EmulatedDriver) {
        let emulated = try EmulatedSession.driver("emulator,board=faults-" + board)
        let guardian = Guardian(emulated)
        return (DMA(guardian, emulated.interface), guardian, emulated)
    }

    @Test(arguments: [0, -1, Int(UInt32.max) + 1, Int.max, Int.min])
    func buffersOfImpossibleSizes(size: Int) {
        let error = #expect(throws: HailoError.self) { try DMAMemory.allocate(size) }
        #expect(error?.message.contains("DMA buffer of \(size) bytes") == true)
    }

    @Test func buffersBeginAtAPage() throws {
        for size in [1, 63, 4095, 4096, 4097] {
            let memory = try DMAMemory.allocate(size)
            #expect(UInt(bitPattern: memory.bytes.baseAddress) % 4096 == 0)
            #expect(memory.bytes.count == size)
            #expect(memory.bytes.allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: [
        (0, 512, false), (1, 512, false), (65537, 512, false), (UInt32.max, 512, false), (3, 512, true), (0, 512, true),
        (64, 0, true), (64, 32, true), (64, 100, false), (64, 8192, true), (64, 32768, false),
    ])
    func impossibleLists(count: UInt32, page: UInt16, isCircular: Bool) throws {
        let (dma, guardian, emulated) = try opened("lists-\(count)-\(page)-\(isCircular)")
        let error = #expect(throws: HailoError.self) {
            try dma.createList(count: count, pageSize: page, isCircular: isCircular)
        }
        #expect(error?.status == .invalidOperation)
        #expect(guardian.calls == 0)
        emulated.close()
    }

    @Test func controlsThatAreTooLong() throws {
        let (_, guardian, emulated) = try opened("controls")
        let error = #expect(throws: HailoError.self) {
            try DriverCalls(guardian).control(
                [UInt8](repeating: 0, count: 1501), digest: [], processor: 0, timeout: 1, describing: "TEST")
        }
        #expect(error?.message.contains("1501 bytes") == true)
        #expect(guardian.calls == 0)
        emulated.close()
    }

    @Test func whatIsInUseStays() throws {
        let (dma, guardian, emulated) = try opened("use")
        let buffer = try dma.map(try DMAMemory.allocate(1024), nil)
        let list = try dma.createList(count: 2, pageSize: 512, isCircular: true)
        try dma.program(list, with: buffer, ListProgram(size: 1024, channel: 0))
        dma.beginUse(of: [list])
        let before = guardian.calls
        for attempt in [
            { try dma.unmap(buffer) }, { try dma.release(list) },
            { try dma.program(list, with: buffer, ListProgram(size: 512, channel: 0)) },
        ] as [() throws -> Void] {
            let error = #expect(throws: HailoError.self, performing: attempt)
            #expect(error?.message.contains("in use") == true)
        }
        #expect(guardian.calls == before)
        dma.endUse(of: [list])
        try dma.release(list)
        try dma.unmap(buffer)
        for attempt in [{ try dma.unmap(buffer) }, { try dma.release(list) }] as [() throws -> Void] {
            #expect(throws: HailoError.self, performing: attempt)
        }
        #expect(emulated.books == EmulatedDriver.Books())
        #expect(emulated.violations == [])
        emulated.close()
    }

    @Test(arguments: [
        ListProgram(size: 0, channel: 0), ListProgram(size: -1, channel: 0), ListProgram(size: 4097, channel: 0),
        ListProgram(size: 512, offset: 100, channel: 0), ListProgram(size: 512, offset: -512, channel: 0),
        ListProgram(size: 512, offset: 4096, channel: 0), ListProgram(size: 512, batch: 0, channel: 0),
        ListProgram(size: 512, batch: .max, channel: 0), ListProgram(size: 4096, batch: 2, channel: 0),
        ListProgram(size: 512, channel: 0, firstDescriptor: 8), ListProgram(size: 1024, channel: 0, firstDescriptor: 7),
        ListProgram(size: 512, channel: 0, firstDescriptor: 65536), ListProgram(size: 500, channel: 0, stride: 100),
        ListProgram(size: 512, channel: 0, stride: 1000),
        ListProgram(size: 4096, channel: 0, firstDescriptor: 1, binds: false),
    ])
    func programsThatDoNotFit(program: ListProgram) throws {
        let (dma, guardian, emulated) = try opened("programs-\(UInt64.random(in: 0...UInt64.max))")
        let buffer = try dma.map(try DMAMemory.allocate(4096), nil)
        let list = try dma.createList(count: 8, pageSize: 512, isCircular: false)
        let before = guardian.calls
        let error = #expect(throws: HailoError.self) { try dma.program(list, with: buffer, program) }
        #expect(error?.status == .invalidOperation)
        #expect(guardian.calls == before)
        emulated.close()
    }

    /// Calls of all kinds in any order with any numbers: nothing reaches the driver that it would not survive.
    @Test(arguments: 0..<40)
    func whateverACallerDoes(seed: UInt64) throws {
        let (dma, guardian, emulated) = try opened("random-\(seed)")
        var random = SplitMix(seed)
        var buffers: [DMA.Buffer] = []
        var lists: [DMA.List] = []
        let sizes = [-1, 0, 1, 64, 511, 512, 4096, 5000, 70000]
        for _ in 0..<400 {
            let size = sizes.randomElement(using: &random) ?? 0
            let number = UInt32.random(in: 0...9, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 10, 11:
                guard let list = lists.randomElement(using: &random), let buffer = buffers.randomElement(using: &random)
                else { continue }
                try? dma.launch(
                    channel: UInt8(number * 4), list, of: buffer,
                    from: number % 2 == 0 ? .ring : .offset(Int(number) * 256),
                    size: size)
            case 0: if let new = try? dma.map(try DMAMemory.allocate(size), nil) { buffers.append(new) }
            case 1: if let buffer = buffers.randomElement(using: &random) { try? dma.unmap(buffer) }
            case 2:
                let page = UInt16(truncatingIfNeeded: size)
                if let new = try? dma.createList(count: number * number, pageSize: page, isCircular: number % 2 == 0) {
                    lists.append(new)
                }
            case 3: if let list = lists.randomElement(using: &random) { try? dma.release(list) }
            case 4, 5, 6:
                guard let list = lists.randomElement(using: &random), let buffer = buffers.randomElement(using: &random)
                else { continue }
                try? dma.program(
                    list, with: buffer,
                    ListProgram(
                        size: size, offset: Int(number) * 512, batch: number % 4, channel: 0, firstDescriptor: number,
                        binds: number % 3 != 0, interruptsDevice: true, stride: number == 7 ? 64 : 0))
            case 7: if let list = lists.randomElement(using: &random) { dma.beginUse(of: [list]) }
            case 8: if let list = lists.randomElement(using: &random) { dma.endUse(of: [list]) }
            default:
                if let buffer = buffers.randomElement(using: &random) {
                    try? dma.synchronize(buffer, forDevice: true, offset: size, count: Int(number))
                }
                try? dma.enable(channels: number)
                try? dma.disable(channels: number / 2)
            }
        }
        #expect(guardian.forbidden == [])
        #expect(emulated.violations == [])
        #expect(guardian.calls > 30)
        #expect(dma.books.buffers == emulated.books.buffers)
        #expect(dma.books.lists == emulated.books.lists)
        emulated.close()
    }

    @Test func launchesThatDoNotFit() throws {
        let (dma, guardian, emulated) = try opened("launches")
        let ring = try dma.map(try DMAMemory.allocate(4096), nil)
        let short = try dma.map(try DMAMemory.allocate(2048), nil)
        let list = try dma.createList(count: 8, pageSize: 512, isCircular: true)
        let straight = try dma.createList(count: 8, pageSize: 512, isCircular: false)
        func expectRefusal(
            _ channel: UInt8, _ list: DMA.List, _ buffer: DMA.Buffer, at offset: Int? = nil, _ size: Int
        ) {
            let before = guardian.launches
            let error = #expect(throws: HailoError.self) {
                try dma.launch(
                    channel: channel, list, of: buffer, from: offset.map { .offset($0) } ?? .ring, size: size)
            }
            #expect(error?.status == .invalidOperation)
            #expect(guardian.launches == before)
        }
        // Not enabled.
        expectRefusal(0, list, ring, 512)
        try dma.enable(channels: 1)
        try dma.program(list, with: ring, ListProgram(size: 4096, channel: 0))
        try dma.program(straight, with: ring, ListProgram(size: 4096, channel: 0))
        try dma.disable(channels: 1)
        expectRefusal(0, list, ring, 512)
        try dma.enable(channels: 1)
        for size in [0, -1, 8 * 512, 4097, Int.max - 600] { expectRefusal(0, list, ring, size) }
        expectRefusal(0, list, short, 512)
        expectRefusal(0, straight, ring, 512)
        for offset in [-512, 100, 2048, Int.max - 511] { expectRefusal(0, list, short, at: offset, 512) }
        expectRefusal(0, list, short, at: 1536, 513)
        for channel in [1, 31, 32, 255] as [UInt8] { expectRefusal(channel, list, ring, 512) }
        #expect(guardian.forbidden == [])
        emulated.close()
    }

    /// Sessions used wrongly in every way, over all kinds of models.
    @Test(arguments: ["min_v2", "mc2", "ddr_mc2", "cache_mc2", "groups2"])
    func sessionsUsedWrongly(name: String) throws {
        let emulated = try EmulatedSession.driver("emulator,board=wrong-" + name)
        let guardian = Guardian(emulated)
        let model = try Model.load(path: PlanGolden.path(of: name))
        var random = SplitMix(5)
        do {
            let device = try Device.open(Device.Connection(driver: guardian))
            var sessions: [Session] = []
            for _ in 0..<300 {
                let session = sessions.randomElement(using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    var options = Session.Options()
                    options.batchSize = UInt32.random(in: 0...70, using: &random)
                    options.group = model.groupNames.randomElement(using: &random)
                    if let new = try? device.configure(model, options: options) { sessions.append(new) }
                case 1: try? session?.activate(batchSize: UInt32.random(in: 0...3, using: &random))
                case 2: try? session?.deactivate()
                case 3: try? session?.close()
                case 4: sessions.removeAll { $0 === session }
                default: _ = session?.isActive
                }
            }
        }
        #expect(guardian.forbidden == [])
        #expect(emulated.violations == [])
    }
}
