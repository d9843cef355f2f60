package import HailoBase
internal import HailoKernelABI
internal import CHailoPlatform

/// Memory that a device may read and write.
///
/// Only memory of this kind is ever given to the driver, since the driver makes wrong use of other memory: it starts at a
/// page (an unaligned address would be taken for the start of its page), it is not empty (the driver would crash), and a
/// child made by fork() does not share it (the first write would part program and device).
package final class DMAMemory: @unchecked Sendable {
    private enum Kind {
        /// The library's own.
        case allocated
        /// The program's.
        case registered
        /// That of another driver.
        case imported(descriptor: Int32)
    }

    package let bytes: UnsafeMutableRawBufferPointer
    private let kind: Kind

    /// The driver keeps sizes in 32 bits.
    private static let largest = Int(UInt32.max)

    private init(_ base: UnsafeMutableRawPointer, _ size: Int, _ kind: Kind) {
        bytes = UnsafeMutableRawBufferPointer(start: base, count: size)
        self.kind = kind
    }

    deinit {
        guard let base = bytes.baseAddress else { return }
        switch kind {
        case .allocated:
            hailoplatform_unmap(base, bytes.count)
        case .registered:
            // The program may have given it back already; then there is nothing to restore.
            _ = hailoplatform_withhold_pages(base, bytes.count, 0)
        case .imported(let descriptor):
            hailoplatform_unmap(base, bytes.count)
            _ = close(descriptor)
        }
    }

    /// What the driver is told.
    var reference: MemoryReference {
        if case .imported(let descriptor) = kind { return .dmaBuffer(descriptor: UInt64(descriptor)) }
        return .address(UInt64(UInt(bitPattern: bytes.baseAddress)))
    }

    /// Whether a transfer may begin at this offset: that of a dma-buf begins at its start.
    package func isTransferable(from offset: Int) -> Bool {
        if case .imported = kind { return offset == 0 }
        return true
    }

    private static func checkSize(_ size: Int) throws(HailoError) {
        guard (1...largest).contains(size) else {
            throw HailoError(
                .invalidArgument,
                "a DMA buffer of \(counted(size, "byte")) is not possible; the valid range is 1 to \(largest)")
        }
    }

    private static func errno(_ number: Int32) -> String { DriverFailure.name(of: Int(number)) }

    /// Zeroed memory of `size` bytes.
    package static func allocate(_ size: Int) throws(HailoError) -> DMAMemory {
        try checkSize(size)
        guard let base = hailoplatform_allocate_pages(size) else {
            let number = hailoplatform_errno()
            throw HailoError(
                .outOfMemory, "no memory for a DMA buffer of \(counted(size, "byte")) (\(errno(number)))",
                cause: .system(errno: number))
        }
        return DMAMemory(base, size, .allocated)
    }

    /// Memory of the program's own. It consists of whole pages, so that nothing else is kept from the program's children.
    package static func register(_ bytes: UnsafeMutableRawBufferPointer) throws(HailoError) -> DMAMemory {
        try checkSize(bytes.count)
        let page = hailoplatform_page_size()
        guard let base = bytes.baseAddress, Int(bitPattern: base) % page == 0, bytes.count % page == 0 else {
            throw HailoError(
                .invalidArgument,
                "memory for a device must consist of whole pages of \(page) bytes, but it has "
                    + "\(counted(bytes.count, "byte")) at \(UInt64(UInt(bitPattern: bytes.baseAddress)).hexadecimal)")
        }
        let failure = hailoplatform_withhold_pages(base, bytes.count, 1)
        guard failure == 0 else {
            throw HailoError(
                .invalidArgument,
                "\(bytes.count) bytes at \(UInt64(UInt(bitPattern: base)).hexadecimal) cannot be registered: part of "
                    + "them is not memory of this process, or is memory that children of fork() must inherit "
                    + "(\(errno(failure)))",
                cause: .system(errno: failure))
        }
        return DMAMemory(base, bytes.count, .registered)
    }

    /// The memory of another driver, by its dma-buf. The descriptor stays the caller's.
    package static func importing(_ descriptor: Int32, _ size: Int) throws(HailoError) -> DMAMemory {
        try checkSize(size)
        let copy = hailoplatform_duplicate(descriptor)
        guard copy >= 0 else {
            throw HailoError(
                .invalidArgument, "\(descriptor) is not an open file descriptor (\(errno(-copy)))",
                cause: .system(errno: -copy))
        }
        guard let base = hailoplatform_map_shared(copy, size) else {
            let number = hailoplatform_errno()
            _ = close(copy)
            throw HailoError(
                .invalidArgument,
                "the memory behind file descriptor \(descriptor) cannot be mapped with \(counted(size, "byte")) (\(errno(number)))",
                cause: .system(errno: number))
        }
        return DMAMemory(base, size, .imported(descriptor: copy))
    }

    /// The program is about to read or write the memory; the driver that a dma-buf belongs to is told.
    package func beginAccess() {
        if case .imported(let descriptor) = kind { _ = hailoplatform_access_dmabuf(descriptor, 1) }
    }

    package func endAccess() {
        if case .imported(let descriptor) = kind { _ = hailoplatform_access_dmabuf(descriptor, 0) }
    }
}
