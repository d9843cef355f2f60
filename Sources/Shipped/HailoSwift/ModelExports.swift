internal import HailoBase
internal import HailoCInterface
internal import HailoFormats
public import CHailoSwift
internal import HailoHEF
internal import Hailo

@_cdecl("hailoswift_model_load") @implementation
public func hailoswift_model_load(
    _ path: UnsafePointer<CChar>!, _ model: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let target = try required(model, "model")
        target.pointee = HandleTable.shared.insert(try Model.load(path: try required(path, "path")), kind: .model)
    }
}

@_cdecl("hailoswift_model_load_memory") @implementation
public func hailoswift_model_load_memory(
    _ bytes: UnsafeRawPointer!, _ size: Int, _ model: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let target = try required(model, "model")
        guard let bytes else { throw HailoError(.invalidArgument, "argument bytes is NULL") }
        guard size >= 0 else {
            throw HailoError(.invalidArgument, "argument size is \(UInt(bitPattern: size)), which is too large")
        }
        let loaded = try Model.load(borrowing: UnsafeRawBufferPointer(start: bytes, count: size))
        target.pointee = HandleTable.shared.insert(loaded, kind: .model)
    }
}

@_cdecl("hailoswift_model_release") @implementation
public func hailoswift_model_release(_ model: OpaquePointer!) {
    release(model, .model)
}

@_cdecl("hailoswift_model_get_info") @implementation
public func hailoswift_model_get_info(
    _ model: OpaquePointer!, _ info: UnsafeMutablePointer<hailoswift_model_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let file = try HandleTable.shared.object(model, .model, as: Model.self).file
        let target = try required(info, "info")
        var value = hailoswift_model_info()
        copy(file.architecture.name, to: &value.architecture)
        copy(file.compilerVersion, to: &value.compiler_version)
        copy(file.container.hash, to: &value.hash)
        value.header_version = file.container.version
        value.group_count = UInt32(clamping: file.groups.count)
        value.runs_on_hailo8 = file.architecture.runs(on: .hailo8) ? 1 : 0
        value.runs_on_hailo8l = file.architecture.runs(on: .hailo8l) ? 1 : 0
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_model_info>.size, "info")
    }
}

private func group(_ model: OpaquePointer?, _ index: Int) throws(HailoError) -> NetworkGroup {
    let groups = try HandleTable.shared.object(model, .model, as: Model.self).file.groups
    return try element(groups, index, "groups")
}

func imported(_ direction: Int32) throws(HailoError) -> Direction {
    guard let known = Direction(rawValue: direction) else {
        throw HailoError(.invalidArgument, "direction is \(direction); it takes 0 (input) or 1 (output)")
    }
    return known
}

@_cdecl("hailoswift_model_get_group") @implementation
public func hailoswift_model_get_group(
    _ model: OpaquePointer!, _ index: Int, _ info: UnsafeMutablePointer<hailoswift_group_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let group = try group(model, index)
        let target = try required(info, "info")
        var value = hailoswift_group_info()
        copy(group.name.text, to: &value.name)
        value.network_count = UInt32(clamping: group.networkNames.count)
        value.input_count = UInt32(clamping: group.inputs().count)
        value.output_count = UInt32(clamping: group.outputs().count)
        value.input_stream_count = UInt32(clamping: group.inputStreams().count)
        value.output_stream_count = UInt32(clamping: group.outputStreams().count)
        value.context_count = UInt32(clamping: group.coreOp.contexts.count)
        value.bottleneck_fps = group.firstInFile.bottleneckFPS
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_group_info>.size, "info")
    }
}

@_cdecl("hailoswift_model_get_network") @implementation
public func hailoswift_model_get_network(
    _ model: OpaquePointer!, _ groupIndex: Int, _ index: Int, _ info: UnsafeMutablePointer<hailoswift_network_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let name = try element(try group(model, groupIndex).networkNames, index, "networks")
        let target = try required(info, "info")
        var value = hailoswift_network_info()
        copy(name.text, to: &value.name)
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_network_info>.size, "info")
    }
}

@_cdecl("hailoswift_model_get_tensor") @implementation
public func hailoswift_model_get_tensor(
    _ model: OpaquePointer!, _ groupIndex: Int, _ direction: Int32, _ index: Int,
    _ info: UnsafeMutablePointer<hailoswift_tensor_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let group = try group(model, groupIndex)
        let tensors = try imported(direction) == .output ? group.outputs() : group.inputs()
        let tensor = try element(tensors, index, direction == 1 ? "outputs" : "inputs")
        let target = try required(info, "info")
        var value = hailoswift_tensor_info()
        copy(tensor.name.text, to: &value.name)
        copy(tensor.networkName.text, to: &value.network_name)
        value.direction = direction
        value.format = exported(tensor.format)
        switch tensor.extent {
        case .shape(let shape):
            value.shape = exported(shape)
        case .boxes(let boxes):
            value.is_boxes = 1
            value.boxes = hailoswift_boxes(
                classes: boxes.classes, max_per_class: boxes.maximumPerClass, max_total: boxes.maximumTotal,
                max_mask_size: boxes.maximumMaskBytes)
        }
        value.quantization = exported(tensor.quantization)
        value.frame_size = tensor.frameSize
        value.frame_size_float32 = tensor.frameSize(.float32)
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_tensor_info>.size, "info")
    }
}

@_cdecl("hailoswift_model_get_stream") @implementation
public func hailoswift_model_get_stream(
    _ model: OpaquePointer!, _ groupIndex: Int, _ direction: Int32, _ index: Int,
    _ info: UnsafeMutablePointer<hailoswift_stream_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let group = try group(model, groupIndex)
        let streams = try imported(direction) == .output ? group.outputStreams() : group.inputStreams()
        let stream = try element(streams, index, direction == 1 ? "output streams" : "input streams")
        let target = try required(info, "info")
        var value = hailoswift_stream_info()
        copy(stream.name.text, to: &value.name)
        copy(stream.networkName.text, to: &value.network_name)
        value.direction = direction
        value.index = UInt32(stream.stream)
        value.format = exported(stream.format)
        value.shape = exported(stream.shape)
        value.hardware_shape = exported(stream.hardwareShape)
        value.quantization = exported(stream.quantization)
        value.is_mux = stream.isMux ? 1 : 0
        value.hardware_data_bytes = stream.dataBytes
        value.hardware_frame_size = stream.hardwareFrameSize
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_stream_info>.size, "info")
    }
}

private func exported(_ format: Format) -> hailoswift_format {
    hailoswift_format(
        type: Int32(bitPattern: format.type.rawValue), order: Int32(bitPattern: format.order.rawValue),
        is_transposed: format.isTransposed ? 1 : 0)
}

private func exported(_ shape: Shape) -> hailoswift_shape {
    hailoswift_shape(height: shape.height, width: shape.width, features: shape.features)
}

private func exported(_ quantization: Quantization) -> hailoswift_quantization {
    hailoswift_quantization(
        zero_point: quantization.zeroPoint, scale: quantization.scale, minimum: quantization.minimum,
        maximum: quantization.maximum)
}
