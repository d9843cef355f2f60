/// A parameter of a context-switch action: what it is called and how many bytes it takes.
package enum ActionField: UInt8, Sendable {
    case channel, stream, network, direction
    case coreBytesPerBuffer, coreBuffersPerFrame, peripheryBytesPerBuffer, peripheryBuffersPerFrame
    case featurePadding, bufferPaddingPayload, bufferPadding, paddingInDataflow
    case bufferType, listAddress, pageSize, descriptorCount, bytesInPattern
    case initialCredit, batchSize
    case fetchedDescriptors, configurationStream
    case cluster, initialL3Cut, initialL3Offset, activeApus, activeInputAligners, activeSubclusters, activeL2
    case l2Offset0, l2Offset1
    case frameSize, creditType, hostBufferType
    case lcu, kernelDoneAddress, kernelDoneCount
    case connectedChannel, bufferedRows, checkHostEmpty, isDummy
    case hostToDeviceChannel, deviceToHostChannel, descriptorsPerFrame, programmedDescriptors
    case sequencer, isInterContext, module
    case repetitions, lastExecuted, repeatedKind
    case aggregator, predecessorBuffer, predecessorCluster, predecessorInterface, successorBuffer, successorInterface
    case bursts, nmsUnit, classes, burstSize, divisionFactor
    case address, dataType, data, shift, mask
    case microseconds

    package var name: String { "\(ActionField.table[Int(rawValue)].name)" }

    /// Bytes on the wire: 1, 2, 4 or 8, little endian.
    package var width: Int { ActionField.table[Int(rawValue)].width }

    /// In the order of the cases.
    private static let table: [(name: StaticString, width: Int)] = [
        ("channel", 1), ("stream", 1), ("network", 1), ("direction", 1),
        ("core_bytes_per_buffer", 2), ("core_buffers_per_frame", 2), ("periph_bytes_per_buffer", 2),
        ("periph_buffers_per_frame", 2),
        ("feature_padding", 2), ("buffer_padding_payload", 4), ("buffer_padding", 2), ("padding_in_dataflow", 1),
        ("buffer_type", 1), ("list", 8), ("page_size", 2), ("descriptors", 4), ("bytes_in_pattern", 4),
        ("initial_credit", 4), ("batch_size", 2),
        ("descriptors", 2), ("config_stream", 1),
        ("cluster", 1), ("initial_l3_cut", 1), ("initial_l3_offset", 2), ("active_apus", 4),
        ("active_input_aligners", 4), ("active_subclusters", 8), ("active_l2", 8),
        ("l2_offset_0", 8), ("l2_offset_1", 8),
        ("frame_size", 4), ("credit_type", 1), ("host_buffer_type", 1),
        ("lcu", 1), ("kernel_done_address", 2), ("kernel_done_count", 4),
        ("connected_channel", 1), ("buffered_rows", 4), ("check_host_empty", 1), ("is_dummy", 1),
        ("h2d_channel", 1), ("d2h_channel", 1), ("descriptors_per_frame", 4), ("programmed_descriptors", 2),
        ("sequencer", 1), ("is_inter_context", 1), ("module", 1),
        ("count", 1), ("last_executed", 1), ("repeated_kind", 1),
        ("aggregator", 1), ("predecessor_buffer", 1), ("predecessor_cluster", 1), ("predecessor_interface", 1),
        ("successor_buffer", 1), ("successor_interface", 1),
        ("bursts", 2), ("nms_unit", 1), ("classes", 2), ("burst_size", 2), ("division_factor", 1),
        ("address", 4), ("data_type", 1), ("data", 4), ("shift", 1), ("mask", 4),
        ("microseconds", 4),
    ]
}
