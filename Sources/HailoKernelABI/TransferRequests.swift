internal import CHailoKernel

/// Lets transfers go through channels of engine 0.
package struct EnableChannels: DriverRequest {
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
package struct DisableChannels: DriverRequest {
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
    package let size: Int

    package init(_ memory: MemoryReference, size: Int) {
        self.memory = memory
        self.size = size
    }

    fileprivate var exported: hailo_vdma_transfer_buffer {
        hailo_vdma_transfer_buffer(buffer_type: memory.type, addr_or_fd: memory.value, size: UInt32(size))
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

    /// `binds` points the descriptors from `start` on at the pieces; otherwise they are already.
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

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> Int {
        var parameters = hailo_vdma_launch_transfer_params()
        parameters.channel_index = channel
        parameters.desc_handle = list
        parameters.starting_desc = UInt32(start)
        parameters.should_bind = binds
        parameters.buffers_count = second == nil ? 1 : 2
        parameters.buffers.0 = first.exported
        if let second { parameters.buffers.1 = second.exported }
        parameters.first_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_NONE.rawValue
        parameters.last_interrupts_domain = HAILO_VDMA_INTERRUPTS_DOMAIN_HOST.rawValue
        return try exchange(&parameters, HAILO_VDMA_LAUNCH_TRANSFER, call)
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
        fileprivate var parameters: hailo_vdma_interrupts_wait_params

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
    }

    package func perform(_ call: DriverCall) throws(DriverRefusal) -> Answer {
        var answer = Answer(parameters: hailo_vdma_interrupts_wait_params())
        answer.parameters.channels_bitmap_per_engine.0 = channels
        try exchange(&answer.parameters, HAILO_VDMA_INTERRUPTS_WAIT, call)
        return answer
    }
}
