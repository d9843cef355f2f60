internal import Base
internal import Driver
internal import Firmware

/// Something that shall go wrong: "PLACE:WHAT" or "PLACE#N:WHAT".
///
/// PLACE is "open", a driver request ("FW_CONTROL"), a control ("IDENTIFY") or "transfer", the end of a transfer; N counts
/// its uses from 1, and without N every use fails. For transfers WHAT is one of `ofTransfers`; for others it is an errno
/// ("ENODEV"), a firmware status ("0x4003000f", for controls), "garbled" (a control's answer arrives damaged) or "removed"
/// (the device is gone from then on).
package struct Fault: Equatable, Sendable {
    package enum Effect: Equatable, Sendable {
        case failure(errno: Int)
        case refusal(UInt32)
        case garbledAnswer
        case removal
        /// Of a transfer: the host does not hear of its end.
        case lostInterrupt
        /// The firmware closes the channel.
        case closedChannel
        /// The card does nothing any more.
        case standstill
        /// The same, and the firmware says so: what it found wrong, or that it is too hot.
        case runTimeError
        case overheating
    }

    /// What can happen to transfers.
    private static let ofTransfers: [(name: String, effect: Effect)] = [
        ("lost", .lostInterrupt), ("closed", .closedChannel), ("stuck", .standstill), ("error", .runTimeError),
        ("hot", .overheating), ("removed", .removal),
    ]

    package let place: String
    package let occurrence: Int?
    package let effect: Effect

    init(_ text: String) throws(HailoError) {
        func wrong(_ reason: String) -> HailoError {
            HailoError(.invalidArgument, "fault \"\(text)\" cannot be understood: \(reason)")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw wrong("it is not of the form PLACE:WHAT or PLACE#N:WHAT") }
        let placeParts = parts[0].split(separator: "#", omittingEmptySubsequences: false)
        place = String(placeParts[0])
        let isControl = ControlOpcode(name: place) != nil
        let isTransfer = place == "transfer"
        guard place == "open" || isControl || isTransfer || RequestNames.request(named: place) != nil else {
            throw wrong("\"\(place)\" is neither \"open\" nor \"transfer\" nor a driver request nor a control")
        }
        switch placeParts.count {
        case 1:
            occurrence = nil
        case 2:
            guard let number = Int(placeParts[1]), number > 0 else { throw wrong("after # comes a number from 1") }
            occurrence = number
        default:
            throw wrong("it has more than one #")
        }
        let what = String(parts[1])
        if isTransfer {
            guard let known = Fault.ofTransfers.first(where: { $0.name == what }) else {
                throw wrong("a transfer takes " + Fault.ofTransfers.map { $0.name }.joined(separator: ", "))
            }
            effect = known.effect
        } else if let number = DriverFailure.number(named: what) {
            effect = .failure(errno: number)
        } else if what == "removed" {
            effect = .removal
        } else if what == "garbled", isControl {
            effect = .garbledAnswer
        } else if isControl, what.hasPrefix("0x"), let status = UInt32(what.dropFirst(2), radix: 16) {
            effect = .refusal(status)
        } else {
            throw wrong(
                "\"\(what)\" is not an errno name or \"removed\"; a control takes \"garbled\" and a status like 0x4003000f too"
            )
        }
    }
}

/// Counts the uses of every place that a fault names and says when one is due.
struct FaultCounter {
    private var faults: [(fault: Fault, uses: Int)]

    init(_ faults: [Fault]) {
        self.faults = faults.map { ($0, 0) }
    }

    /// Notes one use of `place` and returns what shall happen to it.
    mutating func use(_ place: String) -> Fault.Effect? {
        var due: Fault.Effect?
        for index in faults.indices where faults[index].fault.place == place {
            faults[index].uses += 1
            let occurrence = faults[index].fault.occurrence
            if due == nil, occurrence == nil || occurrence == faults[index].uses { due = faults[index].fault.effect }
        }
        return due
    }
}
