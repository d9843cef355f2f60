internal import HailoBase
internal import CHailoPlatform

/// The files in which Linux describes a machine: of this one, or of a system whose files are in another folder.
struct SystemFiles {
    /// Empty for this machine.
    let root: String

    var isThisMachine: Bool { root.isEmpty }

    private static let largest = 1 << 22

    func bytes(_ path: String, limit: Int = largest) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = bytes.withUnsafeMutableBytes {
            hailoplatform_read_file(root + path, $0.baseAddress, $0.count)
        }
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }

    /// The first line of a small file.
    func line(_ path: String) -> String? {
        bytes(path, limit: 4096).map {
            String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }, as: UTF8.self)
        }
    }

    func lines(_ path: String) -> [String] {
        (bytes(path) ?? []).split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names in a folder, in alphabetical order.
    func names(in path: String) -> [String] {
        guard let folder = opendir(root + path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = String(cString: hailoplatform_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
        return names.ordered { $0 < $1 }
    }

    func exists(_ path: String) -> Bool { access(root + path, F_OK) == 0 }

    func isUsable(_ path: String) -> Bool { access(root + path, R_OK | W_OK) == 0 }

    /// The last part of the path that a symbolic link leads to.
    func target(of path: String) -> String? {
        link(path).flatMap { $0.split(separator: "/").last }.map { String($0) }
    }

    func link(_ path: String) -> String? {
        var text = [CChar](repeating: 0, count: 4096)
        let count = readlink(root + path, &text, text.count)
        return count > 0 ? String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
