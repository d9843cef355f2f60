package import Base
internal import CPlatform

/// Memory that a device may read and write.
///
/// Only memory of this kind is ever given to the driver, since the driver makes wrong use of other memory: it starts at a
/// page (an unaligned address would be taken for the start of its page), it is not empty (the driver would crash), and a
/// child made by fork() does not share it (the first write would part program and device).
package final class DMAMemory: @unchecked Sendable {
    package let bytes: UnsafeMutableRawBufferPointer

    /// The driver keeps sizes in 32 bits.
    private static let largest = Int(UInt32.max)

    private init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    deinit {
        if let base = bytes.baseAddress { platform_unmap(base, bytes.count) }
    }

    /// Zeroed memory of `size` bytes.
    package static func allocate(_ size: Int) throws(HailoError) -> DMAMemory {
        guard (1...largest).contains(size) else {
            throw HailoError(.invalidArgument, "a DMA buffer of \(size) bytes cannot be; 1 to \(largest) can")
        }
        guard let base = platform_allocate_pages(size) else {
            throw HailoError(
                .outOfMemory,
                "no memory for a DMA buffer of \(size) bytes (\(DriverFailure.name(of: Int(platform_errno()))))")
        }
        return DMAMemory(UnsafeMutableRawBufferPointer(start: base, count: size))
    }
}
