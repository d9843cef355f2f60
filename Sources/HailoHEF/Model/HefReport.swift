internal import HailoBase
internal import HailoFormats

/// A HEF file as JSON: groups, networks, streams and tensors with all their properties.
extension HefFile {
    package func report() -> String {
        var json = JSONWriter()
        json.object { file in
            file.string("arch", architecture.name)
            file.string("compiler", compilerVersion)
            file.string("hash", container.hash)
            file.number("header_version", container.version)
            file.object("external_resources") { list in
                for resource in externalResources { list.number(resource.name.text, resource.size) }
            }
            file.array("groups") { list in
                for group in groups { list.object { HefFile.write(group, into: &$0) } }
            }
        }
        return json.text
    }

    private static func write(_ group: NetworkGroup, into json: inout JSONWriter) {
        json.string("name", group.name.text)
        json.strings("networks", group.networkNames)
        json.strings("sorted_outputs", group.sortedOutputs)
        json.number("contexts", group.coreOp.contexts.count)
        json.boolean("multi_context", group.firstInFile.contexts.count > 1)
        json.number("fps", group.firstInFile.bottleneckFPS)
        json.array("cluster_layouts") { list in
            for layout in group.layouts where layout.clusters != NetworkGroup.anyClusters {
                list.number(nil, layout.clusters)
            }
        }
        write(nil, of: group, into: &json)
        json.array("by_network") { list in
            for network in group.networkNames {
                list.object { entry in
                    entry.string("query", network.text)
                    write(network, of: group, into: &entry)
                }
            }
        }
        json.object("names") { names in
            names.object("stream_to_vstreams") { map in
                for stream in group.inputStreams() + group.outputStreams() {
                    map.strings(stream.name.text, group.tensorNames(ofStream: stream.name))
                }
            }
            let tensors = group.inputs() + group.outputs()
            names.object("vstream_to_streams") { map in
                for tensor in tensors { map.strings(tensor.name.text, group.streamNames(ofTensor: tensor.name)) }
            }
            names.object("vstream_originals") { map in
                for tensor in tensors { map.strings(tensor.name.text, group.originalNames(ofTensor: tensor.name)) }
            }
        }
        json.array("post_processing") { list in
            for op in group.postOps {
                list.object { entry in
                    entry.string("kind", "\(op.name)")
                    entry.string("output", op.output.name.text)
                    entry.strings("inputs", op.inputs.map { $0.name })
                }
            }
        }
    }

    private static func write(_ network: Name?, of group: NetworkGroup, into json: inout JSONWriter) {
        json.array("streams") { list in
            for stream in group.inputStreams(of: network) + group.outputStreams(of: network) {
                list.object { write(stream, into: &$0) }
            }
        }
        json.array("vstreams") { list in
            for tensor in group.inputs(of: network) + group.outputs(of: network) {
                list.object { write(tensor, into: &$0) }
            }
        }
    }

    private static func write(_ stream: Layer, into json: inout JSONWriter) {
        json.string("name", stream.name.text)
        json.string("direction", stream.direction == .input ? "h2d" : "d2h")
        json.number("index", stream.stream)
        json.boolean("is_mux", stream.isMux)
        if let nms = stream.nms {
            json.object("nms") { object in
                object.number("classes", nms.classes)
                object.number("max_bboxes_per_class", nms.maxBoxesPerClass)
                object.number("max_bboxes_total", nms.maxBoxesTotal)
                object.number("bbox_size", nms.boxSize)
                object.number("chunks_per_frame", nms.chunksPerFrame)
                object.boolean("is_defused", nms.isDefused)
                object.number("class_group_index", nms.classGroup)
                object.string("original_name", nms.originalName.text)
                object.number("burst_size", nms.burstSize)
                object.number("burst_type", nms.burstType.rawValue)
            }
        } else {
            json.shape("shape", stream.shape)
            json.shape("hw_shape", stream.hardwareShape)
        }
        json.number("hw_data_bytes", stream.dataBytes)
        json.number("hw_frame_size", stream.hardwareFrameSize)
        json.format(stream.format)
        json.quantization(stream.quantization)
    }

    private static func write(_ tensor: Tensor, into json: inout JSONWriter) {
        json.string("name", tensor.name.text)
        json.string("network", tensor.networkName.text)
        json.string("direction", tensor.direction == .input ? "h2d" : "d2h")
        json.format(tensor.format)
        switch tensor.extent {
        case .shape(let shape): json.shape("shape", shape)
        case .boxes(let boxes):
            json.object("nms") { object in
                object.number("classes", boxes.classes)
                object.number("max_bboxes_per_class", boxes.maximumPerClass)
                object.number("max_bboxes_total", boxes.maximumTotal)
                object.number("max_accumulated_mask_size", boxes.maximumMaskBytes)
            }
        }
        json.number("frame_size", tensor.frameSize)
        json.number("frame_size_float32", tensor.frameSize(.float32))
        json.quantization(tensor.quantization)
    }
}

extension JSONWriter {
    fileprivate mutating func strings(_ key: String, _ values: [Name]) {
        array(key) { list in for value in values { list.string(nil, value.text) } }
    }

    fileprivate mutating func shape(_ key: String, _ shape: Shape) {
        array(key) { list in
            list.number(nil, shape.height)
            list.number(nil, shape.width)
            list.number(nil, shape.features)
        }
    }

    fileprivate mutating func format(_ format: Format) {
        object("format") { object in
            object.string("type", format.type.name)
            object.string("order", format.order.name)
            object.number("order_id", format.order.rawValue)
            object.number("flags", format.flags)
        }
    }

    fileprivate mutating func quantization(_ quantization: Quantization) {
        object("quant") { object in
            object.number("zp", quantization.zeroPoint)
            object.number("scale", quantization.scale)
            object.number("min", quantization.minimum)
            object.number("max", quantization.maximum)
        }
    }
}
