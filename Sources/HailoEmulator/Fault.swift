package import HailoBase
internal import CHailoPlatform
internal import HailoDriver
internal import HailoFirmware
internal import HailoKernelABI

/// Something that shall go wrong: "PLACE:WHAT", with a count behind the place if it shall not go wrong every time.
/// docs/emulator.md lists the places, counts and effects.
package struct Fault: Equatable, Sendable {
    package enum Effect: Equatable, Sendable {
        case failure(errno: Int)
        case refusal(UInt32)
        case garbledAnswer
        /// Of a control: there is no answer.
        case silence
        case removal
        /// It takes longer.
        case delay(nanoseconds: UInt64)
        /// It goes well, and the firmware tells something.
        case notification(EmulatedNotification)
        /// Of a transfer: the host is not told of its end.
        case lostInterrupt
        /// The firmware closes the channel.
        case closedChannel
        /// The card does nothing any more.
        case standstill
        /// The same, and the firmware says so: what it found wrong, or that it is too hot.
        case runTimeError
        case overheating
    }

    /// Which uses of a place go wrong, counted from 1.
    package enum Count: Equatable, Sendable {
        case every
        case only(Int)
        case from(Int)
        /// One in so many, as the seed has it.
        case oneIn(Int)
    }

    package let place: String
    package let count: Count
    package let effect: Effect

    /// What can happen to transfers only.
    private static let ofTransfers: [(name: String, effect: Effect)] = [
        ("lost", .lostInterrupt), ("closed", .closedChannel), ("stuck", .standstill), ("error", .runTimeError),
        ("hot", .overheating),
    ]

    package init(_ text: String) throws(HailoError) {
        func wrong(_ reason: String) -> HailoError {
            HailoError(.invalidArgument, "fault \"\(text)\" cannot be understood: \(reason)")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw wrong("it is not of the form PLACE:WHAT or PLACE#N:WHAT") }
        let place = String(parts[0].prefix { $0 != "#" && $0 != "%" })
        self.place = place
        let isControl = ControlOpcode(name: place) != nil
        guard place == "open" || place == "transfer" || isControl || RequestNames.request(named: place) != nil else {
            throw wrong("\"\(place)\" is neither \"open\" nor \"transfer\" nor a driver request nor a control")
        }
        guard let count = Fault.count(parts[0].dropFirst(place.count)) else {
            throw wrong("the place may be followed only by #N, #N+ or %N with a number from 1")
        }
        self.count = count
        guard let effect = Fault.effect(parts[1], place: place, isControl: isControl) else {
            throw wrong("\"\(parts[1])\" cannot happen there; \(Fault.choices(place: place, isControl: isControl))")
        }
        self.effect = effect
        guard effect != .failure(errno: Int(EINTR)) || count != .every else {
            throw wrong("a call that a signal interrupts is repeated, here without end; choose one call, as in #3")
        }
    }

    private static func count(_ text: Substring) -> Count? {
        guard let sign = text.first else { return .every }
        var digits = text.dropFirst()
        let isOpen = sign == "#" && digits.last == "+"
        if isOpen { digits = digits.dropLast() }
        guard let number = Int(digits), number > 0 else { return nil }
        return sign == "%" ? .oneIn(number) : isOpen ? .from(number) : .only(number)
    }

    private static func effect(_ text: Substring, place: String, isControl: Bool) -> Effect? {
        let parts = text.split(separator: "=", maxSplits: 1)
        if parts.count == 2 {
            switch String(parts[0]) {
            case "delayed": return milliseconds(parts[1]).map { .delay(nanoseconds: $0) }
            case "notify" where place != "open":
                return EmulatedNotification.allCases.first { $0.name == parts[1] }.map { .notification($0) }
            default: return nil
            }
        }
        let what = String(text)
        if what == "removed", place != "open" { return .removal }
        if place == "transfer" { return ofTransfers.first { $0.name == what }?.effect }
        if let number = DriverFailure.number(named: what) { return .failure(errno: number) }
        guard isControl else { return nil }
        switch what {
        case "garbled": return .garbledAnswer
        case "silent": return .silence
        default: return what.hasPrefix("0x") ? UInt32(what.dropFirst(2), radix: 16).map { .refusal($0) } : nil
        }
    }

    /// Nanoseconds of "20", which are milliseconds.
    private static func milliseconds(_ text: Substring) -> UInt64? {
        guard let number = UInt64(text), number <= 1_000_000 else { return nil }
        return number * 1_000_000
    }

    private static func choices(place: String, isControl: Bool) -> String {
        let others = "delayed=MILLISECONDS"
        if place == "open" { return "valid effects are an errno by name or \(others)" }
        let told = "notify=\(EmulatedNotification.allCases.map { $0.name }.joined(separator: "|"))"
        if place == "transfer" {
            return
                "valid effects are \(ofTransfers.map { $0.name }.joined(separator: ", ")), removed, \(others), \(told)"
        }
        return "valid effects are an errno by name, removed, \(others), \(told)"
            + (isControl ? ", a status like 0x4003000f, silent or garbled" : "")
    }

    private static let maximumFaults = 1000

    /// Reads a script: one fault a line; empty lines and those that begin with # do not count.
    package static func script(_ text: String, path: String) throws(HailoError) -> [Fault] {
        var faults: [Fault] = []
        var rest = text[...]
        var number = 0
        while !rest.isEmpty {
            let line = rest.prefix { $0 != "\n" && $0 != "\r\n" }
            rest = rest[line.endIndex...].dropFirst()
            number += 1
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            do throws(HailoError) {
                faults.append(try Fault(words.joined(separator: "")))
            } catch {
                throw HailoError(.invalidArgument, "\(path), line \(number): \(error.message)")
            }
            guard faults.count <= maximumFaults else {
                throw HailoError(.invalidArgument, "\(path) has more than \(maximumFaults) faults")
            }
        }
        return faults
    }
}

/// Counts the uses of every place that a fault names and says what is due.
struct FaultCounter {
    /// What happens at one use of a place. Delays and notifications come on top of something else.
    struct Due {
        var effect: Fault.Effect?
        var delay: UInt64 = 0
        var notifications: [EmulatedNotification] = []
    }

    private var faults: [(fault: Fault, uses: Int)]
    private var random: UInt64

    init(_ faults: [Fault], seed: UInt64) {
        self.faults = faults.map { ($0, 0) }
        random = seed
    }

    /// Notes one use of `place` and returns what shall happen to it.
    mutating func use(_ place: String) -> Due {
        var due = Due()
        for index in faults.indices where faults[index].fault.place == place {
            faults[index].uses += 1
            guard isDue(faults[index].fault.count, faults[index].uses) else { continue }
            switch faults[index].fault.effect {
            case .delay(let nanoseconds): due.delay += nanoseconds
            case .notification(let event): due.notifications.append(event)
            case let effect: due.effect = due.effect ?? effect
            }
        }
        return due
    }

    private mutating func isDue(_ count: Fault.Count, _ use: Int) -> Bool {
        switch count {
        case .every: return true
        case .only(let number): return use == number
        case .from(let number): return use >= number
        case .oneIn(let number):
            // splitmix64
            random &+= 0x9e37_79b9_7f4a_7c15
            var bits = random
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            return (bits ^ (bits >> 31)) % UInt64(number) == 0
        }
    }
}
