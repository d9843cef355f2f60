import HailoBase
import Foundation
import HailoHEF
import Testing

/// HEF files with what the vendor's library makes of them.
struct Golden: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    let kind: String
    /// The vendor's status; nil where its library crashes.
    let status: Int?
    let json: String

    var testDescription: String { name }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")
    /// Real models belong to others and are not in the repository.
    static let realModels =
        folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/hefs")

    static let all: [Golden] = {
        let text = (try? String(contentsOf: folder.appending(path: "hef-goldens.jsonl"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let name = object["name"] as? String, let file = object["file"] as? String,
                let kind = object["kind"] as? String
            else { return nil }
            return Golden(name: name, file: file, kind: kind, status: object["status"] as? Int, json: String(line))
        }
    }()

    static let inRepository = all.filter { $0.kind != "real" }
    static let real = all.filter { $0.kind == "real" }

    var url: URL {
        switch kind {
        case "real": Golden.realModels.appending(path: file)
        case "invalid": Golden.folder.appending(path: "invalid").appending(path: file)
        default: Golden.folder.appending(path: "hef").appending(path: file)
        }
    }

    var bytes: [UInt8] { (try? Data(contentsOf: url)).map(Array.init) ?? [] }

    var dump: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]) ?? [:]
    }

    /// The status of ours that stands for each of the vendor's.
    static func status(for vendor: Int) -> Status? {
        switch vendor {
        case 0: .ok
        case 2: .invalidArgument
        case 6: .invalidOperation
        case 7: .notImplemented
        case 8: .unexpectedValue
        case 13, 14: .fileError
        case 26: .hefInvalid
        case 61: .notFound
        case 91: .hefCorrupted
        case 92: .hefUnsupported
        case 93: .hefIncompatible
        default: nil
        }
    }
}

func parse(_ bytes: [UInt8]) throws(HailoError) -> HefFile {
    try bytes.withUnsafeBufferPointer { buffer throws(HailoError) in try HefFile(UnsafeRawBufferPointer(buffer)) }
}

/// Where two JSON values differ. `expected` decides which members count; numbers are compared as 32-bit floats are printed.
func differences(_ actual: Any?, _ expected: Any, at path: String = "") -> [String] {
    switch expected {
    case let expected as [String: Any]:
        guard let actual = actual as? [String: Any] else { return ["\(path): \(actual ?? "missing")"] }
        return expected.flatMap { differences(actual[$0.key], $0.value, at: path + "." + $0.key) }
    case let expected as [Any]:
        guard let actual = actual as? [Any], actual.count == expected.count else {
            return ["\(path): \(actual ?? "missing") instead of \(expected)"]
        }
        return zip(actual, expected).enumerated().flatMap {
            differences($0.element.0, $0.element.1, at: "\(path)[\($0.offset)]")
        }
    case let expected as NSNumber:
        guard let actual = actual as? NSNumber else { return ["\(path): \(actual ?? "missing")"] }
        let (left, right) = (actual.doubleValue, expected.doubleValue)
        return abs(left - right) <= 1e-6 * max(abs(left), abs(right)) ? [] : ["\(path): \(left) instead of \(right)"]
    default:
        let isEqual = (actual as? String) == (expected as? String)
        return isEqual ? [] : ["\(path): \(actual ?? "missing") instead of \(expected)"]
    }
}
