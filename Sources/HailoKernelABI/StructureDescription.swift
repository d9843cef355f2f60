package import HailoBase
internal import CHailoKernel

/// The structures of the driver's requests as JSON members. `FirmwareControl.Content` is what a control holds.
package enum StructureDescription {
    /// What the caller passed in, before the call.
    package static func input(of request: UInt32, _ argument: UnsafeMutableRawPointer?, into json: inout JSONWriter) {
        guard let argument else { return }
        switch request {
        case HAILO_VDMA_ENABLE_CHANNELS:
            let call = argument.assumingMemoryBound(to: hailo_vdma_enable_channels_params.self).pointee
            bitmap(call.channels_bitmap_per_engine, into: &json)
            json.number("timestamps", call.enable_timestamps_measure ? 1 : 0)
        case HAILO_VDMA_DISABLE_CHANNELS:
            let call = argument.assumingMemoryBound(to: hailo_vdma_disable_channels_params.self).pointee
            bitmap(call.channels_bitmap_per_engine, into: &json)
        case HAILO_VDMA_INTERRUPTS_WAIT, HAILO_4_20_VDMA_INTERRUPTS_WAIT:
            // Both structures begin with the bitmap.
            let call = argument.assumingMemoryBound(to: hailo_vdma_disable_channels_params.self)
            bitmap(call.pointee.channels_bitmap_per_engine, into: &json)
        case HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS:
            let call = argument.assumingMemoryBound(to: hailo_vdma_interrupts_read_timestamp_params.self)
            json.number("engine", call.pointee.engine_index)
            json.number("channel", call.pointee.channel_index)
        case HAILO_VDMA_BUFFER_MAP:
            let call = argument.assumingMemoryBound(to: hailo_vdma_buffer_map_params.self).pointee
            json.string("user_address", call.user_address.hexadecimal)
            json.number("size", call.size)
            json.number("direction", call.data_direction)
            json.number("buffer_type", call.buffer_type)
            json.string("allocated_buffer_handle", call.allocated_buffer_handle.hexadecimal)
        case HAILO_VDMA_BUFFER_UNMAP:
            let call = argument.assumingMemoryBound(to: hailo_vdma_buffer_unmap_params.self).pointee
            json.number("mapped_handle", call.mapped_handle)
        case HAILO_VDMA_BUFFER_SYNC:
            let call = argument.assumingMemoryBound(to: hailo_vdma_buffer_sync_params.self).pointee
            json.number("handle", call.handle)
            json.number("sync_type", call.sync_type)
            json.number("offset", call.offset)
            json.number("count", call.count)
        case HAILO_DESC_LIST_CREATE:
            let call = argument.assumingMemoryBound(to: hailo_desc_list_create_params.self).pointee
            json.number("desc_count", call.desc_count)
            json.number("desc_page_size", call.desc_page_size)
            json.number("is_circular", call.is_circular ? 1 : 0)
        case HAILO_DESC_LIST_RELEASE:
            let call = argument.assumingMemoryBound(to: hailo_desc_list_release_params.self).pointee
            json.string("desc_handle", call.desc_handle.hexadecimal)
        case HAILO_DESC_LIST_PROGRAM:
            program(argument.assumingMemoryBound(to: hailo_desc_list_program_params.self).pointee, into: &json)
        case HAILO_4_20_DESC_LIST_PROGRAM:
            program(argument.assumingMemoryBound(to: hailo_4_20_desc_list_program_params.self).pointee, into: &json)
        case HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC, HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC:
            // Both structures begin with the size.
            let call = argument.assumingMemoryBound(to: hailo_allocate_low_memory_buffer_params.self).pointee
            json.number("buffer_size", call.buffer_size)
        case HAILO_VDMA_LOW_MEMORY_BUFFER_FREE, HAILO_VDMA_CONTINUOUS_BUFFER_FREE:
            let call = argument.assumingMemoryBound(to: hailo_free_low_memory_buffer_params.self).pointee
            json.string("buffer_handle", call.buffer_handle.hexadecimal)
        case HAILO_VDMA_LAUNCH_TRANSFER:
            launch(argument.assumingMemoryBound(to: hailo_vdma_launch_transfer_params.self), into: &json)
        case HAILO_4_20_VDMA_LAUNCH_TRANSFER:
            launch(argument.assumingMemoryBound(to: hailo_4_20_vdma_launch_transfer_params.self), into: &json)
        case HAILO_READ_LOG:
            let call = argument.assumingMemoryBound(to: hailo_read_log_params.self)
            json.number("cpu_id", call.pointee.cpu_id)
            json.number("buffer_size", call.pointee.buffer_size)
        case HAILO_WRITE_ACTION_LIST:
            let call = argument.assumingMemoryBound(to: hailo_write_action_list_params.self).pointee
            json.number("size", call.size)
        default:
            break
        }
    }

    /// What the driver answered.
    package static func output(
        of request: UInt32, _ argument: UnsafeMutableRawPointer?, result: Int, into json: inout JSONWriter
    ) {
        guard let argument, result >= 0 else { return }
        switch request {
        case HAILO_QUERY_DRIVER_INFO:
            let answer = argument.assumingMemoryBound(to: hailo_driver_info.self).pointee
            let version = Version(answer.major_version, answer.minor_version, answer.revision_version)
            json.string("version", version.description)
        case HAILO_QUERY_DEVICE_PROPERTIES:
            let answer = argument.assumingMemoryBound(to: hailo_device_properties.self).pointee
            json.number("desc_max_page_size", answer.desc_max_page_size)
            json.number("board_type", answer.board_type)
            json.number("allocation_mode", answer.allocation_mode)
            json.number("dma_type", answer.dma_type)
            json.number("dma_engines_count", answer.dma_engines_count)
            json.number("is_fw_loaded", answer.is_fw_loaded ? 1 : 0)
        case HAILO_VDMA_INTERRUPTS_WAIT:
            interrupts(argument.assumingMemoryBound(to: hailo_vdma_interrupts_wait_params.self), into: &json)
        case HAILO_4_20_VDMA_INTERRUPTS_WAIT:
            interrupts(argument.assumingMemoryBound(to: hailo_4_20_vdma_interrupts_wait_params.self), into: &json)
        case HAILO_4_20_VDMA_LAUNCH_TRANSFER:
            let answer = argument.assumingMemoryBound(to: hailo_4_20_vdma_launch_transfer_params.self)
            json.number("descs_programed", answer.pointee.descs_programed)
            json.number("launch_transfer_status", answer.pointee.launch_transfer_status)
        case HAILO_VDMA_INTERRUPTS_READ_TIMESTAMPS:
            let answer = argument.assumingMemoryBound(to: hailo_vdma_interrupts_read_timestamp_params.self)
            json.number("count", answer.pointee.timestamps_count)
        case HAILO_VDMA_BUFFER_MAP:
            let answer = argument.assumingMemoryBound(to: hailo_vdma_buffer_map_params.self).pointee
            json.number("mapped_handle", answer.mapped_handle)
        case HAILO_DESC_LIST_CREATE:
            let answer = argument.assumingMemoryBound(to: hailo_desc_list_create_params.self).pointee
            json.string("desc_handle", answer.desc_handle.hexadecimal)
            json.string("dma_address", answer.dma_address.hexadecimal)
        case HAILO_VDMA_LOW_MEMORY_BUFFER_ALLOC:
            let answer = argument.assumingMemoryBound(to: hailo_allocate_low_memory_buffer_params.self).pointee
            json.string("buffer_handle", answer.buffer_handle.hexadecimal)
        case HAILO_VDMA_CONTINUOUS_BUFFER_ALLOC:
            let answer = argument.assumingMemoryBound(to: hailo_allocate_continuous_buffer_params.self).pointee
            json.string("buffer_handle", answer.buffer_handle.hexadecimal)
            json.string("dma_address", answer.dma_address.hexadecimal)
        case HAILO_MARK_AS_IN_USE:
            let answer = argument.assumingMemoryBound(to: hailo_mark_as_in_use_params.self).pointee
            json.number("in_use", answer.in_use ? 1 : 0)
        case HAILO_READ_LOG:
            json.number("read_bytes", argument.assumingMemoryBound(to: hailo_read_log_params.self).pointee.read_bytes)
        default:
            break
        }
    }

    // MARK: Parts

    private static func bitmap(_ engines: (UInt32, UInt32, UInt32), into json: inout JSONWriter) {
        json.array("bitmap") { list in
            list.number(nil, engines.0)
            list.number(nil, engines.1)
            list.number(nil, engines.2)
        }
    }

    private static func program(_ call: hailo_desc_list_program_params, into json: inout JSONWriter) {
        json.number("buffer_handle", call.buffer_handle)
        json.number("buffer_size", call.buffer_size)
        json.number("buffer_offset", call.buffer_offset)
        json.number("batch_size", call.batch_size)
        json.string("desc_handle", call.desc_handle.hexadecimal)
        json.number("channel_index", call.channel_index)
        json.number("starting_desc", call.starting_desc)
        json.number("should_bind", call.should_bind ? 1 : 0)
        json.number("last_interrupts_domain", call.last_interrupts_domain)
        json.number("is_debug", call.is_debug ? 1 : 0)
        json.number("stride", call.stride)
    }

    private static func program(_ call: hailo_4_20_desc_list_program_params, into json: inout JSONWriter) {
        json.number("buffer_handle", call.buffer_handle)
        json.number("buffer_size", call.buffer_size)
        json.number("buffer_offset", call.buffer_offset)
        json.string("desc_handle", call.desc_handle.hexadecimal)
        json.number("channel_index", call.channel_index)
        json.number("starting_desc", call.starting_desc)
        json.number("should_bind", call.should_bind ? 1 : 0)
        json.number("last_interrupts_domain", call.last_interrupts_domain)
        json.number("is_debug", call.is_debug ? 1 : 0)
    }

    private static func launch(
        _ call: UnsafeMutablePointer<hailo_vdma_launch_transfer_params>, into json: inout JSONWriter
    ) {
        json.number("engine_index", call.pointee.engine_index)
        json.number("channel_index", call.pointee.channel_index)
        json.string("desc_handle", call.pointee.desc_handle.hexadecimal)
        json.number("starting_desc", call.pointee.starting_desc)
        json.number("should_bind", call.pointee.should_bind ? 1 : 0)
        let count = min(Int(call.pointee.buffers_count), Int(HAILO_MAX_BUFFERS_PER_SINGLE_TRANSFER))
        json.array("buffers") { list in
            withUnsafeBytes(of: &call.pointee.buffers) { raw in
                for buffer in raw.bindMemory(to: hailo_vdma_transfer_buffer.self).prefix(count) {
                    list.object { entry in
                        entry.number("type", buffer.buffer_type)
                        entry.string("addr", buffer.addr_or_fd.hexadecimal)
                        entry.number("size", buffer.size)
                    }
                }
            }
        }
        json.number("first_interrupts_domain", call.pointee.first_interrupts_domain)
        json.number("last_interrupts_domain", call.pointee.last_interrupts_domain)
        json.number("is_debug", call.pointee.is_debug ? 1 : 0)
    }

    private static func launch(
        _ call: UnsafeMutablePointer<hailo_4_20_vdma_launch_transfer_params>, into json: inout JSONWriter
    ) {
        json.number("engine_index", call.pointee.engine_index)
        json.number("channel_index", call.pointee.channel_index)
        json.string("desc_handle", call.pointee.desc_handle.hexadecimal)
        json.number("starting_desc", call.pointee.starting_desc)
        json.number("should_bind", call.pointee.should_bind ? 1 : 0)
        let count = min(Int(call.pointee.buffers_count), Int(HAILO_4_20_MAX_BUFFERS_PER_SINGLE_TRANSFER))
        json.array("buffers") { list in
            withUnsafeBytes(of: &call.pointee.buffers) { raw in
                for buffer in raw.bindMemory(to: hailo_4_20_vdma_transfer_buffer.self).prefix(count) {
                    list.object { entry in
                        entry.number("handle", buffer.mapped_buffer_handle)
                        entry.number("offset", buffer.offset)
                        entry.number("size", buffer.size)
                    }
                }
            }
        }
        json.number("first_interrupts_domain", call.pointee.first_interrupts_domain)
        json.number("last_interrupts_domain", call.pointee.last_interrupts_domain)
        json.number("is_debug", call.pointee.is_debug ? 1 : 0)
    }

    private static func interrupts(
        _ call: UnsafeMutablePointer<hailo_vdma_interrupts_wait_params>, into json: inout JSONWriter
    ) {
        let count = Int(call.pointee.channels_count)
        json.array("irq") { list in
            withUnsafeBytes(of: &call.pointee.irq_data) { raw in
                for channel in raw.bindMemory(to: hailo_vdma_interrupts_channel_data.self).prefix(count) {
                    list.array { entry in
                        entry.number(nil, channel.engine_index)
                        entry.number(nil, channel.channel_index)
                        entry.number(nil, channel.data)
                    }
                }
            }
        }
    }

    private static func interrupts(
        _ call: UnsafeMutablePointer<hailo_4_20_vdma_interrupts_wait_params>, into json: inout JSONWriter
    ) {
        let count = Int(call.pointee.channels_count)
        json.array("irq") { list in
            withUnsafeBytes(of: &call.pointee.irq_data) { raw in
                for channel in raw.bindMemory(to: hailo_4_20_vdma_interrupts_channel_data.self).prefix(count) {
                    list.array { entry in
                        entry.number(nil, channel.engine_index)
                        entry.number(nil, channel.channel_index)
                        entry.number(nil, channel.is_active)
                        entry.number(nil, channel.transfers_completed)
                        entry.number(nil, channel.host_error)
                        entry.number(nil, channel.device_error)
                        entry.number(nil, channel.validation_success)
                    }
                }
            }
        }
    }
}
