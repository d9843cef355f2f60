package import HailoBase
package import HailoDriver

/// Passes every call on to another driver and writes it, with its answer, into a trace file.
package final class RecordingDriver: Driver {
    package var name: String { driver.name }
    private let driver: any Driver
    private let file: TraceFile
    private let identity: (device: Int, file: Int)

    package init(_ driver: any Driver, into file: TraceFile) {
        self.driver = driver
        self.file = file
        identity = file.register(driver.name)
        writeEvent("open")
    }

    package func perform(_ request: UInt32, _ argument: UnsafeMutableRawPointer?) -> Int {
        // The answer overwrites the question, so the question is written down first.
        var input = JSONWriter()
        input.object { CallDescription.input(of: request, argument, into: &$0) }
        let result = driver.perform(request, argument)
        file.line { line in
            line.number("dev", identity.device)
            line.number("file", identity.file)
            line.string("ioctl", CallDescription.name(of: request))
            line.raw("in", input.bytes)
            line.object("out") { CallDescription.output(of: request, argument, result: result, into: &$0) }
            line.number("ret", result < 0 ? -1 : result)
            line.number("errno", result < 0 ? -result : 0)
        }
        return result
    }

    package func close() {
        driver.close()
        writeEvent("close")
    }

    package func openReservation() throws(HailoError) -> any Driver {
        RecordingDriver(try driver.openReservation(), into: file)
    }

    package var sharedPath: String { driver.sharedPath }
    package func setWaiting(_ isWaiting: Bool) { driver.setWaiting(isWaiting) }
    package var isAwaited: Bool { driver.isAwaited }

    private func writeEvent(_ event: String) {
        file.line { line in
            line.number("dev", identity.device)
            line.number("file", identity.file)
            line.string("event", event)
        }
    }
}
