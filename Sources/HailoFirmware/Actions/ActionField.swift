/// A parameter of a context-switch action: what it is called and how many bytes it takes.
package enum ActionField: Sendable {
    case channel, stream, network, direction
    case coreBytesPerBuffer, coreBuffersPerFrame, peripheryBytesPerBuffer, peripheryBuffersPerFrame
    case featurePadding, bufferPaddingPayload, bufferPadding, peripheryByHost, paddingInDataflow
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

    package var name: String { "\(layout.name)" }

    /// Bytes on the wire: 1, 2, 4 or 8, little endian.
    package var width: Int { layout.width }

    private var layout: (name: StaticString, width: Int) {
        switch self {
        case .channel: ("channel", 1)
        case .stream: ("stream", 1)
        case .network: ("network", 1)
        case .direction: ("direction", 1)
        case .coreBytesPerBuffer: ("core_bytes_per_buffer", 2)
        case .coreBuffersPerFrame: ("core_buffers_per_frame", 2)
        case .peripheryBytesPerBuffer: ("periph_bytes_per_buffer", 2)
        case .peripheryBuffersPerFrame: ("periph_buffers_per_frame", 2)
        case .featurePadding: ("feature_padding", 2)
        case .bufferPaddingPayload: ("buffer_padding_payload", 4)
        case .bufferPadding: ("buffer_padding", 2)
        case .peripheryByHost: ("periph_by_host", 1)
        case .paddingInDataflow: ("padding_in_dataflow", 1)
        case .bufferType: ("buffer_type", 1)
        case .listAddress: ("list", 8)
        case .pageSize: ("page_size", 2)
        case .descriptorCount: ("descriptors", 4)
        case .bytesInPattern: ("bytes_in_pattern", 4)
        case .initialCredit: ("initial_credit", 4)
        case .batchSize: ("batch_size", 2)
        case .fetchedDescriptors: ("descriptors", 2)
        case .configurationStream: ("config_stream", 1)
        case .cluster: ("cluster", 1)
        case .initialL3Cut: ("initial_l3_cut", 1)
        case .initialL3Offset: ("initial_l3_offset", 2)
        case .activeApus: ("active_apus", 4)
        case .activeInputAligners: ("active_input_aligners", 4)
        case .activeSubclusters: ("active_subclusters", 8)
        case .activeL2: ("active_l2", 8)
        case .l2Offset0: ("l2_offset_0", 8)
        case .l2Offset1: ("l2_offset_1", 8)
        case .frameSize: ("frame_size", 4)
        case .creditType: ("credit_type", 1)
        case .hostBufferType: ("host_buffer_type", 1)
        case .lcu: ("lcu", 1)
        case .kernelDoneAddress: ("kernel_done_address", 2)
        case .kernelDoneCount: ("kernel_done_count", 4)
        case .connectedChannel: ("connected_channel", 1)
        case .bufferedRows: ("buffered_rows", 4)
        case .checkHostEmpty: ("check_host_empty", 1)
        case .isDummy: ("is_dummy", 1)
        case .hostToDeviceChannel: ("h2d_channel", 1)
        case .deviceToHostChannel: ("d2h_channel", 1)
        case .descriptorsPerFrame: ("descriptors_per_frame", 4)
        case .programmedDescriptors: ("programmed_descriptors", 2)
        case .sequencer: ("sequencer", 1)
        case .isInterContext: ("is_inter_context", 1)
        case .module: ("module", 1)
        case .repetitions: ("count", 1)
        case .lastExecuted: ("last_executed", 1)
        case .repeatedKind: ("repeated_kind", 1)
        case .aggregator: ("aggregator", 1)
        case .predecessorBuffer: ("predecessor_buffer", 1)
        case .predecessorCluster: ("predecessor_cluster", 1)
        case .predecessorInterface: ("predecessor_interface", 1)
        case .successorBuffer: ("successor_buffer", 1)
        case .successorInterface: ("successor_interface", 1)
        case .bursts: ("bursts", 2)
        case .nmsUnit: ("nms_unit", 1)
        case .classes: ("classes", 2)
        case .burstSize: ("burst_size", 2)
        case .divisionFactor: ("division_factor", 1)
        case .address: ("address", 4)
        case .dataType: ("data_type", 1)
        case .data: ("data", 4)
        case .shift: ("shift", 1)
        case .mask: ("mask", 4)
        case .microseconds: ("microseconds", 4)
        }
    }
}
