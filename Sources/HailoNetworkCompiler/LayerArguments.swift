internal import HailoBase
internal import HailoCoreProgram

/// Reads the attributes of one line.
struct LayerArguments {
    let description: NetworkDescription
    let arrays: NumpyArchive?
    let layer: NetworkDescription.Layer
    private var known: [String] = []

    init(_ layer: NetworkDescription.Layer, in description: NetworkDescription, _ arrays: NumpyArchive?) {
        self.layer = layer
        self.description = description
        self.arrays = arrays
    }

    func wrong(_ reason: String) -> HailoError {
        description.wrong(layer.line, "\(layer.kind) \(layer.name): \(reason)")
    }

    private mutating func value(_ key: String) -> String? {
        known.append(key)
        return layer.attribute(key)
    }

    /// Refuses attributes that nobody has asked for.
    func finish() throws(HailoError) {
        for attribute in layer.attributes where !known.contains(attribute.key) {
            throw wrong(
                "it has no attribute \(attribute.key)"
                    + (known.isEmpty ? "" : "; there are \(known.joined(separator: ", "))"))
        }
    }

    // MARK: Values

    mutating func number(_ key: String, or standard: Int?) throws(HailoError) -> Int {
        guard let text = value(key) else {
            guard let standard else { throw wrong("it needs \(key)=NUMBER") }
            return standard
        }
        guard let number = Int(text), Int(Int32.min) < number, number <= Int(Int32.max) else {
            throw wrong("\(key) takes a whole number, not \"\(text)\"")
        }
        return number
    }

    /// How large the numbers of a layer are.
    mutating func bits() throws(HailoError) -> Int {
        let bits = try number("bits", or: 8)
        guard bits == 8 || bits == 16 else { throw wrong("bits takes 8 or 16, not \(bits)") }
        return bits
    }

    mutating func text(_ key: String) throws(HailoError) -> String {
        guard let text = value(key) else { throw wrong("it needs \(key)=NAME") }
        return text
    }

    mutating func real(_ key: String, or standard: Double) throws(HailoError) -> Double {
        guard let text = value(key) else { return standard }
        guard let number = Double(decimal: text) else { throw wrong("\(key) takes a number, not \"\(text)\"") }
        return number
    }

    mutating func word(_ key: String, _ choices: [String], or standard: String) throws(HailoError) -> String {
        guard let text = value(key) else { return standard }
        guard choices.contains(text) else {
            throw wrong("\(key) takes \(choices.joined(separator: " or ")), not \"\(text)\"")
        }
        return text
    }

    /// Numbers with "x" or "," between them.
    mutating func list(_ key: String, _ separator: Character, counts: [Int], or standard: [Int]?) throws(HailoError)
        -> [Int]
    {
        guard let text = value(key) else {
            guard let standard else { throw wrong("it needs \(key)=") }
            return standard
        }
        let numbers = text.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard counts.contains(numbers.count), numbers.allSatisfy({ (0...Int(UInt16.max)).contains($0) }) else {
            let form = counts.map { [String](repeating: "N", count: $0).joined(separator: String(separator)) }
            throw wrong("\(key) takes \(form.joined(separator: " or ")), not \"\(text)\"")
        }
        return numbers
    }

    /// An array of the archive.
    mutating func array(_ key: String) throws(HailoError) -> NumpyArchive.Numbers {
        guard let name = value(key) else { throw wrong("it needs \(key)=ARRAY") }
        guard let arrays else { throw wrong("\(key) names the array \"\(name)\", but no archive of arrays was given") }
        return try arrays.numbers(name)
    }

    /// One number for all features, or an array with one for each.
    mutating func perFeature(_ key: String, _ count: Int, or standard: Int? = nil) throws(HailoError) -> [Int32] {
        if let text = layer.attribute(key), let number = Int32(text) {
            known.append(key)
            return [Int32](repeating: number, count: count)
        }
        if layer.attribute(key) == nil, let standard {
            known.append(key)
            return [Int32](repeating: Int32(standard), count: count)
        }
        let array = try array(key)
        guard array.values.count == count else {
            throw wrong("\(key) has \(counted(array.values.count, "number")) for \(counted(count, "feature"))")
        }
        return try narrow(array.values, key)
    }

    func narrow<Number: FixedWidthInteger>(_ values: [Int64], _ key: String) throws(HailoError) -> [Number] {
        var result: [Number] = []
        result.reserveCapacity(values.count)
        for value in values {
            guard let number = Number(exactly: value) else {
                throw wrong("\(key) has \(value); numbers must be \(Int64(Number.min)) to \(Int64(Number.max))")
            }
            result.append(number)
        }
        return result
    }

    // MARK: Groups of attributes

    mutating func window(_ height: Int, _ width: Int, step standard: [Int]) throws(HailoError) -> (Window, [Int]) {
        let steps = try list("stride", "x", counts: [1, 2], or: standard)
        let padding = try list("padding", ",", counts: [1, 4], or: [0])
        let sides = padding.count == 4 ? padding : [Int](repeating: padding[0], count: 4)
        return (
            Window(
                height: height, width: width, rowStep: steps[0], columnStep: steps[steps.count - 1], top: sides[0],
                left: sides[1]), sides
        )
    }

    mutating func range(bits: Int = 8) throws(HailoError) -> OutputRange {
        let zero = try number("zero", or: 0)
        return OutputRange(
            zero: zero, low: try number("low", or: 0), high: try number("high", or: bits == 16 ? 65535 : 255))
    }
}
