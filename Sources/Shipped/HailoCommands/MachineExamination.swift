internal import HailoBase
internal import CHailoPlatform
internal import HailoDriver
internal import HailoFirmware
internal import Hailo

/// Looks for what keeps a card from being used: on the bus, in the kernel, in files and rights, in the device itself.
struct MachineExamination {
    private let files: SystemFiles
    private(set) var findings: [MachineFinding] = []
    private var hasCard = false
    private var driverVersion: Version?

    init(_ files: SystemFiles) { self.files = files }

    mutating func run() {
        examineMachine()
        examineBus()
        examineModule()
        examineFirmwareFile()
        for path in devicePaths() { examineDevice(path) }
    }

    private mutating func add(
        _ verdict: MachineFinding.Verdict, _ subject: String, _ text: String, advice: String = ""
    ) {
        findings.append(MachineFinding(verdict: verdict, subject: subject, text: text, advice: advice))
    }

    // MARK: Machine

    private var isRaspberryPi: Bool { files.line("/proc/device-tree/model")?.hasPrefix("Raspberry Pi") ?? false }

    private var kernel: String { files.line("/proc/sys/kernel/osrelease") ?? "" }

    private mutating func examineMachine() {
        let model = files.line("/proc/device-tree/model") ?? files.line("/sys/class/dmi/id/product_name") ?? "unknown"
        add(.fine, "machine", "\(model), kernel \(kernel.isEmpty ? "unknown" : kernel)")
        if files.isThisMachine { add(.fine, "page size", "\(hailoplatform_page_size()) bytes") }
        add(.fine, "IOMMU", files.names(in: "/sys/class/iommu").isEmpty ? "not in use" : "in use")
    }

    // MARK: Bus

    private static let bus = "/sys/bus/pci/devices"

    private mutating func examineBus() {
        for address in files.names(in: Self.bus) where files.line("\(Self.bus)/\(address)/vendor") == "0x1e60" {
            hasCard = true
            examineCard(address)
        }
        guard !hasCard, files.isThisMachine || files.exists(Self.bus) else { return }
        guard (try? DeviceScan.devices(in: files.root + DeviceScan.classPath))?.isEmpty ?? true else { return }
        add(
            .problem, "card", "there is no Hailo device on the PCI bus",
            advice: "switch the machine off and check that the card is seated"
                + (isRaspberryPi
                    ? ". On a Raspberry Pi, check the ribbon cable, update the bootloader (sudo rpi-eeprom-update -a), and "
                        + "put dtparam=pciex1 into /boot/firmware/config.txt"
                    : "; lspci -d 1e60: must list it"))
    }

    private mutating func examineCard(_ address: String) {
        let card = "\(Self.bus)/\(address)"
        let chip = files.line("\(card)/device") ?? "unknown"
        if chip == "0x2864" {
            add(.fine, "card", "\(address): Hailo-8 family")
        } else {
            add(
                .problem, "card", "\(address): device \(chip) is not a Hailo-8 or Hailo-8L",
                advice: "this library is for the Hailo-8 and the Hailo-8L only")
        }
        let speed = files.line("\(card)/current_link_speed") ?? "unknown"
        let width = files.line("\(card)/current_link_width") ?? "unknown"
        let link = "\(address): \(speed), \(width) lane\(width == "1" ? "" : "s")"
        if isRaspberryPi, speed.hasPrefix("5.0") {
            add(
                .note, "PCIe link", link,
                advice: "dtparam=pciex1_gen=3 in /boot/firmware/config.txt makes the link twice as fast")
        } else if let best = files.line("\(card)/max_link_speed"), best != speed {
            add(.note, "PCIe link", "\(link); the card can do \(best)")
        } else {
            add(.fine, "PCIe link", link)
        }
        if let driver = files.target(of: "\(card)/driver") {
            add(
                driver == "hailo" || driver == "hailo_pci" ? .fine : .problem, "PCIe driver", "\(address): \(driver)",
                advice: driver.hasPrefix("hailo") ? "" : "release the card from \(driver), then load hailo_pci")
        } else {
            add(
                .problem, "PCIe driver", "\(address): no driver uses the card",
                advice:
                    "sudo modprobe hailo_pci; if that changes nothing, look for errors in sudo dmesg | grep -i hailo")
        }
    }

    // MARK: Kernel module

