package import HailoFormats

/// The chip that a file was compiled for.
package struct CompiledArchitecture: Equatable, Sendable {
    /// The code in the file.
    package let code: Int32

    /// What a file is marked with that is made for a chip.
    package init(_ chip: Chip) {
        code =
            switch chip {
            case .hailo8: 1
            case .hailo8l: 3
            }
    }

    init(code: Int32) { self.code = code }

    /// The families that share limits.
    enum Family {
        case hailo8, hailo15
    }

    /// The vendor's number for the chip, as its tools report it; nil for codes that stand for none.
    package var deviceNumber: Int? { entry?.number }

    package var name: String { entry.map { "\($0.name)" } ?? "UNKNOWN ARCHITECTURE" }

    private var entry: (number: Int, name: StaticString)? {
        switch code {
        case 100: (0, "HAILO8_A0")
        case 0, 1, 2, 101, 102: (1, "HAILO8")
        case 3: (2, "HAILO8L")
        case 103, 104, 105: (3, "HAILO15H")
        case 106, 6: (4, "HAILO15L")
        case 4: (5, "HAILO15M")
        case 5: (6, "HAILO10H")
        case 108: (7, "MARS")
        default: nil
        }
    }

    /// Files for these chips come with one version for each layout of working clusters.
    var hasLayouts: Bool { code == 3 || code == 4 }

    /// How many bytes a peripheral buffer may have; nil for an unknown chip.
    package var maxPeripheryBytes: UInt32? {
        deviceNumber.map { $0 <= 2 ? 0x10000 : 0x2000 }
    }

    /// Whose kinds of NMS bursts the file may use.
    var nmsFamily: Family? {
        switch code {
        case 0, 1, 2, 3, 101: .hailo8
        case 103, 4, 5, 6, 104, 105, 106: .hailo15
        default: nil
        }
    }

    /// Whether a chip can run the file. A Hailo-8 also runs files for the Hailo-8L.
    package func runs(on chip: Chip) -> Bool {
        switch chip {
        case .hailo8: code == 1 || code == 2 || code == 3
        case .hailo8l: code == 3
        }
    }
}
