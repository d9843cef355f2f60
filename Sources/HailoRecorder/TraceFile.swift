package import HailoBase
internal import CHailoPlatform
internal import HailoDriver

/// A file of recorded calls, one JSON object a line, appended to.
package final class TraceFile: @unchecked Sendable {
    private let descriptor: Int32
    private let lock = Lock()
    private var sequence: UInt64 = 0
    /// Nothing is written any more.
    private var isCut = false
    private var filesOpened: [String: Int] = [:]
    private var devices: [String] = []

    /// The trace that the environment asks for with HAILOSWIFT_TRACE: one for the whole process, opened at first use.
    /// "%p" in the path becomes the process number.
    package static func fromEnvironment() throws(HailoError) -> TraceFile? {
        guard let path = Environment.value("HAILOSWIFT_TRACE") else { return nil }
        return try shared.lock.withLock { () throws(HailoError) in
            if let file = shared.file { return file }
            let file = try open(path: withProcessNumber(path))
            shared.file = file
            return file
        }
    }

    private final class Shared: @unchecked Sendable {
        let lock = Lock()
        var file: TraceFile?
    }
    private static let shared = Shared()

    private static func withProcessNumber(_ path: String) -> String {
        var result: [UInt8] = []
        var rest = Array(path.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.first == UInt8(ascii: "p") {
                rest.removeFirst()
                result.append(contentsOf: String(getpid()).utf8)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package static func open(path: String) throws(HailoError) -> TraceFile {
        let descriptor = hailoplatform_open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        guard descriptor >= 0 else {
            throw HailoError(
                .invalidArgument,
                "cannot write the trace file \(path) that HAILOSWIFT_TRACE names (\(DriverFailure.name(of: -Int(descriptor))))",
                cause: .system(errno: -descriptor))
        }
        return TraceFile(descriptor: descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// Numbers a newly opened device: which device it is, and the how manieth opening of it.
    func register(_ device: String) -> (device: Int, file: Int) {
        lock.withLock {
            let file = filesOpened[device, default: 0]
            filesOpened[device] = file + 1
            if let index = devices.firstIndex(of: device) { return (index, file) }
            devices.append(device)
            return (devices.count - 1, file)
        }
    }

    /// Writes one line: a header with sequence number, time, process and thread, then what `body` adds.
    func line(_ body: (inout JSONWriter) -> Void) {
        let time = hailoplatform_monotonic_nanoseconds() / 1000
        lock.withLock {
            guard !isCut else { return }
            var writer = JSONWriter()
            writer.object { line in
                line.number("seq", sequence)
                line.number("t_us", time)
                line.number("pid", getpid())
                line.number("tid", hailoplatform_thread_id())
                body(&line)
            }
            writer.endLine()
            sequence += 1
            let failure = writer.bytes.withUnsafeBytes {
                hailoplatform_write_all(descriptor, $0.baseAddress, $0.count)
            }
            guard failure != 0 else { return }
            // Half a line, or a gap, is worth less than an end.
            isCut = true
            Log.error(
                "the trace file is incomplete: it ends with line \(sequence - 1), since it could not be written any more ("
                    + "\(DriverFailure.name(of: -Int(failure))))")
        }
    }
}
