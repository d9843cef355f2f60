import HailoBase
import CHailoKernel
import HailoDriver
import HailoEmulator
import Foundation
import Hailo
import Testing
import HailoKernelABI

/// Every step of setting a model up and taking it down made to fail in turn, in every way in which it can.
@Suite struct FailureTests {
    /// What the driver can answer to a correct request, besides what it can answer to all of them.
    private static let errnos: [String: [String]] = [
        "VDMA_ENABLE_CHANNELS": ["EINVAL", "ENOMEM"],
        "VDMA_DISABLE_CHANNELS": ["ENOMEM"],
        "VDMA_INTERRUPTS_WAIT": ["ENOMEM"],
        "READ_NOTIFICATION": ["ECANCELED", "ENOMEM"],
        "DISABLE_NOTIFICATION": ["EFAULT"],
        "VDMA_LAUNCH_TRANSFER": ["ECONNRESET", "EFAULT"],
        "VDMA_BUFFER_MAP": ["ENOMEM", "EFAULT", "EINVAL", "ENXIO"],
        "VDMA_BUFFER_UNMAP": ["EFAULT"],
        "VDMA_BUFFER_SYNC": ["EFAULT"],
        "DESC_LIST_CREATE": ["ENOBUFS", "ENOMEM", "EFAULT"],
        "DESC_LIST_RELEASE": ["EFAULT"],
        "DESC_LIST_PROGRAM": ["EFAULT", "EINVAL", "ERANGE"],
        "FW_CONTROL": ["ETIMEDOUT", "EINTR", "EIO", "ENOMEM"],
        "MARK_AS_IN_USE": ["EFAULT"],
        "QUERY_DRIVER_INFO": ["ENOMEM"],
        "QUERY_DEVICE_PROPERTIES": ["ENOMEM"],
    ]
    private static let common = ["ENODEV", "EINVAL", "EINTR"]
    private static let statuses = ["0x4003000f", "0x4013007a", "garbled"]

    /// Notes what a session asks of the driver and of the firmware.
    private final class Listener: Driver, @unchecked Sendable {
        let inner: any Driver
        var name: String { inner.name }
        // The library listens to interrupts and notifications on threads of its own.
        private let lock = Lock()
        private var requestCounts: [String: Int] = [:]
        private var controlCounts: [String: Int] = [:]
        var requests: [String: Int] { lock.withLock { requestCounts } }
        var controls: [String: Int] { lock.withLock { controlCounts } }

        init(_ inner: any Driver) {
            self.inner = inner
        }

        func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
            lock.withLock { requestCounts[RequestNames.name(of: request) ?? "?", default: 0] += 1 }
            if request == HAILO_FW_CONTROL, let argument {
                let opcode = UnsafeRawBufferPointer(
                    start: argument + Int(HAILO_FW_CONTROL_BUFFER_OFFSET) + 12, count: 4)
                lock.withLock { controlCounts[FailureTests.name(opcode: opcode.map { $0 }), default: 0] += 1 }
            }
            return inner.perform(request, argument)
        }

