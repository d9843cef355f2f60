import CHailoKernel
import HailoBase
import HailoKernelABI
import Testing

/// Requests in the layouts of both generations of the driver.
@Suite struct DriverInterfaceTests {
    private static let older = DriverInterface(of: Version(4, 20, 1))

    /// The numbers and structures of the calls that a request makes, each answered with `answer`.
    private func calls<Request: DriverRequest>(
        _ request: Request, _ interface: DriverInterface, answer: Int = 0
    ) throws -> (calls: [(UInt32, [UInt8])], answer: Request.Answer) {
        var calls: [(UInt32, [UInt8])] = []
        let result = try request.perform(
            { number, argument in
                let size = Int(number >> 16 & 0x3fff)
                calls.append((number, Array(UnsafeRawBufferPointer(start: argument, count: size))))
                return answer
            }, on: interface)
        return (calls, result)
    }

    private func program(_ program: ListProgram, _ interface: DriverInterface) throws -> ([(UInt32, [UInt8])], Int) {
        let request = ProgramList(list: 0x3000, pageSize: 512, buffer: 7, program)
        return try calls(request, interface, answer: 2)
    }

    @Test func aBatchIsOneCallOrOneForEachTransfer() throws {
        let batch = ListProgram(
            size: 1000, batch: 3, channel: 17, firstDescriptor: 4, binds: false, interruptsDevice: true)
        let newer = try program(batch, .newest)
        #expect(newer.0.map { $0.0 } == [0x8033_7609])
        #expect(newer.1 == 2)
        let older = try program(batch, DriverInterfaceTests.older)
        #expect(older.0.map { $0.0 } == [0x802b_7609, 0x802b_7609, 0x802b_7609])
        #expect(older.1 == 6)
        #expect(older.0.map { $0.1.littleEndian(UInt64.self, at: 16) } == [0, 1024, 2048])
        #expect(older.0.map { $0.1.littleEndian(UInt32.self, at: 33) } == [4, 6, 8])
        // Only the last transfer's end is told.
        #expect(older.0.map { $0.1[38] } == [0, 0, 1])
    }

    @Test(arguments: [true, false])
    func aTransferThatGoesAroundTheRing(binds: Bool) throws {
        let request = LaunchTransfer(
            channel: 2, list: 0x3000, start: 15, binds: binds,
            first: TransferPiece(.address(0x10000), mapping: 5, offset: 0x1e00, size: 512),
            second: TransferPiece(.address(0x10000), mapping: 5, offset: 0, size: 100))
        let newer = try #require(try calls(request, .newest, answer: 2).calls.first)
        #expect(newer.0 == 0x8099_760f)
        #expect(newer.1[15] == 2)
        #expect(newer.1.littleEndian(UInt64.self, at: 20) == 0x11e00)
        #expect(newer.1.littleEndian(UInt64.self, at: 36) == 0x10000)
        let older = try #require(try calls(request, DriverInterfaceTests.older).calls.first)
        #expect(older.0 == 0xc041_760f)
        #expect(older.1[15] == (binds ? 2 : 1))
        #expect(older.1.littleEndian(UInt64.self, at: 16) == 5)
        #expect(older.1.littleEndian(UInt32.self, at: 24) == 0x1e00)
        // Where nothing is bound, the piece runs on beyond the end of the mapping.
        #expect(older.1.littleEndian(UInt32.self, at: 28) == (binds ? 512 : 612))
    }

    @Test func whatOlderDriversTellOfChannels() throws {
        let records: [[UInt8]] = [
            [0, 1, 1, 3, 0, 0, 1], [0, 2, 0, 3, 0, 0, 1], [0, 3, 1, 1, 4, 0, 1], [0, 4, 1, 1, 0, 4, 1],
            [0, 5, 1, 1, 0, 0, 0], [0, 6, 7, 0, 0, 0, 9],
        ]
        let expected: [ChannelProgress] = [.finished(3), .closed, .failed, .failed, .failed, .finished(0)]
        // A driver may count more records than there is room for.
        for count in [UInt8(records.count), 255] {
            var answer = try WaitForInterrupts(0x7e).perform(
                { _, argument in
                    guard let argument else { return -22 }
                    argument.storeBytes(of: count, toByteOffset: 12, as: UInt8.self)
                    (argument + 13).copyMemory(from: records.flatMap { $0 }, byteCount: 7 * records.count)
                    return 0
                }, on: DriverInterfaceTests.older)
            var found: [(UInt8, ChannelProgress)] = []
            answer.forEach { found.append(($0, $1)) }
            #expect(found.prefix(records.count).map { $0.0 } == [1, 2, 3, 4, 5, 6])
            #expect(found.prefix(records.count).map { $0.1 } == expected)
            #expect(found.count == min(Int(count), 32))
        }
    }

    @Test func releases() {
        #expect(DriverInterface(of: Version(4, 20, 9)).generation == .first)
        #expect(DriverInterface(of: Version(4, 21, 0)).generation == .second)
        #expect(DriverInterface(of: Version(4, 24, 0)).generation == .second)
        #expect(!DriverInterfaceTests.older.canStride)
    }

    /// Drivers up to 4.19 end the waiting for notifications with EINVAL.
    @Test(arguments: [22, 125])
    func theEndOfNotifications(errno: Int) {
        let error = #expect(throws: DriverRefusal.self) { try ReadNotification().perform({ _, _ in -errno }) }
        #expect(error?.number == 125)
    }
}
