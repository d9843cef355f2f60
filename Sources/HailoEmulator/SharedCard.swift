internal import CHailoPlatform

/// What processes have in common that share an emulated card: a file in memory. Each process has the card's firmware and its frames
/// to itself; the file says who has reserved the card, who has enabled which channels, and whose groups the firmware has.
///
/// What belongs to an open file of the device is a lock of a byte of that file, which the kernel gives up when it is closed, also by
/// the death of the process, as the driver does.
final class SharedCard {
    private enum Byte {
        static let reservation: Int64 = 0
        static let waiting: Int64 = 1
        static let channels: Int64 = 16
    }

    let path: String
    private let owner: UnsafeMutablePointer<UInt64>
    /// Stands for this process.
    private let token: UInt64

    init(_ name: String) throws(OpeningFailure) {
        path = "/dev/shm/hailoswift-emulator-\(name)-\(getuid())"
        let descriptor = hailoplatform_open(path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw OpeningFailure(number: -Int(descriptor)) }
        defer { _ = close(descriptor) }
        let size = Int(hailoplatform_page_size())
        guard ftruncate(descriptor, size) == 0, let memory = hailoplatform_map_shared(descriptor, size) else {
            throw OpeningFailure(number: Int(hailoplatform_errno()))
        }
        owner = memory.bindMemory(to: UInt64.self, capacity: 1)
        token = UInt64(getpid()) << 32 | UInt64.random(in: 0...0xffff_ffff)
    }

    deinit { hailoplatform_unmap(owner, hailoplatform_page_size()) }

    /// The number of a file that locks belong to, or -errno.
    func openFile() -> Int32 { hailoplatform_open(path, O_RDWR, 0) }

    /// Whether the firmware has the groups of another process.
    var isOthers: Bool { hailoplatform_load(owner) != token }

    /// The firmware has this process's groups from now on.
    func claim() { hailoplatform_store(owner, token) }

    // MARK: Locks of an open file

    func reserve(_ file: Int32) -> Bool { hailoplatform_lock_byte(file, Byte.reservation, 2) == 0 }

    func setWaiting(_ isWaiting: Bool, _ file: Int32) {
        _ = hailoplatform_lock_byte(file, Byte.waiting, isWaiting ? 1 : 0)
    }

    func isAwaited(_ file: Int32) -> Bool { hailoplatform_is_byte_locked(file, Byte.waiting) != 0 }

    /// Enables channels. Returns false if another process has enabled one of them.
    func enable(_ channels: UInt32, _ file: Int32) -> Bool {
        for channel in 0..<32 as Range<Int64> where channels & (1 << UInt32(channel)) != 0 {
            if hailoplatform_lock_byte(file, Byte.channels + channel, 2) != 0 {
                disable(channels & ((1 << UInt32(channel)) - 1), file)
                return false
            }
        }
        return true
    }

    func disable(_ channels: UInt32, _ file: Int32) {
        for channel in 0..<32 as Range<Int64> where channels & (1 << UInt32(channel)) != 0 {
            _ = hailoplatform_lock_byte(file, Byte.channels + channel, 0)
        }
    }
}
