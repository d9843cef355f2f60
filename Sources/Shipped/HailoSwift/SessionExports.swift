internal import HailoBase
internal import HailoCInterface
internal import HailoFormats
public import CHailoSwift
internal import Hailo

@_cdecl("hailoswift_session_create") @implementation
public func hailoswift_session_create(
    _ device: OpaquePointer!, _ model: OpaquePointer!, _ options: UnsafePointer<hailoswift_session_options>!,
    _ session: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(device, .device, as: Device.self)
        try createSession(model, options, session) { model, options throws(HailoError) in
            try opened.configure(model, options: options)
        }
    }
}

/// What sessions on a device and on a group have in common.
func createSession(
    _ model: OpaquePointer?, _ options: UnsafePointer<hailoswift_session_options>?,
    _ session: UnsafeMutablePointer<OpaquePointer?>?,
    _ configure: (Model, Session.Options) throws(HailoError) -> Session
) throws(HailoError) {
    let loaded = try HandleTable.shared.object(model, .model, as: Model.self)
    let target = try required(session, "session")
    let chosen = try options.map(imported) ?? Session.Options()
    target.pointee = HandleTable.shared.insert(try configure(loaded, chosen), kind: .session)
}

private let maximumNetworkBatches = 255

private func imported(
    _ pointer: UnsafePointer<hailoswift_session_options>
) throws(HailoError) -> Session.Options {
    let raw = try GrowingStruct.read(
        pointer, defaults: hailoswift_session_options(),
        // Without the scheduling, as it was at first.
        smallest: MemoryLayout<hailoswift_session_options>.size - MemoryLayout<UnsafeRawPointer>.size, "options")
    var options = Session.Options()
    if let group = raw.group { options.group = try required(group, "options.group") }
    options.batchSize = raw.batch_size
    guard let mode = Session.Options.PowerMode(rawValue: raw.power_mode) else {
        throw HailoError(
            .invalidArgument,
            "options.power_mode is \(raw.power_mode); it takes 0 (performance) or 1 (ultra performance)")
    }
    options.powerMode = mode
    if let scheduling = raw.scheduling { options.scheduling = try imported(scheduling) }
    guard raw.network_batch_count != 0 else { return options }
    // A group has no more networks than that by far.
    guard (1...maximumNetworkBatches).contains(raw.network_batch_count) else {
        throw HailoError(
            .invalidArgument,
            "options.network_batch_count is \(UInt(bitPattern: raw.network_batch_count)); it takes up to \(maximumNetworkBatches)"
        )
    }
    guard let batches = raw.network_batches else {
        throw HailoError(
            .invalidArgument,
            "options.network_batches is NULL, but options.network_batch_count is \(UInt(bitPattern: raw.network_batch_count))"
        )
    }
    for index in 0..<raw.network_batch_count {
        guard let network = batches[index].network else {
            throw HailoError(.invalidArgument, "options.network_batches[\(index)].network is NULL")
        }
        options.networkBatchSizes.append(
            (try required(network, "options.network_batches[].network"), batches[index].batch_size))
    }
    return options
}

private func imported(_ pointer: UnsafePointer<hailoswift_scheduling>) throws(HailoError) -> Session.Scheduling {
    let raw = try GrowingStruct.read(
        pointer, defaults: hailoswift_scheduling(), smallest: MemoryLayout<hailoswift_scheduling>.size, "scheduling")
    var scheduling = Session.Scheduling()
    scheduling.priority = raw.priority
    scheduling.threshold = raw.threshold
    scheduling.timeoutMilliseconds = raw.timeout_ms
    return scheduling
}

@_cdecl("hailoswift_session_set_scheduling") @implementation
public func hailoswift_session_set_scheduling(
    _ session: OpaquePointer!, _ scheduling: UnsafePointer<hailoswift_scheduling>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        guard let scheduling else { throw HailoError(.invalidArgument, "argument scheduling is NULL") }
        try created.setScheduling(try imported(scheduling))
    }
}

@_cdecl("hailoswift_session_get_scheduling") @implementation
public func hailoswift_session_get_scheduling(
    _ session: OpaquePointer!, _ scheduling: UnsafeMutablePointer<hailoswift_scheduling>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let target = try required(scheduling, "scheduling")
        let chosen = try created.scheduling
        var value = hailoswift_scheduling()
        value.priority = chosen.priority
        value.threshold = chosen.threshold
        value.timeout_ms = chosen.timeoutMilliseconds
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_scheduling>.size, "scheduling")
    }
}