    private mutating func examineModule() {
        let modules = "/lib/modules/\(kernel)"
        let installed = files.lines("\(modules)/modules.dep").compactMap { line in
            line.split(separator: ":").first.map { String($0) }
        }.filter { $0.split(separator: "/").last?.hasPrefix("hailo_pci.ko") ?? false }
        let isBuiltIn = files.lines("\(modules)/modules.builtin").contains {
            $0.split(separator: "/").last == "hailo_pci.ko"
        }
        if files.exists("/sys/module/hailo_pci") {
            examineLoadedModule(isBuiltIn: isBuiltIn)
        } else if files.exists(DeviceScan.classPath) {
            add(.fine, "kernel module", "not visible, but its devices are")
        } else if isBuiltIn {
            add(
                .problem, "kernel module", "hailo_pci is built into this kernel, and is not active",
                advice: "look for errors in sudo dmesg | grep -i hailo")
        } else if let path = installed.first {
            add(
                .problem, "kernel module", "hailo_pci is installed (\(path)), but not loaded",
                advice: "sudo modprobe hailo_pci; if that fails, sudo dmesg | tail says why")
        } else if hasCard || files.isThisMachine {
            add(
                hasCard ? .problem : .note, "kernel module", "hailo_pci is not installed for this kernel",
                advice: isRaspberryPi
                    ? "sudo apt install hailo-all, then restart"
                    : "install hailort-drivers \(DriverVersionPolicy.supportedText), with the headers of the running kernel"
            )
        }
        if installed.count + (isBuiltIn ? 1 : 0) > 1 {
            let all = installed + (isBuiltIn ? ["the kernel itself"] : [])
            add(
                .note, "kernel module", "hailo_pci is installed \(all.count) times: \(all.joined(separator: ", "))",
                advice: "depmod prefers the one in updates; remove the others if the version is not the one you want")
        }
        if files.exists("/sys/module/hailo1x_pci") {
            add(.note, "kernel module", "hailo1x_pci is loaded too; it is for other chips")
        }
    }

    private mutating func examineLoadedModule(isBuiltIn: Bool) {
        let kind = isBuiltIn ? "built into the kernel" : "loaded"
        guard let text = files.line("/sys/module/hailo_pci/version"), let version = Version(text) else {
            add(.fine, "kernel module", "hailo_pci is \(kind)")
            return
        }
        driverVersion = version
        if DriverVersionPolicy.supports(version) {
            add(.fine, "kernel module", "hailo_pci \(text) is \(kind)")
        } else {
            add(
                .problem, "kernel module", "hailo_pci \(text) is \(kind); this library does not support it",
                advice: "install hailort-drivers \(DriverVersionPolicy.supportedText)")
        }
    }

    // MARK: Firmware

    private static let firmwarePath = "/lib/firmware/hailo/hailo8_fw.bin"
    private static let firmwareMagic: UInt32 = 0x1DD8_9DE0
    /// The magic number and the version of the header.
    private static let versionOffset = 8

    private mutating func examineFirmwareFile() {
        guard let bytes = files.bytes(Self.firmwarePath, limit: 64) else {
            guard hasCard else { return }
            return add(
                .problem, "firmware file", "\(Self.firmwarePath) cannot be read",
                advice: isRaspberryPi
                    ? "sudo apt install --reinstall hailofw" : "install the firmware of the driver's release there")
        }
        guard bytes.littleEndian(UInt32.self, at: 0) == Self.firmwareMagic, bytes.count >= Self.versionOffset + 12
        else {
            return add(
                .problem, "firmware file", "\(Self.firmwarePath) is not a firmware for the Hailo-8",
                advice: "replace it with the firmware of the driver's release")
        }
        let version = FirmwareVersion(bytes: bytes[Self.versionOffset..<(Self.versionOffset + 12)]).version
        if let driverVersion, driverVersion != version {
            add(
                .note, "firmware file", "\(Self.firmwarePath) is version \(version), the driver \(driverVersion)",
                advice: "install both from the same release; the card loads this file when it starts")
        } else {
            add(.fine, "firmware file", "\(Self.firmwarePath) is version \(version)")
        }
    }

    // MARK: Device

    private mutating func devicePaths() -> [String] {
        do throws(HailoError) {
            return try DeviceScan.devices(in: files.root + DeviceScan.classPath).map { $0.path }
        } catch {
            add(.problem, "device files", error.message)
            return []
        }
    }

    private mutating func examineDevice(_ path: String) {
        guard files.exists(path) else {
            return add(
                .problem, "device file", "\(path) does not exist, although the driver has this device",
                advice: "in a container, pass the device in (--device=\(path)); otherwise restart udev")
        }
        guard files.isUsable(path) else {
            return add(
                .problem, "device file", "\(path): this user may not use it",
                advice:
                    "install the udev rule 51-hailo-udev.rules of the driver or of hailoctl, and log in again; or run as root"
            )
        }
        add(.fine, "device file", "\(path) can be used")
        guard files.isThisMachine else { return }
        for user in FileUsers.names(of: path) { add(.note, "other program", "\(user) has \(path) open") }
        do throws(HailoError) {
            try examine(try Device.open(path))
        } catch {
            add(.problem, "device", error.message)
        }
    }

    private mutating func examine(_ device: Device) throws(HailoError) {
        let info = try device.info
        add(
            .fine, "device",
            "\(info.id): \(info.chip.name), \(info.boardName)"
                + (info.isEmulated ? " (emulated: no value comes from a chip)" : ""))
        if let note = info.releaseNote {
            add(
                info.isServed ? .note : .problem, "versions", note,
                advice: "if anything fails, install driver and firmware from the same release")
        } else {
            add(.fine, "versions", "driver and firmware \(info.driverVersion)")
        }
        add(.fine, "descriptor page", "\(info.dmaPageSize) bytes")
        let temperature = try device.temperature()
        let warmest = max(temperature.sensor0, temperature.sensor1)
        add(
            warmest < Self.hot ? .fine : .note, "temperature", "\(temperature.sensor0) °C, \(temperature.sensor1) °C",
            advice: warmest < Self.hot ? "" : "the chip slows down when it gets hotter; it needs a heat sink or a fan")
    }

    private static let hot: Float = 85
}
