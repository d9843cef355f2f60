package import HailoBase
internal import CHailoPlatform

/// The objects that C callers hold.
///
/// A handle is a number dressed up as a pointer; it is looked up, never followed. So a handle that was released, that
/// belongs to another kind of object or that is plain garbage is recognised and refused. A slot's number of uses is part
/// of the handle, which keeps an old handle from meaning the slot's next object.
package final class HandleTable: @unchecked Sendable {
    package enum Kind: UInt8 {
        case deviceList = 1
        case device = 2
        case model = 3
        case session = 4
        case job = 5
        case buffer = 6
        case deviceGroup = 7

        package var name: StaticString {
            switch self {
            case .deviceList: "device list"
            case .device: "device"
            case .model: "model"
            case .session: "session"
            case .job: "job"
            case .buffer: "buffer"
            case .deviceGroup: "device group"
            }
        }
    }

    private struct Slot {
        var use: UInt32 = 0
        var kind: UInt8 = 0
        var object: AnyObject?
        /// How often the process had forked when the handle was made.
        var generation: Int32 = 0
        /// The next slot that is free, if this one is.
        var nextFree: Int32 = -1
    }

    /// Layout of a handle: 24 bits use of the slot, 28 bits slot, 8 bits kind, 4 bits mark. The mark makes handles odd, as
    /// no pointer to an object is.
    private static let mark: UInt = 0b1011

    package static let shared = HandleTable()
    init() {
        // Another thread may hold the lock while this one forks; the child could never take it.
        hailoplatform_at_fork(
            { HandleTable.shared.lock.lock() }, { HandleTable.shared.lock.unlock() },
            { HandleTable.shared.lock.reset() })
    }

    private let lock = Lock()
    private var slots: Series<Slot> = []
    private var firstFree: Int32 = -1

    package func insert(_ object: AnyObject, kind: Kind) -> OpaquePointer? {
        lock.withLock {
            let index = firstFree >= 0 ? Int(firstFree) : slots.count
            if index == slots.count { slots.append(Slot()) } else { firstFree = slots[index].nextFree }
            slots[index].use = (slots[index].use + 1) & 0xff_ffff
            slots[index].kind = kind.rawValue
            slots[index].object = object
            slots[index].generation = hailoplatform_fork_generation()
            return OpaquePointer(bitPattern: HandleTable.encode(slots[index].use, index, kind.rawValue))
        }
    }

    /// The object of a handle.
    package func object<Object: AnyObject>(
        _ handle: OpaquePointer?, _ kind: Kind, as type: Object.Type
    ) throws(HailoError) -> Object {
        guard let handle else {
            throw HailoError(.invalidArgument, "the \(kind.name) handle is NULL")
        }
        return try lock.withLock { () throws(HailoError) in
            let index = try slot(of: UInt(bitPattern: handle), kind)
            guard let object = slots[index].object as? Object else {
                throw HailoError(.invalidHandle, "this is not a handle of a \(kind.name)")
            }
            return object
        }
    }

    /// Forgets a handle and hands its object back, so that it is destroyed outside the table's lock.
    package func remove(_ handle: OpaquePointer, _ kind: Kind) throws(HailoError) -> AnyObject? {
        try lock.withLock { () throws(HailoError) in
            let index = try slot(of: UInt(bitPattern: handle), kind)
            let object = slots[index].object
            slots[index].object = nil
            slots[index].nextFree = firstFree
            firstFree = Int32(truncatingIfNeeded: index)
            return object
        }
    }

    private func slot(of handle: UInt, _ kind: Kind) throws(HailoError) -> Int {
        let index = Int(handle >> 12 & 0xfff_ffff)
        guard handle & 0b1111 == HandleTable.mark, index < slots.count else {
            throw HandleTable.foreign(kind)
        }
        let handleKind = UInt8(truncatingIfNeeded: handle >> 4)
        guard handleKind == kind.rawValue else {
            guard let actual = Kind(rawValue: handleKind)?.name else { throw HandleTable.foreign(kind) }
            throw HailoError(.invalidHandle, "this is the handle of a \(actual) instead of a \(kind.name)")
        }
        let current = HandleTable.encode(slots[index].use, index, slots[index].kind)
        guard handle == current, slots[index].object != nil else {
            throw HailoError(.invalidHandle, "the \(kind.name) was closed: its handle was released")
        }
        // The child of a fork() has no part in what its parent does with the device.
        guard slots[index].generation == hailoplatform_fork_generation() else {
            throw HailoError(
                .invalidHandle,
                "this \(kind.name) belongs to the process that created it, from which this one was forked")
        }
        return index
    }

    private static func foreign(_ kind: Kind) -> HailoError {
        HailoError(.invalidHandle, "the \(kind.name) handle is a pointer that never was a handle of this library")
    }

    private static func encode(_ use: UInt32, _ index: Int, _ kind: UInt8) -> UInt {
        UInt(use) << 40 | UInt(index) << 12 | UInt(kind) << 4 | mark
    }
}
