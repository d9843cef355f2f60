internal import Base

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
    package static func isProgram(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        guard bytes.count >= 4 else { return false }
        return Array(bytes.prefix(4)).littleEndian(UInt32.self, at: 0) == magic
    }

    /// Reads a program and checks that it can be run. What follows it is left alone.
    package static func decode(_ bytes: [UInt8]) throws(ProgramFailure) -> Program {
        func wrong(_ reason: String, _ instruction: Int? = nil) -> ProgramFailure {
            ProgramFailure(instruction, reason)
        }
        guard bytes.littleEndian(UInt32.self, at: 0) == magic else { throw wrong("it does not begin with \"HSCP\"") }
        guard let version = bytes.littleEndian(UInt32.self, at: 4), let size = bytes.littleEndian(UInt32.self, at: 8),
            let tensors = bytes.littleEndian(UInt32.self, at: 12),
            let instructions = bytes.littleEndian(UInt32.self, at: 16)
        else { throw wrong("its header is cut off") }
        guard version == Program.version else { throw wrong("it has version \(version), known is \(Program.version)") }
        guard Int(size) <= bytes.count, Int(size) >= headerSize else {
            throw wrong("it shall have \(counted(size, "byte")), but \(bytes.count) are there")
        }
        guard tensors <= mostTensors, instructions <= mostInstructions else {
            throw wrong("it has \(counted(tensors, "tensor")) and \(counted(instructions, "instruction")); \(mostTensors) can be")
        }
        var program = Program()
        var position = headerSize
        let end = Int(size)
        func number() -> Int? {
            guard position + 4 <= end, let value = bytes.littleEndian(UInt32.self, at: position) else { return nil }
            position += 4
            return Int(value)
        }
        for _ in 0..<tensors {
            guard let height = number(), let width = number(), let features = number() else {
                throw wrong("its list of tensors is cut off")
            }
            program.tensors.append(Extent(height, width, features))
        }
        for index in 0..<Int(instructions) {
            guard let kind = number(), let constants = number(), let weights = number() else {
                throw wrong("it is cut off", index)
            }
            guard let operation = Instruction.Operation(rawValue: UInt16(truncatingIfNeeded: kind)) else {
                throw wrong("there is no operation \(kind & 0xffff)", index)
            }
            let operands = kind >> 16
            guard (operands + constants) * 4 + weights <= end - position else { throw wrong("it is cut off", index) }
            var instruction = Instruction(operation, [])
            for _ in 0..<operands { instruction.operands.append(Int32(truncatingIfNeeded: number() ?? 0)) }
            for _ in 0..<constants { instruction.constants.append(Int32(truncatingIfNeeded: number() ?? 0)) }
            instruction.weights = bytes[position..<position + weights].map { Int8(bitPattern: $0) }
            position = min(position + (weights + 3) / 4 * 4, end)
            program.instructions.append(instruction)
        }
        var check = ProgramCheck(program)
        try check.run()
        return program
    }
}
