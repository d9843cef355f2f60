internal import CHailoPlatform

/// The processes that have a file open, as far as this user may look at them.
package enum FileUsers {
    package struct Process: Equatable {
        package let number: Int
        package let name: String
    }

    /// Their names and numbers, "python3 (1234)", without this process.
    package static func names(of path: String) -> [String] {
        var names: [String] = []
        for (process, _) in files(path) where process.number != Int(getpid()) {
            let name = "\(process.name) (\(process.number))"
            if names.last != name { names.append(name) }
        }
        return names
    }

    /// The processes, with the name under which the open file can be read.
    package static func files(_ path: String) -> [(process: Process, file: String)] {
        var files: [(process: Process, file: String)] = []
        for number in folder("/proc").compactMap({ Int($0) }).sorted() {
            let descriptors = "/proc/\(number)/fd"
            for descriptor in folder(descriptors) where target(of: "\(descriptors)/\(descriptor)") == path {
                let process = Process(number: number, name: line("/proc/\(number)/comm"))
                files.append((process, "\(descriptors)/\(descriptor)"))
            }
        }
        return files
    }

    private static func folder(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) { names.append(String(cString: hailoplatform_entry_name(entry))) }
        return names.ordered { $0 < $1 }
    }

    private static func target(of path: String) -> String? {
        var text = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &text, text.count)
        return count > 0 ? String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    private static func line(_ path: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = bytes.withUnsafeMutableBytes { hailoplatform_read_file(path, $0.baseAddress, $0.count) }
        let name = String(decoding: bytes.prefix(Int(max(count, 0))).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return name.isEmpty ? "process" : name
    }
}
