internal import CHailoKernel

/// Lets transfers go through channels of engine 0.
package struct EnableChannels: UniformRequest {
    package static let name: StaticString = "VDMA_ENABLE_CHANNELS"

    private let channels: UInt32
    private let measuresTime: Bool

    package init(_ channels: UInt32, timestamps: Bool) {
        self.channels = channels
        measuresTime = timestamps
    }

    package func perform(_ call: DriverCall) throws(DriverRefusal) {
        var parameters = hailo_vdma_enable_channels_params(
            channels_bitmap_per_engine: (channels, 0, 0), enable_timestamps_measure: measuresTime)
        try exchange(&parameters, HAILO_VDMA_ENABLE_CHANNELS, call)
    }
}

/// Stops channels. Transfers in flight are forgotten.
package struct DisableChannels: UniformRequest {
    package static let name: StaticString = "VDMA_DISABLE_CHANNELS"

    private let channels: UInt32

    package init(_ channels: UInt32) { self.channels = channels }

    package func perform(_ call: DriverCall) throws(DriverRefusal) {
        var parameters = hailo_vdma_disable_channels_params(channels_bitmap_per_engine: (channels, 0, 0))
        try exchange(&parameters, HAILO_VDMA_DISABLE_CHANNELS, call)
    }
}

/// A piece of the memory of a transfer.
package struct TransferPiece: Sendable {
    package let memory: MemoryReference
    /// The buffer that it was mapped as, and where it begins in that.
    package let mapping: UInt64
    package let offset: Int
    package let size: Int

    package init(_ memory: MemoryReference, mapping: UInt64, offset: Int, size: Int) {
        self.memory = memory
        self.mapping = mapping
        self.offset = offset
        self.size = size
    }

    /// Drivers from 4.21 on look for the mapping themselves.
    fileprivate var byAddress: hailo_vdma_transfer_buffer {
        let start = memory.advanced(by: offset)
        return hailo_vdma_transfer_buffer(buffer_type: start.type, addr_or_fd: start.value, size: UInt32(size))
    }

    fileprivate var byMapping: hailo_4_20_vdma_transfer_buffer {
        hailo_4_20_vdma_transfer_buffer(mapped_buffer_handle: mapping, offset: UInt32(offset), size: UInt32(size))
    }
}

/// Starts a transfer of whose end the host is told. The answer is how many descriptors it takes.
package struct LaunchTransfer: DriverRequest {
    package static let name: StaticString = "VDMA_LAUNCH_TRANSFER"

    private let channel: UInt8
    private let list: UInt64
    private let start: Int
    private let binds: Bool
    private let first: TransferPiece
    private let second: TransferPiece?

    /// `binds` points the descriptors from `start` on at the pieces; otherwise they are already. The second piece is what lies
    /// behind the end of a ring: it begins at the start of the same buffer.
    package init(
        channel: UInt8, list: UInt64, start: Int, binds: Bool, first: TransferPiece, second: TransferPiece?
    ) {
        self.channel = channel
        self.list = list
        self.start = start
        self.binds = binds
        self.first = first
        self.second = second
    }

    package func perform(_ call: DriverCall, on interface: DriverInterface) throws(DriverRefusal) -> Int {
        switch interface.generation {
        case .first: try launchByMapping(call)
        case .second: try launchByAddress(call)
        }
    }

    private func launchByAddress(_ call: DriverCall) throws(DriverRefusal) -> Int {
        var parameters = hailo_vdma_launch_transfer_params()
        parameters.channel_index = channel
        parameters.desc_handle = list
        parameters.starting_desc = UInt32(start)
        parameters.should_bind = binds
        parameters.buffers_count = second == nil ? 1 : 2
        parameters.buffers.0 = first.byAddress
        if let second { parameters.buffers.1 = second.byAddress }
        parameters.first_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_NONE.rawValue
        parameters.last_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_HOST.rawValue
        return try exchange(&parameters, HAILO_VDMA_LAUNCH_TRANSFER, call)
    }

    private func launchByMapping(_ call: DriverCall) throws(DriverRefusal) -> Int {
        var parameters = hailo_4_20_vdma_launch_transfer_params()
        parameters.channel_index = channel
        parameters.desc_handle = list
        parameters.starting_desc = UInt32(start)
        parameters.should_bind = binds
        parameters.buffers_count = 1
        parameters.buffers.0 = first.byMapping
        if let second {
            if binds {
                parameters.buffers_count = 2
                parameters.buffers.1 = second.byMapping
            } else {
                // Nothing is bound, so that one piece may run on beyond the end of the ring.
                parameters.buffers.0.size += UInt32(second.size)
            }
        }
        parameters.first_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_NONE.rawValue
        parameters.last_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_HOST.rawValue
        try exchange(&parameters, HAILO_4_20_VDMA_LAUNCH_TRANSFER, call)
        return Int(parameters.descs_programed)
    }
}

