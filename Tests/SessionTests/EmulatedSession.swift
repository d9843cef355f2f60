import Foundation
import HailoBase
import HailoEmulator
import Hailo
import Testing

/// Sessions on emulated devices of their own.
enum EmulatedSession {
    /// The driver of an emulated device, of the release that HAILOSWIFT_EMULATOR asks for.
    static func driver(_ id: String) throws -> EmulatedDriver {
        let settings = ProcessInfo.processInfo.environment["HAILOSWIFT_EMULATOR"] ?? ""
        let options = try EmulatorOptions.parse(id, standard: try EmulatorOptions.settings(settings))
        return try EmulatedDriver.open(try #require(options))
    }

    static func make(_ name: String, _ settings: String = "", batch: UInt32 = 0) throws -> Session {
        let device = try Device.open("emulator,board=session-\(UInt64.random(in: 0...UInt64.max))" + settings)
        return try make(name, on: device, batch: batch)
    }

    static func make(_ name: String, on device: Device, batch: UInt32 = 0) throws -> Session {
        var options = Session.Options()
        options.batchSize = batch
        return try device.configure(try Model.load(path: PlanGolden.path(of: name)), options: options)
    }
}

/// Memory for the frames of all inputs or outputs.
final class FrameMemory: @unchecked Sendable {
    let buffers: [UnsafeMutableRawBufferPointer]

    init(sizes: [Int], _ count: Int) {
        buffers = sizes.map { .allocate(byteCount: $0 * count, alignment: 64) }
        for buffer in buffers { buffer.initializeMemory(as: UInt8.self, repeating: 0xee) }
    }

    convenience init(_ streams: [Session.RawStream], _ count: Int) {
        self.init(sizes: streams.map { $0.frameSize }, count)
    }

    deinit {
        for buffer in buffers { buffer.deallocate() }
    }

    var sources: [UnsafeRawBufferPointer] { buffers.map { UnsafeRawBufferPointer($0) } }

    var isUntouched: Bool { buffers.allSatisfy { $0.allSatisfy { $0 == 0xee } } }
}

/// Counts what happens on other threads, and lets a test wait for it.
final class Tally: @unchecked Sendable {
    private let condition = Condition()
    private var counts: [Status: Int] = [:]
    private var total = 0

    func note(_ error: HailoError?) {
        condition.withLock {
            counts[error?.status ?? .ok, default: 0] += 1
            total += 1
            condition.notifyAll()
        }
    }

    subscript(status: Status) -> Int { condition.withLock { counts[status] ?? 0 } }

    var sum: Int { condition.withLock { total } }

    /// Waits until so many things have happened. Returns false if that takes half a minute.
    func wait(for count: Int) -> Bool {
        let deadline = Clock.deadline(milliseconds: 30000)
        return condition.withLock {
            while total < count {
                let now = Clock.now
                guard now < deadline else { return false }
                condition.wait(nanoseconds: deadline - now)
            }
            return true
        }
    }
}