        func close() { inner.close() }
    }

    private static func name(opcode bytes: [UInt8]) -> String {
        switch bytes.last {
        case 0: "IDENTIFY"
        case 32: "SET_NETWORK_GROUP_HEADER"
        case 33: "SET_CONTEXT_INFO"
        case 37: "CHANGE_CONTEXT_SWITCH_STATUS"
        case 42: "CORE_IDENTIFY"
        case 51: "GET_DEVICE_INFORMATION"
        case 71: "CLEAR_CONFIGURED_APPS"
        case 72: "GET_HW_CONSTS"
        default: "?"
        }
    }

    private static let models = ["mc2", "ddr_mc2", "cache_mc2", "multinet2", "l8_partial@8l"]

    private static func path(_ model: String) -> String {
        PlanGolden.path(of: String(model.prefix { $0 != "@" }))
    }

    /// A board for each model, since tests run side by side.
    private static func board(_ model: String) -> String {
        (model.hasSuffix("@8l") ? "emulator:hailo8l" : "emulator:hailo8") + ",board=failures-of-\(model)"
    }

    /// The life of a session, with everything that may fail in it.
    private static func live(_ device: Device, _ model: Model) throws(HailoError) {
        let session = try device.configure(model)
        do throws(HailoError) {
            try session.activate()
            try session.deactivate()
        } catch {
            try? session.close()
            throw error
        }
        try session.close()
    }

    /// All faults that a life of this model offers a place for.
    private static func faults(_ name: String) throws -> [String] {
        let listener = Listener(try EmulatedSession.driver(board(name)))
        try live(try Device.open(Device.Connection(driver: listener)), try Model.load(path: path(name)))
        var faults: [String] = []
        for (request, count) in listener.requests.sorted(by: { $0.key < $1.key }) {
            for errno in Set((errnos[request] ?? ["missing"]) + common).sorted() {
                faults += (1...count).map { "\(request)#\($0):\(errno)" }
            }
        }
        for (control, count) in listener.controls.sorted(by: { $0.key < $1.key }) {
            for status in statuses { faults += (1...count).map { "\(control)#\($0):\(status)" } }
        }
        return faults
    }

    @Test(arguments: models)
    func everyStepMayFailOnce(name: String) throws {
        let model = try Model.load(path: FailureTests.path(name))
        let faults = try FailureTests.faults(name)
        #expect(faults.count > 200)
        var failed = 0
        for fault in faults {
            let id = "\(FailureTests.board(name)),fault=\(fault)"
            do throws(HailoError) {
                let device = try Device.open(id)
                do throws(HailoError) {
                    try FailureTests.live(device, model)
                } catch {
                    failed += 1
                    check(error, fault)
                }
                expectClean(device, fault)
                // The device works again, whatever went wrong.
                #expect(throws: Never.self, "\(fault)") { try FailureTests.live(device, model) }
                expectClean(device, fault)
            } catch {
                failed += 1
                check(error, fault)
            }
        }
        // Only where a step is tried twice, or nothing needs it, a fault may pass unnoticed.
        #expect(failed > faults.count / 2)
    }

    private func check(_ error: HailoError, _ fault: String) {
        #expect(error.message.contains("emulator:hailo8"), "\(fault): \(error.message)")
        let kind = fault.split(separator: ":").last.map { String($0) } ?? ""
        if kind == "garbled" {
            #expect(error.status == .firmwareResponse, "\(fault): \(error)")
        } else if let status = UInt32(kind.dropFirst(2), radix: 16), kind.hasPrefix("0x") {
            #expect(error.status == .firmwareRejected, "\(fault): \(error)")
            #expect(error.cause == .firmware(status: status), "\(fault): \(error)")
        } else {
            #expect(
                error.cause == DriverFailure.number(named: kind).map { .system(errno: Int32($0)) }, "\(fault): \(error)"
            )
            #expect(error.message.contains(kind), "\(fault): \(error)")
        }
    }

    private func expectClean(_ device: Device, _ fault: String) {
        guard let driver = device.driver as? EmulatedDriver else {
            Issue.record("no emulated driver")
            return
        }
        #expect(driver.books == EmulatedDriver.Books(), "\(fault)")
        #expect(driver.violations == [], "\(fault)")
        #expect(device.dma.books == DMA.Books(), "\(fault)")
    }

    /// A fault that stays: everything is given back when the device is closed at the latest.
    @Test(arguments: [
        "VDMA_BUFFER_UNMAP:EFAULT", "DESC_LIST_RELEASE:EFAULT", "VDMA_DISABLE_CHANNELS:ENOMEM",
        "CHANGE_CONTEXT_SWITCH_STATUS#3:0x4003000f,fault=CHANGE_CONTEXT_SWITCH_STATUS#4:0x4003000f",
    ])
    func aLastingFault(fault: String) throws {
        let id = "emulator,board=lasting,fault=" + fault
        let other = try EmulatedSession.driver(id)
        do {
            let device = try Device.open(id)
            let model = try Model.load(path: FailureTests.path("mc2"))
            #expect(throws: HailoError.self) { try FailureTests.live(device, model) }
        }
        #expect(other.books == EmulatedDriver.Books())
        #expect(other.violations == [])
        other.close()
    }

    @Test func theDeviceGoesAway() throws {
        let model = try Model.load(path: FailureTests.path("mc2"))
        for step in 1...60 {
            let device = try Device.open("emulator,board=going,fault=DESC_LIST_PROGRAM#\(step):removed")
            do throws(HailoError) {
                try FailureTests.live(device, model)
                #expect(step > 10)
            } catch {
                #expect(error.status == .deviceLost)
            }
        }
    }
}
