package import HailoBase
package import HailoFormats

/// Compiles a network for the emulated core into a HEF file.
package enum NetworkCompiler {
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
