internal import CHailoPlatform

/// What one open file of the device owns. It all goes when the file is closed.
final class OpenFile {
    let number: Int
    /// The process that opened it.
    let opener = getpid()
    private(set) var buffers: [UInt64: MappedBuffer] = [:]
    /// In the order in which they were mapped; the driver looks for the newest.
    private(set) var newestBuffersLast: [MappedBuffer] = []
    private(set) var lists: [UInt64: DescriptorList] = [:]
    /// Memory that the driver allocated, by handle.
    private(set) var allocations: [UInt64: DriverMemory] = [:]
    var enabledChannels: UInt32 = 0
    /// The buffers of the transfer that is being started.
    var parts: [(buffer: MappedBuffer, offset: Int, size: Int)] = []
    /// Notifications of the firmware that this file has not read, and whether it wants no more.
    var unreadNotifications = 0
    var refusesNotifications = false
    /// Threads that still wait in a call are released.
    var isClosed = false
    /// Whether others are to be told that it waits for the device.
    var isWaiting = false
    /// The file that its locks belong to, where processes share the card; negative where they do not.
    private(set) var sharedFile: Int32
    private var lastBuffer: UInt64 = 0
    private var lastResource: UInt64 = 0

    init(number: Int, sharedFile: Int32) {
        self.number = number
        self.sharedFile = sharedFile
    }

    func add(_ buffer: MappedBuffer) -> UInt64 {
        lastBuffer += 1
        buffers[lastBuffer] = buffer
        newestBuffersLast.append(buffer)
        return lastBuffer
    }

    func removeBuffer(_ handle: UInt64) -> Bool {
        guard let buffer = buffers.removeValue(forKey: handle) else { return false }
        buffer.isMapped = false
        newestBuffersLast.removeAll { $0 === buffer }
        return true
    }

    /// Lists and allocated buffers are numbered together, in steps of a page.
    func nextHandle() -> UInt64 {
        lastResource += 1
        return lastResource << 12
    }

    func add(_ list: DescriptorList, handle: UInt64) { lists[handle] = list }

    func removeList(_ handle: UInt64) -> Bool {
        lists.removeValue(forKey: handle) != nil
    }

    func add(_ memory: DriverMemory) -> UInt64 {
        let handle = nextHandle()
        allocations[handle] = memory
        return handle
    }

    func free(_ kind: DriverMemory.Kind, _ handle: UInt64) -> Bool {
        guard allocations[handle]?.kind == kind else { return false }
        allocations[handle] = nil
        return true
    }

    func releaseAll() {
        for buffer in buffers.values { buffer.isMapped = false }
        buffers = [:]
        newestBuffersLast = []
        lists = [:]
        allocations = [:]
        closeSharedFile()
    }

    /// Gives up what the file has locked.
    func closeSharedFile() {
        if sharedFile >= 0 { _ = close(sharedFile) }
        sharedFile = -1
    }
}
