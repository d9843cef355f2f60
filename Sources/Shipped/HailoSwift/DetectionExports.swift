internal import HailoBase
internal import HailoCInterface
internal import HailoFormats
public import CHailoSwift
internal import Hailo
internal import HailoPostProcess

@_cdecl("hailoswift_session_get_detection_settings") @implementation
public func hailoswift_session_get_detection_settings(
    _ session: OpaquePointer!, _ output: UnsafePointer<CChar>!,
    _ settings: UnsafeMutablePointer<hailoswift_detection_settings>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let target = try required(settings, "settings")
        let found = try created.detectionSettings(ofOutput: try required(output, "output"))
        let value = hailoswift_detection_settings(
            struct_size: 0, score_threshold: found.scoreThreshold, iou_threshold: found.overlapThreshold,
            max_per_class: found.maximumPerClass, max_total: found.maximumTotal, max_mask_size: found.maximumMaskBytes,
            reserved: 0)
        try GrowingStruct.write(
            value, to: target, smallest: MemoryLayout<hailoswift_detection_settings>.size, "settings")
    }
}

@_cdecl("hailoswift_session_set_detection_settings") @implementation
public func hailoswift_session_set_detection_settings(
    _ session: OpaquePointer!, _ output: UnsafePointer<CChar>!,
    _ settings: UnsafePointer<hailoswift_detection_settings>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        guard let settings else { throw HailoError(.invalidArgument, "argument settings is NULL") }
        let raw = try GrowingStruct.read(
            settings, defaults: hailoswift_detection_settings(),
            smallest: MemoryLayout<hailoswift_detection_settings>.size, "settings")
        try created.setDetectionSettings(
            DetectionSettings(
                scoreThreshold: raw.score_threshold, overlapThreshold: raw.iou_threshold,
                maximumPerClass: raw.max_per_class, maximumTotal: raw.max_total, maximumMaskBytes: raw.max_mask_size),
            ofOutput: try required(output, "output"))
    }
}

@_cdecl("hailoswift_detections_read") @implementation
public func hailoswift_detections_read(
    _ port: UnsafePointer<hailoswift_port_info>!, _ frame: UnsafeRawPointer!, _ frameSize: Int,
    _ detections: UnsafeMutablePointer<hailoswift_detection>!, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>!
) -> Int32 {
    call { () throws(HailoError) in
        guard let port else { throw HailoError(.invalidArgument, "argument port is NULL") }
        let info = try GrowingStruct.read(
            port, defaults: hailoswift_port_info(), smallest: MemoryLayout<hailoswift_port_info>.size, "port")
        let total = try required(count, "count")
        guard let frame, frameSize > 0 else {
            throw HailoError(.invalidArgument, "argument frame is NULL, or frame_size is invalid")
        }
        guard capacity >= 0 else {
            throw HailoError(.invalidArgument, "capacity is \(UInt(bitPattern: capacity)), which is too large")
        }
        guard capacity == 0 || detections != nil else {
            throw HailoError(.invalidArgument, "argument detections is NULL, but capacity is not 0")
        }
        let boxes = BoxShape(
            classes: info.boxes.classes, maximumPerClass: info.boxes.max_per_class, maximumTotal: info.boxes.max_total,
            maximumMaskBytes: info.boxes.max_mask_size, pictureHeight: info.picture_height,
            pictureWidth: info.picture_width)
        let reader = try DetectionReader(Order(rawValue: UInt32(bitPattern: info.format.order)), boxes)
        var found = 0
        // Twice, so that nothing is written if the frame is wrong.
        for writes in [false, true] {
            found = 0
            try reader.read(UnsafeRawBufferPointer(start: frame, count: frameSize)) { entry in
                if writes, found < capacity { detections[found] = exported(entry, frame) }
                found += 1
            }
        }
        total.pointee = found
    }
}

private func exported(_ entry: Detection, _ frame: UnsafeRawPointer) -> hailoswift_detection {
    hailoswift_detection(
        class_id: entry.label, score: entry.score, y_min: entry.top, x_min: entry.left, y_max: entry.bottom,
        x_max: entry.right, mask: entry.mask.map { (frame + $0.offset).assumingMemoryBound(to: UInt8.self) },
        mask_height: UInt32(clamping: entry.mask?.height ?? 0), mask_width: UInt32(clamping: entry.mask?.width ?? 0))
}
