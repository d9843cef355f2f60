internal import CHailoPlatform
internal import HailoCoreProgram
internal import HailoFirmware

/// Fetches the configuration data of one context as the chip does: by walking descriptors.
struct ConfigurationFetch {
    let application: Int
    let context: Int
    let type: ContextType
    let lists: ContextSwitch.Lists
    let observer: ContextSwitch.ConfigurationObserver?

    /// The program for the emulated core that came through the first stream.
    private(set) var program: FetchedBytes?
    /// Set where the data could not be kept.
    private(set) var lacksMemory = false

    private struct Channel {
        let stream: UInt8
        let list: DescriptorList
        var position = 0
        /// nil if nobody wants to see the data.
        var bytes: FetchedBytes?
    }
    private var channels: [UInt8: Channel] = [:]

    init(
        application: Int, context: Int, type: ContextType, lists: @escaping ContextSwitch.Lists,
        observer: ContextSwitch.ConfigurationObserver?
    ) {
        self.application = application
        self.context = context
        self.type = type
        self.lists = lists
        self.observer = observer
    }

    mutating func run(_ action: ContextAction) -> FirmwareStatus {
        guard let number = action[.channel] else { return .success }
        let channel = UInt8(truncatingIfNeeded: number)
        switch action.kind {
        case .activateConfigurationChannel:
            guard let list = lists(action[.listAddress] ?? 0) else { return .noIdleChannel }
            channels[channel] = Channel(
                stream: UInt8(truncatingIfNeeded: action[.configurationStream] ?? 0), list: list,
                bytes: observer == nil ? nil : FetchedBytes())
        case .fetchConfiguration:
            return fetch(Int(action[.fetchedDescriptors] ?? 0), by: channel)
        case .deactivateConfigurationChannel:
            guard let done = channels.removeValue(forKey: channel) else { return .channelIndex }
            if type == .dynamic, done.stream == 0, let bytes = done.bytes, Program.isProgram(bytes.bytes) {
                program = bytes
            }
            observer?(
                ReceivedConfiguration(
                    application: application, context: context, type: type, stream: done.stream, channel: channel,
                    descriptors: done.position, bytes: done.bytes.map { Array($0.bytes) } ?? []))
        default:
            break
        }
        return .success
    }

    /// Whether all channels have been given back.
    var isComplete: Bool { channels.isEmpty }

    private mutating func fetch(_ count: Int, by number: UInt8) -> FirmwareStatus {
        guard let channel = channels[number] else { return .fetchWhileStopped }
        let end = channel.position + count
        guard count >= 0, end <= channel.list.count else { return .descriptorsExceeded }
        for (index, descriptor) in channel.list.descriptors[channel.position..<end].enumerated() {
            guard let buffer = descriptor.buffer, buffer.isMapped, descriptor.offset <= buffer.size,
                descriptor.size <= buffer.size - descriptor.offset
            else { return .incompleteTransfer }
            let bytes = UnsafeRawBufferPointer(start: buffer.base + descriptor.offset, count: descriptor.size)
            if channel.position + index == 0, channels[number]?.bytes == nil, ConfigurationFetch.beginsProgram(bytes) {
                channels[number]?.bytes = FetchedBytes()
            }
            if channels[number]?.bytes?.append(bytes) == false {
                lacksMemory = true
                return .incompleteTransfer
            }
        }
        channels[number]?.position = end
        return .success
    }

    private static func beginsProgram(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var start: UInt32 = 0
        guard bytes.count >= 4, let base = bytes.baseAddress else { return false }
        let isThere = withUnsafeMutableBytes(of: &start) {
            guard let target = $0.baseAddress else { return false }
            return hailoplatform_copy_if_accessible(target, base, 4) != 0
        }
        return isThere && UInt32(littleEndian: start) == Program.magic
    }
}
