internal import HailoBase

/// How many descriptors a list has and how many bytes each of them covers.
package struct ListSize: Equatable, Sendable {
    package let count: UInt32
    package let pageSize: UInt32

    package var bytes: Int { Int(count) * Int(pageSize) }

    static let maximumDescriptors = 65536
    /// The firmware counts descriptors of one list in 16 bits, and one of them stays free.
    private static let maximumCounted = 65535
    private static let smallestPage = 64
    private static let usualPage = 512

    /// What a list is for, as far as its size depends on it.
    struct Purpose {
        /// A power of two, since the list begins anew at its end.
        var isCircular = false
        var usesUsualPage = false
        /// A whole batch has to fit; else what is too large makes do with fewer transfers in flight.
        var holdsBatch = true
        /// Without room for a descriptor that marks the end of a transfer.
        var isWithoutEnd = false
        /// Rows that go round in memory: they need no descriptor to spare.
        var isDDR = false
    }

    /// Why no list does.
    enum Failure: Error {
        /// The page size that the device offers is out of range.
        case pageSize
        case tooLarge
    }

    /// A list for transfers of the given sizes, one after the other.
    static func forTransfers(
        _ sizes: Series<Int>, largestPage: Int, batch: Int = 1, _ purpose: Purpose
    ) throws(Failure) -> ListSize {
        let largestTransfer = sizes.max() ?? 0
        let common = min(usualPage, largestPage)
        var page =
            common > largestTransfer && !purpose.usesUsualPage
            ? powerOfTwo(from: smallestPage, notBelow: largestTransfer) : common
        guard (smallestPage...4096).contains(largestPage), page <= largestPage else { throw .pageSize }
        func descriptors(_ page: Int) -> Int {
            sizes.reduce(purpose.isDDR ? 0 : 1) { $0 + divideUp($1, page) }
        }
        guard descriptors(largestPage) <= maximumDescriptors else { throw .tooLarge }
        var count = descriptors(page)
        while count * batch > maximumCounted {
            page *= 2
            guard page <= largestPage || !purpose.holdsBatch else { throw .tooLarge }
            count = descriptors(min(page, largestPage))
            if page > largestPage {
                page = largestPage
                break
            }
        }
        if purpose.isCircular {
            count = powerOfTwo(from: 2, notBelow: count)
            guard count <= maximumDescriptors else { throw .tooLarge }
        }
        return ListSize(count: UInt32(count), pageSize: UInt32(page))
    }

    /// A list for up to `most` transfers of one size in flight at once.
    static func forQueue(
        of size: Int, fewest: Int, most: Int, largestPage: Int, _ purpose: Purpose
    ) throws(Failure) -> ListSize {
        let page = Int(try forTransfers([size], largestPage: largestPage, batch: fewest, purpose).pageSize)
        let perTransfer = divideUp(size, page) + (purpose.isWithoutEnd ? 0 : 1)
        let wanted = perTransfer * most + 1
        var count = max(min(wanted, maximumDescriptors), 2)
        if purpose.isCircular { count = powerOfTwo(from: 2, notBelow: count) }
        return ListSize(count: UInt32(count), pageSize: UInt32(page))
    }

    /// A list for a channel at the host.
    static func forBoundary(
        of size: Int, fewest: Int, queueDepth: Int, maxShmifoSize: Int, largestPage: Int
    ) throws(Failure) -> ListSize {
        var page = min(usualPage, largestPage)
        while page <= largestPage {
            // A page may not be as large as the stream's buffer on the chip.
            let tried = page == maxShmifoSize ? page / 2 : page
            do throws(Failure) {
                return try forQueue(
                    of: size, fewest: fewest, most: queueDepth, largestPage: tried,
                    Purpose(isCircular: true, holdsBatch: false))
            } catch {
                guard case .tooLarge = error else { throw error }
            }
            page *= 2
        }
        throw .tooLarge
    }

    private static func powerOfTwo(from first: Int, notBelow value: Int) -> Int {
        var result = first
        while result < value { result *= 2 }
        return result
    }
}

func divideUp(_ value: Int, _ unit: Int) -> Int { (value + unit - 1) / unit }
func alignUp(_ value: Int, _ unit: Int) -> Int { divideUp(value, unit) * unit }
