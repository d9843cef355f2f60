internal import CPlatform
internal import Firmware

/// Fetches the configuration data of one context as the chip does: by walking descriptors.
struct ConfigurationFetch {
    let application: Int
    let context: Int
    let type: ContextType
    let lists: ContextSwitch.Lists

    private(set) var received: [ReceivedConfiguration] = []

    private struct Channel {
        let stream: UInt8
        let list: DescriptorList
        var position = 0
        var bytes: [UInt8] = []
    }
    private var channels: [UInt8: Channel] = [:]

    init(application: Int, context: Int, type: ContextType, lists: @escaping ContextSwitch.Lists) {
        self.application = application
        self.context = context
        self.type = type
        self.lists = lists
    }

    mutating func run(_ actions: [ContextAction]) -> FirmwareStatus {
        for action in actions {
            guard let number = action[.channel] else { continue }
            let channel = UInt8(truncatingIfNeeded: number)
            switch action.kind {
            case .activateConfigurationChannel:
                guard let list = lists(action[.listAddress] ?? 0) else { return .noIdleChannel }
                channels[channel] = Channel(
                    stream: UInt8(truncatingIfNeeded: action[.configurationStream] ?? 0), list: list)
            case .fetchConfiguration:
                let status = fetch(Int(action[.fetchedDescriptors] ?? 0), by: channel)
                guard status == .success else { return status }
            case .deactivateConfigurationChannel:
                guard let done = channels.removeValue(forKey: channel) else { return .channelIndex }
                received.append(
                    ReceivedConfiguration(
                        application: application, context: context, type: type, stream: done.stream, channel: channel,
                        descriptors: done.position, bytes: done.bytes))
            default:
                break
            }
        }
        return channels.isEmpty ? .success : .descriptorMismatch
    }

    private mutating func fetch(_ count: Int, by number: UInt8) -> FirmwareStatus {
        guard var channel = channels[number] else { return .fetchWhileStopped }
        let end = channel.position + count
        guard end <= channel.list.count else { return .descriptorsExceeded }
        for descriptor in channel.list.descriptors[channel.position..<end] {
            guard let buffer = descriptor.buffer, buffer.isMapped, descriptor.offset <= buffer.size,
                descriptor.size <= buffer.size - descriptor.offset
            else { return .incompleteTransfer }
            let bytes = UnsafeRawBufferPointer(start: buffer.base + descriptor.offset, count: descriptor.size)
            channel.bytes.append(contentsOf: bytes)
        }
        channel.position = end
        channels[number] = channel
        return .success
    }
}
