internal import HailoBase
internal import CHailoPlatform
internal import Hailo

/// Files that frames come from and go to: one frame behind the other, nothing else.
enum FrameFile {
    /// "NAME=PATH", or "PATH" for the only input.
    struct Assignment {
        let name: String?
        let path: String

        init(_ text: String) throws(UsageError) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.allSatisfy({ !$0.isEmpty }), let last = parts.last else {
                throw UsageError(message: "--input takes PATH or NAME=PATH, not \"\(text)\"")
            }
            name = parts.count == 2 ? String(parts[0]) : nil
            path = String(last)
        }
    }

    static func isStandardInput(_ path: String) -> Bool { path == "-" || path == "/dev/stdin" }

    /// Frames of an input. A file that is too short begins again; without a file all bytes are 0.
    struct Source {
        /// nil without a file.
        private let file: FileBytes?
        private let frameSize: Int

        init(_ path: String?, frameSize: Int) throws(HailoError) {
            guard frameSize > 0 else { throw HailoError(.hefInvalid, "frames of an input have no bytes") }
            self.frameSize = frameSize
            guard let path else {
                file = nil
                return
            }
            let file = try FileBytes.open(isStandardInput(path) ? "/dev/stdin" : path)
            guard !file.bytes.isEmpty, file.bytes.count % frameSize == 0 else {
                throw HailoError(
                    .invalidArgument,
                    "\(path) has \(counted(file.bytes.count, "byte")), which is not a whole number of frames of "
                        + counted(frameSize, "byte"))
            }
            self.file = file
        }

        /// How many frames there are before they begin again.
        var count: Int { file.map { $0.bytes.count / frameSize } ?? 1 }

        /// Copies a frame.
        func read(_ frame: Int, into buffer: UnsafeMutableRawBufferPointer) {
            guard let bytes = file?.bytes else {
                buffer.initializeMemory(as: UInt8.self, repeating: 0)
                return
            }
            let start = frame % count * frameSize
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + frameSize)]))
        }
    }

    /// The file of an output: DIR/NAME.raw, with "-" for "/" in the name. Without a folder nothing is written.
    struct Sink {
        private let path: String
        private let descriptor: Int32

        init(_ folder: String?, _ name: String) throws(HailoError) {
            guard let folder else {
                (path, descriptor) = ("", -1)
                return
            }
            path = Sink.path(folder, name)
            descriptor = hailoplatform_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            guard descriptor >= 0 else { throw Sink.error(path, -descriptor) }
        }

        static func path(_ folder: String, _ name: String) -> String {
            let file = String(
                decoding: name.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
            return folder + "/" + file + ".raw"
        }

        private static func error(_ path: String, _ number: Int32) -> HailoError {
            HailoError(.fileError, "cannot write \(path) (\(String(cString: strerror(number))))")
        }

        func write(_ bytes: UnsafeRawBufferPointer) throws(HailoError) {
            guard descriptor >= 0 else { return }
            let failure = hailoplatform_write_all(descriptor, bytes.baseAddress, bytes.count)
            guard failure == 0 else { throw Sink.error(path, -failure) }
        }

        func close() {
            if descriptor >= 0 { _ = CHailoPlatform.close(descriptor) }
        }
    }
}
