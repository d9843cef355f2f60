package import HailoBase
internal import CHailoPlatform

/// Runs the body of an exported function: a thrown error becomes the thread's last error and the returned status.
package func call(_ body: () throws(HailoError) -> Void) -> Int32 {
    do throws(HailoError) {
        try body()
        return Status.ok.rawValue
    } catch {
        report(error)
        return error.status.rawValue
    }
}

/// Keeps an error as the thread's last one, and logs it.
package func report(_ error: HailoError) {
    keep(error)
    Log.debug(error.description)
}

/// Keeps an error as the thread's last one.
package func keep(_ error: HailoError) {
    var failure = hailoplatform_failure()
    failure.status = error.status.rawValue
    switch error.cause {
    case .system(let errno): failure.system_error = errno
    case .firmware(let status): failure.firmware_status = status
    case nil: break
    }
    hailoplatform_set_last_failure(failure, error.message)
}

/// Unwraps an argument that must not be NULL.
package func required<Pointee>(
    _ pointer: UnsafeMutablePointer<Pointee>?, _ name: StaticString
) throws(HailoError) -> UnsafeMutablePointer<Pointee> {
    guard let pointer else { throw HailoError(.invalidArgument, "argument \(name) is NULL") }
    return pointer
}

/// The text of an argument that must not be NULL.
package func required(_ text: UnsafePointer<CChar>?, _ name: StaticString) throws(HailoError) -> String {
    guard let text else { throw HailoError(.invalidArgument, "argument \(name) is NULL") }
    guard strnlen(text, longestText + 1) <= longestText else {
        throw HailoError(.invalidArgument, "argument \(name) is longer than \(longestText) bytes")
    }
    return String(cString: text)
}

/// As long as a path may be. No name, id or list of settings needs more.
private let longestText = 4096

/// The element at an index that came from a caller.
package func element<Element>(
    _ list: [Element], _ index: Int, _ what: StaticString
) throws(HailoError) -> Element {
    guard list.indices.contains(index) else {
        throw HailoError(
            .invalidArgument, "index \(UInt(bitPattern: index)) is out of range; the number of \(what) is \(list.count)"
        )
    }
    return list[index]
}

/// Releases a handle. NULL is fine; anything else that is no live handle is kept as the last error.
@discardableResult
package func release(_ handle: OpaquePointer?, _ kind: HandleTable.Kind) -> AnyObject? {
    guard let handle else { return nil }
    do throws(HailoError) {
        return try HandleTable.shared.remove(handle, kind)
    } catch {
        report(error)
        Log.warning(error.message)
        return nil
    }
}
