internal import HailoBase
internal import HailoCInterface
public import CHailoSwift
internal import Hailo

@_cdecl("hailoswift_emulator_configure") @implementation
public func hailoswift_emulator_configure(_ settings: UnsafePointer<CChar>!) -> Int32 {
    call { () throws(HailoError) in
        try EmulatedDevices.configure(settings == nil ? "" : try required(settings, "settings"))
    }
}

@_cdecl("hailoswift_device_get_finding") @implementation
public func hailoswift_device_get_finding(
    _ device: OpaquePointer!, _ index: Int, _ finding: UnsafeMutablePointer<hailoswift_finding>!
) -> Int32 {
    call { () throws(HailoError) in
        let opened = try HandleTable.shared.object(device, .device, as: Device.self)
        let target = try required(finding, "finding")
        let findings = opened.findings
        guard findings.indices.contains(index) else {
            throw HailoError(
                .notFound,
                "there is no finding \(UInt(bitPattern: index)); the device has \(counted(findings.count, "finding"))")
        }
        var value = hailoswift_finding()
        value.kind = findings[index].kind.rawValue
        copy(findings[index].text, to: &value.text)
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_finding>.size, "finding")
    }
}
