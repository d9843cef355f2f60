internal import HailoBase
internal import CHailoPlatform

/// Files that the tool writes as a whole.
enum OutputFile {
    static func write(_ bytes: [UInt8], to path: String) throws(HailoError) {
        let file = hailoplatform_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var failure = min(file, 0)
        if file >= 0 {
            failure = bytes.withUnsafeBytes { hailoplatform_write_all(file, $0.baseAddress, $0.count) }
            _ = close(file)
        }
        guard failure == 0 else {
            throw HailoError(.fileError, "cannot write \(path) (\(String(cString: strerror(-failure))))")
        }
    }
}
