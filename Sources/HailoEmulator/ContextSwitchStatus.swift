internal import HailoFirmware

/// The firmware's answers about network groups and contexts. Those marked as seen come from reports of real hardware; the
/// others are chosen by their names.
extension FirmwareStatus {
    // Lengths of parameters.
    static let headerLength = FirmwareStatus(rawValue: 0x4003_0060)  // seen
    static let isFirstLength = FirmwareStatus(rawValue: 0x4003_0091)
    static let isLastLength = FirmwareStatus(rawValue: 0x4003_0092)
    static let contextTypeLength = FirmwareStatus(rawValue: 0x4003_00c4)
    static let contextDataTooLong = FirmwareStatus(rawValue: 0x4003_0065)
    static let stateLength = FirmwareStatus(rawValue: 0x4003_006b)
    static let applicationIndexLength = FirmwareStatus(rawValue: 0x4003_0082)
    static let batchSizeLength = FirmwareStatus(rawValue: 0x4003_00c0)
    static let batchCountLength = FirmwareStatus(rawValue: 0x4003_00cb)

    // Order and contents of the controls.
    static let configurationChannels = FirmwareStatus(rawValue: 0x4003_00c2)
    static let noContextInfo = FirmwareStatus(rawValue: 0x4013_0004)  // seen
    static let contextBeforeHeader = FirmwareStatus(rawValue: 0x4013_0006)
    static let tooManyContexts = FirmwareStatus(rawValue: 0x4013_0007)
    static let applicationCount = FirmwareStatus(rawValue: 0x4013_0014)
    static let contextCount = FirmwareStatus(rawValue: 0x4013_0015)
    static let invalidState = FirmwareStatus(rawValue: 0x4013_0019)
    static let applicationNotReady = FirmwareStatus(rawValue: 0x4013_0036)
    static let applicationIndex = FirmwareStatus(rawValue: 0x4013_0037)
    static let batchSize = FirmwareStatus(rawValue: 0x4013_003f)
    static let configuredWhileActive = FirmwareStatus(rawValue: 0x4013_0056)
    static let networkIndex = FirmwareStatus(rawValue: 0x4013_005b)
    static let configurationChannelCount = FirmwareStatus(rawValue: 0x4013_0065)
    static let clearedWhileActive = FirmwareStatus(rawValue: 0x4013_006c)
    static let contextType = FirmwareStatus(rawValue: 0x4013_006d)
    static let contextOrder = FirmwareStatus(rawValue: 0x4013_006e)  // seen
    static let dynamicContextCount = FirmwareStatus(rawValue: 0x4013_006f)
    static let bufferSize = FirmwareStatus(rawValue: 0x402b_000b)

    // Lists of actions.
    static let misalignedAction = FirmwareStatus(rawValue: 0x4013_0016)  // seen
    static let actionKind = FirmwareStatus(rawValue: 0x4013_0018)
    static let repeatedKind = FirmwareStatus(rawValue: 0x4013_005d)
    static let repeatedCount = FirmwareStatus(rawValue: 0x4013_005e)
    static let burstFetch = FirmwareStatus(rawValue: 0x402a_0001)  // seen
    static let unsupportedAction = FirmwareStatus(rawValue: 0x4013_0063)
    static let actionOfOtherContext = FirmwareStatus(rawValue: 0x4013_0064)

    // Channels.
    static let channelIndex = FirmwareStatus(rawValue: 0x4013_001e)
    static let inputChannel = FirmwareStatus(rawValue: 0x402d_0001)
    static let engineOrOutputChannel = FirmwareStatus(rawValue: 0x402d_001b)  // seen
    static let channelUsedTwice = FirmwareStatus(rawValue: 0x4013_0032)
    static let streamUsedTwice = FirmwareStatus(rawValue: 0x4013_0031)
    static let streamIndex = FirmwareStatus(rawValue: 0x4032_0006)
    static let channelNotIdle = FirmwareStatus(rawValue: 0x402d_000a)
    static let channelDirection = FirmwareStatus(rawValue: 0x402d_001e)
    static let edgeLayer = FirmwareStatus(rawValue: 0x4013_0025)
    static let edgeConnection = FirmwareStatus(rawValue: 0x4013_0024)
    static let edgeAlreadySet = FirmwareStatus(rawValue: 0x4013_0028)

    // Descriptor lists.
    static let continuousBuffer = FirmwareStatus(rawValue: 0x402d_0016)
    static let hostBufferType = FirmwareStatus(rawValue: 0x4013_0066)
    static let listAlignment = FirmwareStatus(rawValue: 0x402d_0004)
    static let noIdleChannel = FirmwareStatus(rawValue: 0x402d_000f)
    static let pagePowerOfTwo = FirmwareStatus(rawValue: 0x402d_0014)
    static let pageSize = FirmwareStatus(rawValue: 0x4013_0054)
    static let listDepth = FirmwareStatus(rawValue: 0x4013_0055)
    static let listPowerOfTwo = FirmwareStatus(rawValue: 0x402d_0011)
    static let tooManyDescriptors = FirmwareStatus(rawValue: 0x402d_0012)
    static let inputCredits = FirmwareStatus(rawValue: 0x402d_000c)
    static let outputCredits = FirmwareStatus(rawValue: 0x402d_000d)
    static let patternTooLarge = FirmwareStatus(rawValue: 0x402d_001a)
    static let initialCredit = FirmwareStatus(rawValue: 0x402d_0019)

    // Buffers of streams.
    static let bytesPerBuffer = FirmwareStatus(rawValue: 0x4013_0026)
    static let buffersPerFrame = FirmwareStatus(rawValue: 0x4013_0030)
    static let frameSize = FirmwareStatus(rawValue: 0x4022_0001)
    static let creditType = FirmwareStatus(rawValue: 0x4032_0007)
    static let edgeCreditType = FirmwareStatus(rawValue: 0x4013_003a)
    static let creditSize = FirmwareStatus(rawValue: 0x4013_0027)
    static let contextCredits = FirmwareStatus(rawValue: 0x4013_0033)
    static let dummyStream = FirmwareStatus(rawValue: 0x4013_0049)

    // Configuration.
    static let configurationStream = FirmwareStatus(rawValue: 0x4013_0069)
    static let descriptorMismatch = FirmwareStatus(rawValue: 0x4013_0035)
    static let descriptorsExceeded = FirmwareStatus(rawValue: 0x4013_0034)
    static let fetchWhileStopped = FirmwareStatus(rawValue: 0x402d_0006)
    static let incompleteTransfer = FirmwareStatus(rawValue: 0x402d_0007)

    // Units.
    static let clusterIndex = FirmwareStatus(rawValue: 0x4036_0001)
    static let noDDRPair = FirmwareStatus(rawValue: 0x4025_0003)
    static let ddrPairTooLate = FirmwareStatus(rawValue: 0x4025_0001)
    static let ddrOverflow = FirmwareStatus(rawValue: 0x4025_0005)
    static let nmsClasses = FirmwareStatus(rawValue: 0x4035_000b)
    static let nmsBurst = FirmwareStatus(rawValue: 0x4035_000c)
    static let nmsArgument = FirmwareStatus(rawValue: 0x4035_0001)
    static let writeType = FirmwareStatus(rawValue: 0x4013_0073)
}
