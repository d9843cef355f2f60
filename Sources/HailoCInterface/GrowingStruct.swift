package import HailoBase

/// Structures that begin with their own size in bytes, so that callers built against an older or a newer header work.
package enum GrowingStruct {
    /// Reads what the caller filled in; what the caller's version does not have keeps its default. `smallest` is the size
    /// of the first version.
    package static func read<Value>(
        _ pointer: UnsafePointer<Value>, defaults: Value, smallest: Int, _ name: StaticString
    ) throws(HailoError) -> Value {
        let size = try checkedSize(UnsafeRawPointer(pointer), smallest: smallest, name)
        var value = defaults
        withUnsafeMutableBytes(of: &value) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: min(size, target.count)))
        }
        return value
    }

    /// Writes as much of `value` as the caller's version has room for. Its size field stays as it is.
    package static func write<Value>(
        _ value: Value, to pointer: UnsafeMutablePointer<Value>, smallest: Int, _ name: StaticString
    ) throws(HailoError) {
        let size = try checkedSize(UnsafeRawPointer(pointer), smallest: smallest, name)
        let header = MemoryLayout<Int>.size
        withUnsafeBytes(of: value) { source in
            let count = min(size, source.count)
            UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(pointer) + header, count: count - header)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[header..<count]))
        }
    }

    private static func checkedSize(
        _ pointer: UnsafeRawPointer, smallest: Int, _ name: StaticString
    ) throws(HailoError) -> Int {
        let size = pointer.loadUnaligned(as: UInt.self)
        guard size >= UInt(smallest) else {
            throw HailoError(
                .invalidArgument,
                "\(name).struct_size is \(size), less than \(smallest); initialize the structure with its _INIT macro")
        }
        return Int(clamping: size)
    }
}

/// Copies text into a character array, cut to fit and ending with a zero.
package func copy<CharacterArray>(_ text: String, to array: inout CharacterArray) {
    withUnsafeMutableBytes(of: &array) { target in
        let bytes = text.utf8.prefix(target.count - 1)
        target.copyBytes(from: bytes)
        target[bytes.count...].initializeMemory(as: UInt8.self, repeating: 0)
    }
}

/// Copies bytes into an array of the same or a greater length.
package func copy<ByteArray>(_ bytes: [UInt8], to array: inout ByteArray) {
    withUnsafeMutableBytes(of: &array) { $0.copyBytes(from: bytes.prefix($0.count)) }
}
