internal import CHailoPlatform

/// Memory of the calling process that the driver has mapped for the device.
final class MappedBuffer {
    /// Where the device finds byte 0. The driver maps whole pages: for an address inside a page that is the page's start.
    let base: UnsafeMutableRawPointer
    let address: UInt64
    let size: Int
    let direction: UInt32
    /// Whether it belongs to another driver; its address is a file descriptor then.
    let isDMABuffer: Bool
    /// Whether `base` was mapped for the device alone.
    private let isOwnMapping: Bool
    /// False once it is unmapped. Descriptors may still point to it then, as they do on a real card.
    var isMapped = true

    init(
        base: UnsafeMutableRawPointer, address: UInt64, size: Int, direction: UInt32, isDMABuffer: Bool = false,
        isOwnMapping: Bool = false
    ) {
        self.base = base
        self.address = address
        self.size = size
        self.direction = direction
        self.isDMABuffer = isDMABuffer
        self.isOwnMapping = isOwnMapping
    }

    deinit {
        if isOwnMapping { hailoplatform_unmap(base, size) }
    }
}

/// One entry of a descriptor list: a piece of memory, and who is told of its end.
struct Descriptor {
    var buffer: MappedBuffer?
    var offset = 0
    var size = 0
    var interruptsDevice = false
    var interruptsHost = false
}

/// A descriptor list as the driver keeps it and the card reads it.
final class DescriptorList {
    let address: UInt64
    let pageSize: Int
    let isCircular: Bool
    let descriptors: UnsafeMutableBufferPointer<Descriptor>

    var count: Int { descriptors.count }

    private init(
        address: UInt64, pageSize: Int, isCircular: Bool, _ descriptors: UnsafeMutableBufferPointer<Descriptor>
    ) {
        self.address = address
        self.pageSize = pageSize
        self.isCircular = isCircular
        self.descriptors = descriptors
    }

    deinit {
        descriptors.deinitialize()
        free(descriptors.baseAddress)
    }

    /// nil if there is no memory for it.
    static func make(address: UInt64, count: Int, pageSize: Int, isCircular: Bool) -> DescriptorList? {
        guard let memory = malloc(count * MemoryLayout<Descriptor>.stride) else { return nil }
        let descriptors = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Descriptor.self, capacity: count), count: count)
        descriptors.initialize(repeating: Descriptor())
        return DescriptorList(address: address, pageSize: pageSize, isCircular: isCircular, descriptors)
    }

    /// Bits of an interrupt domain.
    struct Domain {
        let device: Bool
        let host: Bool

        init(_ code: UInt32) {
            device = code & 1 != 0
            host = code & 2 != 0
        }

        static let none = Domain(0)
    }

    enum BindFailure: Error {
        case invalid, range, fault
    }

    /// Points descriptors from `start` on at a part of a buffer. Returns how many; what fits is written even on failure.
    func bind(
        _ buffer: MappedBuffer, offset: Int, size: Int, start: Int, domain: Domain, stride: Int
    ) throws(BindFailure) -> Int {
        var stride = stride
        guard offset % pageSize == 0, start < count else { throw .invalid }
        if stride % pageSize == 0 {
            stride = pageSize
        } else if size % pageSize != 0 || stride > pageSize {
            throw .invalid
        }
        let available = max(min(size, buffer.size - offset), 0)
        let needed = (available + pageSize - 1) / pageSize
        let last = isCircular ? start + count - 1 : count - 1
        guard start + needed <= last + 1 else { throw .range }
        for index in 0..<needed {
            let rest = available - index * pageSize
            let length = rest < pageSize ? rest : stride
            descriptors[(start + index) % count] = Descriptor(
                buffer: buffer, offset: offset + index * pageSize, size: length)
        }
        guard available == size else { throw .fault }
        mark((start + needed + count - 1) % count, domain)
        return needed
    }

    /// Marks the end of a transfer of `size` bytes that begins at `start`; addresses stay.
    func markEnd(size: Int, start: Int, domain: Domain) -> Int {
        let needed = (size + pageSize - 1) / pageSize
        let last = (start + needed + count - 1) % count
        descriptors[last].size = size - (needed - 1) * pageSize
        descriptors[last].interruptsDevice = false
        descriptors[last].interruptsHost = false
        mark(last, domain)
        return needed
    }

    /// Undoes the marking of a transfer's end.
    func clean(_ index: Int) {
        guard descriptors.indices.contains(index) else { return }
        descriptors[index].size = pageSize
        descriptors[index].interruptsDevice = false
        descriptors[index].interruptsHost = false
    }

    func mark(_ index: Int, _ domain: Domain) {
        if domain.device { descriptors[index].interruptsDevice = true }
        if domain.host { descriptors[index].interruptsHost = true }
    }
}
