internal import CHailoPlatform

/// Memory that the driver allocates for a program, which maps it by its handle.
final class DriverMemory {
    enum Kind {
        case lowMemory, continuous
    }

    let kind: Kind
    let size: Int
    /// The file behind it; -1 if it has no bytes.
    private let file: Int32

    /// How the memory's file is called, by which a mapping of it can be told from other memory.
    static let fileName = "hailo-driver-memory"

    private init(_ kind: Kind, size: Int, file: Int32) {
        self.kind = kind
        self.size = size
        self.file = file
    }

    /// nil if there is not so much memory.
    static func allocate(_ kind: Kind, size: Int) -> DriverMemory? {
        let file = size > 0 ? hailoplatform_memory_file(fileName, size) : -1
        return file >= 0 || size == 0 ? DriverMemory(kind, size: size, file: file) : nil
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// The file of the part that a program maps, or nil where the driver refuses that length.
    func file(forLength length: Int) -> Int32? {
        guard length >= 0, length <= Int(UInt32.max) else { return nil }
        let page = Int(hailoplatform_page_size())
        let pages = (length + page - 1) / page * page
        return (kind == .lowMemory ? pages == size : pages <= size) && file >= 0 ? file : nil
    }

    /// The memory as the device sees it.
    func mapped() -> UnsafeMutableRawPointer? {
        file >= 0 ? hailoplatform_map_shared(file, size) : nil
    }
}
