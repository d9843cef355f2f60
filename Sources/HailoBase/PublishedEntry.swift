internal import CHailoPlatform

/// A few words that other processes can read. They are in a file that has a name in no folder: others find it among the open files
/// of this process, and it goes with the process, in whatever way that ends.
package final class PublishedEntry: @unchecked Sendable {
    package static let words = 32
    fileprivate static let fileName = "hailoswift-activity-1"
    fileprivate static let entries = 128

    private let memory: PublishedMemory
    private let index: Int

    /// Its words are 0. There is none if the system or the file has no place for it.
    package init?() {
        guard let (memory, index) = PublishedMemories.shared.reserve() else { return nil }
        self.memory = memory
        self.index = index
    }

    deinit {
        for word in 0..<PublishedEntry.words { memory.write(0, to: index * PublishedEntry.words + word) }
        PublishedMemories.shared.giveBack(index, of: memory)
    }

    package func write(_ value: UInt64, to word: Int) { memory.write(value, to: index * PublishedEntry.words + word) }

    /// As much of a text as fits into so many words.
    package func write(_ text: String, to word: Int, words count: Int) {
        var rest = text.utf8[...]
        for word in word..<word + count {
            write(rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }, to: word)
            rest = rest.dropFirst(8)
        }
    }

    // MARK: Reading

    /// The words of an entry when they were read.
    package struct Copy {
        package let process: FileUsers.Process
        private let bytes: ArraySlice<UInt8>

        fileprivate init(_ process: FileUsers.Process, _ bytes: ArraySlice<UInt8>) {
            self.process = process
            self.bytes = bytes
        }

        private func bytes(of word: Int, words count: Int = 1) -> ArraySlice<UInt8> {
            bytes.dropFirst(8 * word).prefix(8 * count)
        }

        package func word(_ word: Int) -> UInt64 {
            bytes(of: word).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        /// A text in which nothing controls a terminal.
        package func text(_ word: Int, words count: Int) -> String {
            let text = bytes(of: word, words: count).prefix { $0 != 0 }
            return String(decoding: text.map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
        }
    }

    /// Those of all processes that this user may look at, in the order of the processes' numbers.
    package static func all() -> [Copy] {
        FileUsers.files("/memfd:\(fileName) (deleted)").flatMap { process, file in
            var bytes = [UInt8](repeating: 0, count: entries * words * 8)
            let size = bytes.withUnsafeMutableBytes { hailoplatform_read_file(file, $0.baseAddress, $0.count) }
            return stride(from: 0, to: max(size, 0) / (8 * words) * (8 * words), by: 8 * words).map { start in
                Copy(process, bytes[start..<start + 8 * words])
            }
        }
    }
}

/// The file with all entries.
private final class PublishedMemory: @unchecked Sendable {
    private var descriptor: Int32
    private let words: UnsafeMutablePointer<UInt64>
    private static let size = PublishedEntry.entries * PublishedEntry.words * MemoryLayout<UInt64>.size
    private let generation = hailoplatform_fork_generation()
    /// Guarded by the lock of `PublishedMemories`.
    var isTaken = [Bool](repeating: false, count: PublishedEntry.entries)

    init?() {
        descriptor = hailoplatform_memory_file(PublishedEntry.fileName, PublishedMemory.size)
        guard descriptor >= 0 else { return nil }
        guard let memory = hailoplatform_map_shared(descriptor, PublishedMemory.size) else {
            hailoplatform_close(descriptor)
            return nil
        }
        words = memory.bindMemory(to: UInt64.self, capacity: PublishedEntry.entries * PublishedEntry.words)
    }

    deinit {
        if isThere { hailoplatform_unmap(words, PublishedMemory.size) }
        if descriptor >= 0 { hailoplatform_close(descriptor) }
    }

    /// A child of fork() does not get the memory.
    private var isThere: Bool { generation == hailoplatform_fork_generation() }

    func write(_ value: UInt64, to word: Int) {
        if isThere { hailoplatform_store(words + word, value) }
    }

    func closeInChild() {
        hailoplatform_close(descriptor)
        descriptor = -1
    }
}

/// The file of this process, which is there as long as there are entries.
private final class PublishedMemories: @unchecked Sendable {
    private let lock = Lock()
    private var memory: PublishedMemory?

    static let shared = PublishedMemories()

    private init() {
        // A child begins without entries, and nobody finds those of its parent with it.
        hailoplatform_at_fork(
            { PublishedMemories.shared.lock.lock() }, { PublishedMemories.shared.lock.unlock() },
            { PublishedMemories.shared.beginChild() })
    }

    private func beginChild() {
        lock.reset()
        memory?.closeInChild()
        memory = nil
    }

    func reserve() -> (PublishedMemory, Int)? {
        lock.withLock {
            if memory == nil { memory = PublishedMemory() }
            guard let memory, let index = memory.isTaken.firstIndex(of: false) else { return nil }
            memory.isTaken[index] = true
            return (memory, index)
        }
    }

    func giveBack(_ index: Int, of memory: PublishedMemory) {
        lock.withLock {
            memory.isTaken[index] = false
            if memory === self.memory, !memory.isTaken.contains(true) { self.memory = nil }
        }
    }
}
