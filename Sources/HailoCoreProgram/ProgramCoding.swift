internal import HailoBase

// Programs as bytes: a header, the tensors, the instructions; all numbers little endian.
extension Program {
    /// "HSCP", the first bytes of every program.
    package static let magic: UInt32 = 0x5043_5348
    private static let version: UInt32 = 1
    private static let headerSize = 20

    package func encode() -> [UInt8] {
        var body: [UInt8] = []
        for tensor in tensors {
            for side in [tensor.height, tensor.width, tensor.features] {
                body.appendLittleEndian(UInt32(truncatingIfNeeded: side))
            }
        }
        for instruction in instructions {
            body.appendLittleEndian(instruction.operation.rawValue)
            body.appendLittleEndian(UInt16(truncatingIfNeeded: instruction.operands.count))
            body.appendLittleEndian(UInt32(truncatingIfNeeded: instruction.constants.count))
            body.appendLittleEndian(UInt32(truncatingIfNeeded: instruction.weights.count))
            for number in instruction.operands { body.appendLittleEndian(number) }
            for number in instruction.constants { body.appendLittleEndian(number) }
            body.append(contentsOf: instruction.weights.map { UInt8(bitPattern: $0) })
            while body.count % 4 != 0 { body.append(0) }
        }
        // The chip fetches words of 8 bytes.
        while (Program.headerSize + body.count) % 8 != 0 { body.append(0) }
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(Program.magic)
        bytes.appendLittleEndian(Program.version)
        bytes.appendLittleEndian(UInt32(truncatingIfNeeded: Program.headerSize + body.count))
        bytes.appendLittleEndian(UInt32(truncatingIfNeeded: tensors.count))
        bytes.appendLittleEndian(UInt32(truncatingIfNeeded: instructions.count))
        return bytes + body
    }

    /// Whether bytes begin as a program does.
    package static func isProgram(_ bytes: UnsafeRawBufferPointer) -> Bool { number(bytes, at: 0) == magic }

    package static func isProgram(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { isProgram($0) } }

    private static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= bytes.count - 4 else { return nil }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    package static func decode(_ bytes: [UInt8]) throws(ProgramFailure) -> Program {
        try bytes.withUnsafeBufferPointer { bytes throws(ProgramFailure) in try decode(UnsafeRawBufferPointer(bytes)) }
    }

    /// Reads a program and checks that it can be run. What follows it is left alone.
    package static func decode(_ bytes: UnsafeRawBufferPointer) throws(ProgramFailure) -> Program {
        func wrong(_ reason: String, _ instruction: Int? = nil) -> ProgramFailure {
            ProgramFailure(instruction, reason)
        }
        guard isProgram(bytes) else { throw wrong("it does not begin with \"HSCP\"") }
        guard let version = number(bytes, at: 4), let size = number(bytes, at: 8), let tensors = number(bytes, at: 12),
            let instructions = number(bytes, at: 16)
        else { throw wrong("its header is cut off") }
        guard version == Program.version else {
            throw wrong("it has version \(version); this library knows version \(Program.version)")
        }
        guard Int(size) <= bytes.count, Int(size) >= headerSize else {
            throw wrong("it should have \(counted(size, "byte")), but has \(bytes.count)")
        }
        guard tensors <= maximumTensors, instructions <= maximumInstructions else {
            throw wrong(
                "it has \(counted(tensors, "tensor")) and \(counted(instructions, "instruction")); the maximum is "
                    + "\(maximumTensors)"
            )
        }
        var program = Program()
        var position = headerSize
        let end = Int(size)
        func next() -> Int? {
            guard position + 4 <= end, let value = number(bytes, at: position) else { return nil }
            position += 4
            return Int(value)
        }
        for _ in 0..<tensors {
            guard let height = next(), let width = next(), let features = next() else {
                throw wrong("its list of tensors is cut off")
            }
            program.tensors.append(Extent(height, width, features))
        }
        for index in 0..<Int(instructions) {
            guard let kind = next(), let constants = next(), let weights = next() else {
                throw wrong("it is cut off", index)
            }
            guard let operation = Instruction.Operation(rawValue: UInt16(truncatingIfNeeded: kind)) else {
                throw wrong("there is no operation \(kind & 0xffff)", index)
            }
            let operands = kind >> 16
            guard operands <= maximumOperands else {
                throw wrong("it has \(operands) operands; the maximum is \(maximumOperands)", index)
            }
            guard (operands + constants) * 4 + weights <= end - position else { throw wrong("it is cut off", index) }
            var instruction = Instruction(operation, [])
            for _ in 0..<operands { instruction.operands.append(Int32(truncatingIfNeeded: next() ?? 0)) }
            guard let readConstants = Numbers<Int32>.read(bytes, at: position, constants),
                let readWeights = Numbers<Int8>.read(bytes, at: position + 4 * constants, weights)
            else { throw .noMemory }
            instruction.constants = readConstants
            instruction.weights = readWeights
            position = min(position + 4 * constants + (weights + 3) / 4 * 4, end)
            program.instructions.append(instruction)
        }
        var check = ProgramCheck(program)
        try check.run()
        return program
    }
}
