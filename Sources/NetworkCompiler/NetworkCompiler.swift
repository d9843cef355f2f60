package import Base

/// Compiles a network for the emulated core into a HEF file.
package enum NetworkCompiler {
    package enum Chip: Sendable {
        case hailo8, hailo8l

        /// What compilers number the chips by.
        var number: Int32 {
            switch self {
            case .hailo8: 1
            case .hailo8l: 3
            }
        }
    }

    package static func compile(
        _ description: NetworkDescription, _ arrays: NumpyArchive?, for chip: Chip
    ) throws(HailoError) -> [UInt8] {
        let lowering = try Lowering(description, arrays)
        let streams = StreamNumbers(lowering)
        var contexts: [CompiledContext] = []
        for number in 0..<lowering.contexts { contexts.append(try CompiledContext(number, of: lowering, streams)) }
        return try HefAssembly(lowering, contexts, chip).file()
    }
}
