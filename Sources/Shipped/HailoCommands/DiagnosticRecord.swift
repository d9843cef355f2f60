internal import HailoBase
internal import CHailoPlatform
internal import Hailo

/// Everything that a maintainer needs to know of a machine with a card, in one archive: "hailoctl doctor --record".
struct DiagnosticRecord {
    private let folder: String
    private var archive = TarArchive()

    private static let trace = "trace.jsonl"
    private static let largestTrace = 1 << 26
    private static let models = "/usr/share/hailo-models"

    private var tracePath: String { folder + "/" + Self.trace }

    /// Begins to record what is sent to devices; none has been opened yet.
    init(in folder: String) throws(HailoError) {
        self.folder = folder
        // Says at once, and not after minutes, that the folder cannot be written to.
        try OutputFile.write([], to: tracePath)
        setenv("HAILOSWIFT_TRACE", tracePath, 1)
    }

    mutating func add(_ findings: [MachineFinding]) {
        archive.add("machine.json", Array((MachineFinding.json(findings) + "\n").utf8))
    }

    /// A model that was installed with the system and runs on the device.
    static func installedModel(for device: Device) -> String? {
        guard let chip = try? device.info.chip else { return nil }
        let files = SystemFiles(root: "")
        for name in files.names(in: models) where name.hasSuffix(".hef") {
            let path = "\(models)/\(name)"
            if let model = try? Model.load(path: path), model.runs(on: chip) { return path }
        }
        return nil
    }

    mutating func add(run text: String) {
        archive.add("run.txt", Array((text + "\n").utf8))
    }

    /// Writes the archive and returns its path.
    mutating func finish(_ version: String) throws(HailoError) -> String {
        archive.add("version.txt", Array((version + "\n").utf8))
        archive.add("kernel-log.txt", Self.kernelLog())
        if let trace = SystemFiles(root: "").bytes(tracePath, limit: Self.largestTrace) {
            archive.add(Self.trace, trace)
        }
        archive.finish()
        let path = folder + "/hailoswift-report.tar"
        try OutputFile.write(archive.bytes, to: path)
        unlink(tracePath)
        return path
    }

    private static func isAbout(_ word: [UInt8], _ line: ArraySlice<UInt8>) -> Bool {
        line.indices.contains { start in
            line[start...].prefix(word.count).elementsEqual(word) { $0.loweredASCII == $1 }
        }
    }

    /// The kernel's messages about the driver and its devices.
    private static func kernelLog() -> [UInt8] {
        let file = hailoplatform_open("/dev/kmsg", O_RDONLY | O_NONBLOCK, 0)
        guard file >= 0 else { return Array("not readable for this user; see sudo dmesg | grep -i hailo\n".utf8) }
        defer { close(file) }
        var log: [UInt8] = []
        var record = [UInt8](repeating: 0, count: 8192)
        // One message a read; EPIPE says that messages were overwritten meanwhile.
        while true {
            let count = record.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0, hailoplatform_errno() == EPIPE { continue }
            guard count > 0 else { return log }
            let message = record.prefix(count).drop { $0 != UInt8(ascii: ";") }.dropFirst()
            let line = message.prefix { $0 != UInt8(ascii: "\n") }
            if isAbout(Array("hailo".utf8), line) { log += line + [UInt8(ascii: "\n")] }
        }
    }
}