@_cdecl("hailoswift_session_get_statistics") @implementation
public func hailoswift_session_get_statistics(
    _ session: OpaquePointer!, _ statistics: UnsafeMutablePointer<hailoswift_session_statistics>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let target = try required(statistics, "statistics")
        let counted = created.statistics
        var value = hailoswift_session_statistics()
        value.frames = counted.frames
        value.turns = counted.turns
        value.busy_ns = counted.busyNanoseconds
        value.waiting_ns = counted.waitingNanoseconds
        value.elapsed_ns = counted.elapsedNanoseconds
        value.frames_in_flight = UInt32(clamping: counted.framesInFlight)
        try GrowingStruct.write(
            value, to: target, smallest: MemoryLayout<hailoswift_session_statistics>.size, "statistics")
    }
}

@_cdecl("hailoswift_session_activate") @implementation
public func hailoswift_session_activate(_ session: OpaquePointer!, _ batchSize: UInt32) -> Int32 {
    call { () throws(HailoError) in
        try HandleTable.shared.object(session, .session, as: Session.self).activate(batchSize: batchSize)
    }
}

@_cdecl("hailoswift_session_deactivate") @implementation
public func hailoswift_session_deactivate(_ session: OpaquePointer!) -> Int32 {
    call { () throws(HailoError) in
        try HandleTable.shared.object(session, .session, as: Session.self).deactivate()
    }
}

@_cdecl("hailoswift_session_get_info") @implementation
public func hailoswift_session_get_info(
    _ session: OpaquePointer!, _ info: UnsafeMutablePointer<hailoswift_session_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let target = try required(info, "info")
        let summary = created.info
        var value = hailoswift_session_info()
        copy(summary.group, to: &value.group)
        value.batch_size = summary.batchSize
        value.is_active = created.isActive ? 1 : 0
        value.input_channel_count = UInt32(clamping: summary.inputChannels)
        value.output_channel_count = UInt32(clamping: summary.outputChannels)
        value.context_count = UInt32(clamping: summary.contexts)
        let counts = (try? created.portCounts) ?? (inputs: 0, outputs: 0)
        value.input_count = UInt32(clamping: counts.inputs)
        value.output_count = UInt32(clamping: counts.outputs)
        value.queue_depth = UInt32(clamping: summary.queueDepth)
        value.dma_bytes = UInt64(clamping: summary.dmaBytes)
        value.data_origin = summary.dataOrigin.rawValue
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_session_info>.size, "info")
    }
}

@_cdecl("hailoswift_session_get_port") @implementation
public func hailoswift_session_get_port(
    _ session: OpaquePointer!, _ direction: Int32, _ index: Int, _ info: UnsafeMutablePointer<hailoswift_port_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let isOutput = try imported(direction) == .output
        let port = try element(
            isOutput ? try created.outputs : try created.inputs, index, isOutput ? "outputs" : "inputs")
        let target = try required(info, "info")
        var value = hailoswift_port_info()
        copy(port.name, to: &value.name)
        value.direction = direction
        value.format = hailoswift_format(
            type: Int32(bitPattern: port.format.type.rawValue), order: Int32(bitPattern: port.format.order.rawValue),
            is_transposed: 0)
        value.frame_size = UInt64(clamping: port.frameSize)
        if let boxes = port.boxes {
            value.is_boxes = 1
            value.boxes = hailoswift_boxes(
                classes: boxes.classes, max_per_class: boxes.maximumPerClass, max_total: boxes.maximumTotal,
                max_mask_size: boxes.maximumMaskBytes)
            (value.picture_height, value.picture_width) = (boxes.pictureHeight, boxes.pictureWidth)
        }
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_port_info>.size, "info")
    }
}

@_cdecl("hailoswift_session_set_format") @implementation
public func hailoswift_session_set_format(
    _ session: OpaquePointer!, _ direction: Int32, _ name: UnsafePointer<CChar>!, _ type: Int32, _ order: Int32
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let direction = try imported(direction)
        let name = try required(name, "name")
        guard let hostType = NumberType(rawValue: UInt32(bitPattern: type)) else {
            throw HailoError(.invalidArgument, "type is \(type); it takes 0 to 3")
        }
        guard let hostOrder = UInt32(exactly: order) else {
            throw HailoError(.invalidArgument, "order is \(order); it takes one of the HAILOSWIFT_ORDER_ constants")
        }
        try created.setFormat(type: hostType, order: Order(rawValue: hostOrder), of: direction, named: name)
    }
}

@_cdecl("hailoswift_session_release") @implementation
public func hailoswift_session_release(_ session: OpaquePointer!) {
    guard let session = release(session, .session) as? Session, session.inFlight.jobs == 0 else { return }
    // The thread that has ended the last job may hold the session for another moment, while the caller may want the device
    // for another group at once.
    try? session.close()
}
