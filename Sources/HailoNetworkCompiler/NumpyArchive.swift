package import HailoBase
internal import HailoFormats

/// The arrays of an .npz file as numpy.savez writes it: a ZIP archive of .npy files, none of them compressed.
package struct NumpyArchive: Sendable {
    /// One array of whole numbers.
    package struct Numbers: Sendable {
        package let shape: [Int]
        package let values: [Int64]
    }

    private let file: String
    private var entries: [(name: String, range: Range<Int>)] = []
    private let bytes: [UInt8]

    /// Reads the list of arrays in the bytes of `file`, which messages name.
    package init(_ bytes: [UInt8], file: String) throws(HailoError) {
        self.bytes = bytes
        self.file = file
        guard let end = NumpyArchive.endRecord(bytes), let count = bytes.littleEndian(UInt16.self, at: end + 10),
            let start = bytes.littleEndian(UInt32.self, at: end + 16)
        else { throw wrong("it is not a ZIP archive as written by numpy.savez") }
        var position = Int(start)
        for _ in 0..<count {
            guard bytes.littleEndian(UInt32.self, at: position) == 0x0201_4b50,
                let method = bytes.littleEndian(UInt16.self, at: position + 10),
                let size = bytes.littleEndian(UInt32.self, at: position + 20),
                let nameLength = bytes.littleEndian(UInt16.self, at: position + 28),
                let extraLength = bytes.littleEndian(UInt16.self, at: position + 30),
                let commentLength = bytes.littleEndian(UInt16.self, at: position + 32),
                let header = bytes.littleEndian(UInt32.self, at: position + 42),
                position + 46 + Int(nameLength) <= bytes.count,
                let localName = bytes.littleEndian(UInt16.self, at: Int(header) + 26),
                let localExtra = bytes.littleEndian(UInt16.self, at: Int(header) + 28)
            else { throw wrong("its list of arrays is damaged") }
            var name = String(decoding: bytes[(position + 46)..<(position + 46 + Int(nameLength))], as: UTF8.self)
            if name.hasSuffix(".npy") { name = String(name.dropLast(4)) }
            guard method == 0 else {
                throw wrong(
                    "the array \"\(name)\" is compressed; write the file with numpy.savez instead of savez_compressed")
            }
            let first = Int(header) + 30 + Int(localName) + Int(localExtra)
            guard first + Int(size) <= bytes.count else { throw wrong("the array \"\(name)\" is cut off") }
            entries.append((name, first..<first + Int(size)))
            position += 46 + Int(nameLength) + Int(extraLength) + Int(commentLength)
        }
    }

    private static func endRecord(_ bytes: [UInt8]) -> Int? {
        var position = bytes.count - 22
        while position >= 0 {
            if bytes.littleEndian(UInt32.self, at: position) == 0x0605_4b50 { return position }
            position -= 1
        }
        return nil
    }

    private func wrong(_ reason: String) -> HailoError { HailoError(.fileError, "\(file): \(reason)") }

    /// The array with this name.
    func numbers(_ name: String) throws(HailoError) -> Numbers {
        guard let entry = entries.first(where: { $0.name == name }) else {
            let known = entries.map { $0.name }.joined(separator: ", ")
            throw wrong("it has no array \"\(name)\"; it has \(known.isEmpty ? "none" : known)")
        }
        let array = bytes[entry.range]
        func damaged(_ what: String) -> HailoError { wrong("the array \"\(name)\" \(what)") }
        guard array.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]), array.count > 10 else {
            throw damaged("is not an .npy file")
        }
        let isShort = array[array.startIndex + 6] == 1
        guard
            let headerLength = isShort
                ? array.littleEndian(UInt16.self, at: 8).map({ Int($0) })
                : array.littleEndian(UInt32.self, at: 8).map({ Int($0) })
        else { throw damaged("is cut off") }
        let headerStart = array.startIndex + (isShort ? 10 : 12)
        guard headerStart + headerLength <= array.endIndex else { throw damaged("is cut off") }
        let header = String(decoding: array[headerStart..<headerStart + headerLength], as: UTF8.self)
        guard let type = NumpyArchive.text(behind: "'descr': '", until: "'", in: header),
            let order = NumpyArchive.text(behind: "'fortran_order': ", until: ",", in: header),
            let extent = NumpyArchive.text(behind: "'shape': (", until: ")", in: header)
        else { throw damaged("has a header that cannot be understood: \(header)") }
        guard order == "False" else {
            throw damaged("is in Fortran order; write it with numpy.ascontiguousarray")
        }
        var shape: [Int] = []
        var count = 1
        for side in extent.split(separator: ",") {
            guard let side = Int(side.filter { $0 != " " }), (1...(1 << 28)).contains(side), count <= 1 << 28 else {
                throw damaged("has the shape (\(extent)), which is invalid")
            }
            shape.append(side)
            count *= side
        }
        let data = array[(headerStart + headerLength)...]
        guard let (size, isSigned) = NumpyArchive.kind(type) else {
            throw damaged(
                "has numbers of type \(type); they must be little-endian integers (int8 to int64, uint8 to uint32)")
        }
        guard data.count >= count * size else {
            throw damaged("has \(counted(data.count, "byte")) for \(counted(count, "number")) of \(size)")
        }
        var values: [Int64] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            var number: UInt64 = 0
            let place = data.startIndex + index * size
            for byte in 0..<size { number |= UInt64(data[place + byte]) << (8 * byte) }
            let shift = UInt64(64 - 8 * size)
            values.append(isSigned ? Int64(bitPattern: number << shift) >> Int64(shift) : Int64(bitPattern: number))
        }
        return Numbers(shape: shape, values: values)
    }

    private static func kind(_ type: String) -> (size: Int, isSigned: Bool)? {
        switch type {
        case "|i1", "<i1": (1, true)
        case "|u1", "<u1": (1, false)
        case "<i2": (2, true)
        case "<u2": (2, false)
        case "<i4": (4, true)
        case "<u4": (4, false)
        case "<i8": (8, true)
        default: nil
        }
    }

    private static func text(behind key: String, until end: Character, in header: String) -> String? {
        let bytes = Array(header.utf8)
        let key = Array(key.utf8)
        guard bytes.count >= key.count, let last = end.utf8.first else { return nil }
        for start in 0...(bytes.count - key.count) where bytes[start..<start + key.count].elementsEqual(key) {
            return String(decoding: bytes[(start + key.count)...].prefix { $0 != last }, as: UTF8.self)
        }
        return nil
    }
}
