internal import HailoBase

/// What a file makes use of. Files say so by extensions; those of header version 0 by a few flags.
package struct Features: Equatable, Sendable {
    package let paddedDDRBuffers: Bool
    package let multipleNetworks: Bool
    package let multipleContexts: Bool
    package let preliminaryRunsAsap: Bool
    package let netFlow: Bool
    package let dualDirectionStreams: Bool
    package let nmsBursts: Bool
    package let scalePerFeature: Bool
    /// Files without this run with firmware up to 4.20 only.
    package let hostCalculatesPeriphery: Bool
    package let hardwarePadding: Bool
    package let batchRegisterConfiguration: Bool
    package let sharedConfiguration: Bool

    /// The names of extensions by number.
    private static let names: [StaticString] = [
        "ABBALE", "POSTED_WRITES", "DDR", "PADDED_DDR_BUFFERS", "IS_MULTI_CONTEXTS", "COMPRESSED_PARAMS",
        "TRANSPOSE_COMPONENT", "TEST_ONE", "MULTI_NETWORK_VARIABLE_BATCH_SIZE", "IS_NMS_MULTI_CONTEXT",
        "OFFLOAD_ARGMAX",
        "HW_PADDING", "KO_RUN_ASAP", "HAILO_NET_FLOW", "HAILO_NET_FLOW_YOLOV5_NMS", "HAILO_NET_FLOW_YOLOX_NMS",
        "HAILO_NET_FLOW_SSD_NMS", "HAILO_NET_FLOW_IOU_NMS", "WRITE_DATA_BY_TYPE", "NMS_OUTPUT_BURST",
        "DUAL_DIRECTION_STREAM_INDEX", "HAILO_NET_FLOW_ARGMAX", "HAILO_NET_FLOW_SOFTMAX", "ALIGNED_FORMAT_TYPE",
        "HAILO_NET_FLOW_YOLOV5_SEG_NMS", "OUTPUT_SCALE_PER_FEATURE", "PERIPH_CALCULATION_IN_HAILORT",
        "HAILO_NET_FLOW_YOLOV8_NMS", "BATCH_REGISTER_CONFIG", "HAILO_NET_FLOW_BBOX_DECODING", "CCW_PTR_SQUEEZE",
        "EXTERNAL_RESOURCES", "SHARED_CONFIG",
    ]

    /// TEST_ONE, and the one that belongs among the optional extensions.
    private static let unsupported: [UInt32] = [7, 8]

    init(_ message: HefMessage) {
        let usesExtensions = message.header.version > 0
        func has(_ index: UInt32) -> Bool { usesExtensions && message.extensions.contains { $0.typeIndex == index } }
        func hasOptional(_ index: UInt32) -> Bool {
            usesExtensions && message.optionalExtensions.contains { $0.typeIndex == index }
        }
        paddedDDRBuffers = usesExtensions ? has(3) : message.includedFeatures.paddedDDRBuffers
        multipleContexts = usesExtensions ? has(4) : message.includedFeatures.isMultiContext
        multipleNetworks = hasOptional(8)
        hardwarePadding = hasOptional(11)
        preliminaryRunsAsap = has(12)
        netFlow = has(13)
        nmsBursts = has(19)
        dualDirectionStreams = has(20)
        scalePerFeature = has(25)
        hostCalculatesPeriphery = has(26)
        batchRegisterConfiguration = has(28)
        sharedConfiguration = has(32)
    }

    /// Refuses files that need something nobody here can do. Comes last: what is wrong with the contents goes first.
    func check(_ message: HefMessage) throws(HailoError) {
        for entry in message.extensions {
            guard entry.typeIndex >= UInt32(Features.names.count) || Features.unsupported.contains(entry.typeIndex)
            else { continue }
            let name =
                entry.typeIndex < UInt32(Features.names.count)
                ? "\(Features.names[Int(entry.typeIndex)])" : entry.name.isEmpty ? "without a name" : entry.name
            throw HailoError(
                .hefUnsupported,
                "the file needs extension \(entry.typeIndex) (\(name)), which this library does not support; compile the model "
                    + "with a version of the Dataflow Compiler for the Hailo-8 family (3.x)")
        }
    }
}