/// What is known of a channel's transfers.
package enum ChannelProgress: Equatable, Sendable {
    case finished(Int)
    /// The firmware has closed the channel.
    case closed
    case failed
}

/// Waits until one of the channels has news, or is disabled: then there may be none.
package struct WaitForInterrupts: DriverRequest {
    package static let name: StaticString = "VDMA_INTERRUPTS_WAIT"

    private let channels: UInt32

    package init(_ channels: UInt32) { self.channels = channels }

    /// The news of each channel.
    package struct Answer {
        fileprivate var parameters = hailo_vdma_interrupts_wait_params()

        package mutating func forEach(_ body: (_ channel: UInt8, _ progress: ChannelProgress) -> Void) {
            let count = min(Int(parameters.channels_count), Int(MAX_VDMA_CHANNELS_PER_ENGINE))
            withUnsafeBytes(of: &parameters.irq_data) { raw in
                for entry in raw.bindMemory(to: hailo_vdma_interrupts_channel_data.self).prefix(count) {
                    switch Int(entry.data) {
                    case Int(HAILO_VDMA_TRANSFER_DATA_CHANNEL_NOT_ACTIVE): body(entry.channel_index, .closed)
                    case Int(HAILO_VDMA_TRANSFER_DATA_CHANNEL_WITH_ERROR): body(entry.channel_index, .failed)
                    default: body(entry.channel_index, .finished(Int(entry.data)))
                    }
                }
            }
        }

        /// Takes what a driver up to 4.20 tells, which has more to say of each channel than later ones.
        fileprivate mutating func take(_ older: inout hailo_4_20_vdma_interrupts_wait_params) {
            parameters.channels_count = min(older.channels_count, UInt8(MAX_VDMA_CHANNELS_PER_ENGINE))
            let count = Int(parameters.channels_count)
            withUnsafeBytes(of: &older.irq_data) { raw in
                let entries = raw.bindMemory(to: hailo_4_20_vdma_interrupts_channel_data.self)
                withUnsafeMutableBytes(of: &parameters.irq_data) { raw in
                    let taken = raw.bindMemory(to: hailo_vdma_interrupts_channel_data.self)
                    for index in 0..<count { taken[index] = Answer.shortened(entries[index]) }
                }
            }
        }

        private static func shortened(
            _ entry: hailo_4_20_vdma_interrupts_channel_data
        ) -> hailo_vdma_interrupts_channel_data {
            let data: Int =
                if entry.is_active == 0 {
                    HAILO_VDMA_TRANSFER_DATA_CHANNEL_NOT_ACTIVE
                } else if entry.host_error != 0 || entry.device_error != 0 || entry.validation_success == 0 {
                    HAILO_VDMA_TRANSFER_DATA_CHANNEL_WITH_ERROR
                } else {
                    Int(entry.transfers_completed)
                }
            return hailo_vdma_interrupts_channel_data(
                engine_index: entry.engine_index, channel_index: entry.channel_index, data: UInt8(clamping: data))
        }
    }

    package func perform(_ call: DriverCall, on interface: DriverInterface) throws(DriverRefusal) -> Answer {
        var answer = Answer()
        switch interface.generation {
        case .second:
            answer.parameters.channels_bitmap_per_engine.0 = channels
            try exchange(&answer.parameters, HAILO_VDMA_INTERRUPTS_WAIT, call)
        case .first:
            var older = hailo_4_20_vdma_interrupts_wait_params()
            older.channels_bitmap_per_engine.0 = channels
            try exchange(&older, HAILO_4_20_VDMA_INTERRUPTS_WAIT, call)
            answer.take(&older)
        }
        return answer
    }
}
