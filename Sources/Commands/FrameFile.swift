internal import Base
internal import CPlatform
internal import Hailo

/// Files that frames come from and go to: one frame behind the other, nothing else.
enum FrameFile {
    /// "NAME=PATH"
    struct Assignment {
        let name: String
        let path: String

        init(_ text: String) throws(UsageError) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw UsageError(message: "--input takes NAME=PATH, not \"\(text)\"")
            }
            name = String(parts[0])
            path = String(parts[1])
        }
    }

    /// Frames of an input. A file that is too short begins anew; without a file all bytes are 0.
    struct Source {
        private let bytes: [UInt8]
        private let frameSize: Int

        init(_ path: String?, frameSize: Int) throws(HailoError) {
            self.frameSize = frameSize
            guard let path else {
                bytes = [UInt8](repeating: 0, count: frameSize)
                return
            }
            bytes = try FileBytes.read(path)
            guard !bytes.isEmpty, bytes.count % frameSize == 0 else {
                throw HailoError(
                    .invalidArgument,
                    "\(path) has \(bytes.count) bytes, no whole number of frames of \(frameSize) bytes")
            }
        }

        /// How many frames there are before they begin anew.
        var count: Int { bytes.count / frameSize }

        /// Copies a frame.
        func read(_ frame: Int, into buffer: UnsafeMutableRawBufferPointer) {
            let start = frame % count * frameSize
            bytes.withUnsafeBytes { source in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<(start + frameSize)]))
            }
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
            descriptor = platform_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
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
            let failure = platform_write_all(descriptor, bytes.baseAddress, bytes.count)
            guard failure == 0 else { throw Sink.error(path, -failure) }
        }

        func close() {
            if descriptor >= 0 { _ = CPlatform.close(descriptor) }
        }
    }
}
