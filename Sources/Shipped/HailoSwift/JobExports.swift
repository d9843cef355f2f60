internal import HailoBase
internal import HailoCInterface
public import CHailoSwift
internal import Hailo

@_cdecl("hailoswift_session_run") @implementation
public func hailoswift_session_run(
    _ session: OpaquePointer!, _ frameCount: Int, _ inputs: UnsafePointer<hailoswift_source>!, _ inputCount: Int,
    _ outputs: UnsafePointer<hailoswift_target>!, _ outputCount: Int, _ timeout: UInt32
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let counts = try created.portCounts
        let buffers = try Buffers(frameCount, inputs, inputCount, outputs, outputCount, counts)
        try created.run(
            count: frameCount, inputCount: inputCount, outputCount: outputCount, input: { buffers.input($0) },
            output: { buffers.output($0) }, milliseconds: milliseconds(timeout))
    }
}

@_cdecl("hailoswift_session_submit") @implementation
public func hailoswift_session_submit(
    _ session: OpaquePointer!, _ frameCount: Int, _ inputs: UnsafePointer<hailoswift_source>!, _ inputCount: Int,
    _ outputs: UnsafePointer<hailoswift_target>!, _ outputCount: Int,
    _ options: UnsafePointer<hailoswift_submit_options>!, _ job: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let counts = try created.portCounts
        let buffers = try Buffers(frameCount, inputs, inputCount, outputs, outputCount, counts)
        var chosen = hailoswift_submit_options()
        if let options {
            chosen = try GrowingStruct.read(
                options, defaults: chosen, smallest: MemoryLayout<hailoswift_submit_options>.size, "options")
        }
        let submitted = try created.submit(
            count: frameCount, inputCount: inputCount, outputCount: outputCount, input: { buffers.input($0) },
            output: { buffers.output($0) }, milliseconds: milliseconds(chosen.timeout_ms),
            callback: chosen.callback.map { CompletionCallback($0, chosen.user_data, prepare: keep) })
        if let job { job.pointee = HandleTable.shared.insert(submitted, kind: .job) }
    }
}

private func milliseconds(_ timeout: UInt32) -> UInt64 {
    switch timeout {
    case HAILOSWIFT_WAIT_FOREVER: .max
    case HAILOSWIFT_NO_WAIT: 0
    default: UInt64(timeout)
    }
}

@_cdecl("hailoswift_session_prepare") @implementation
public func hailoswift_session_prepare(
    _ session: OpaquePointer!, _ frameCount: Int, _ inputs: UnsafePointer<hailoswift_source>!, _ inputCount: Int,
    _ outputs: UnsafePointer<hailoswift_target>!, _ outputCount: Int,
    _ callback: hailoswift_job_callback!, _ userData: UnsafeMutableRawPointer!,
    _ job: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let target = try required(job, "job")
        let buffers = try Buffers(frameCount, inputs, inputCount, outputs, outputCount, try created.portCounts)
        let prepared = try created.prepare(
            count: frameCount, inputCount: inputCount, outputCount: outputCount, input: { buffers.input($0) },
            output: { buffers.output($0) }, callback: callback.map { CompletionCallback($0, userData, prepare: keep) })
        target.pointee = HandleTable.shared.insert(prepared, kind: .job)
    }
}

@_cdecl("hailoswift_job_submit") @implementation
public func hailoswift_job_submit(_ job: OpaquePointer!, _ timeout: UInt32) -> Int32 {
    call { () throws(HailoError) in
        try HandleTable.shared.object(job, .job, as: Job.self).submit(milliseconds: milliseconds(timeout))
    }
}

/// The buffers that a caller passes, checked so far that they can be looked at.
private struct Buffers {
    private let inputs: UnsafePointer<hailoswift_source>?
    private let outputs: UnsafePointer<hailoswift_target>?

    init(
        _ frameCount: Int, _ inputs: UnsafePointer<hailoswift_source>?, _ inputCount: Int,
        _ outputs: UnsafePointer<hailoswift_target>?, _ outputCount: Int, _ expected: (inputs: Int, outputs: Int)
    ) throws(HailoError) {
        guard frameCount >= 0 else { throw HailoError(.invalidArgument, "frame_count is too large") }
        try Buffers.checkCount(inputCount, expected.inputs, inputs != nil, "input")
        try Buffers.checkCount(outputCount, expected.outputs, outputs != nil, "output")
        self.inputs = inputs
        self.outputs = outputs
        for index in 0..<inputCount {
            try Buffers.checkSize(inputs?[index].size ?? 0, inputs?[index].data != nil, "inputs", index)
        }
        for index in 0..<outputCount {
            try Buffers.checkSize(outputs?[index].size ?? 0, outputs?[index].data != nil, "outputs", index)
        }
    }

    func input(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: inputs?[index].data, count: inputs?[index].size ?? 0)
    }

    func output(_ index: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: outputs?[index].data, count: outputs?[index].size ?? 0)
    }

    private static func checkCount(
        _ count: Int, _ expected: Int, _ isThere: Bool, _ what: StaticString
    ) throws(HailoError) {
        guard count == expected, isThere || count == 0 else {
            throw HailoError(
                .invalidArgument,
                isThere
                    ? "\(what)_count is \(UInt(bitPattern: count)); the session has \(expected)"
                    : "argument \(what)s is NULL")
        }
    }

    private static func checkSize(
        _ size: Int, _ isThere: Bool, _ what: StaticString, _ index: Int
    ) throws(HailoError) {
        guard isThere || size == 0 else { throw HailoError(.invalidArgument, "\(what)[\(index)].data is NULL") }
        guard size >= 0 else { throw HailoError(.invalidArgument, "\(what)[\(index)].size is too large") }
    }
}

@_cdecl("hailoswift_session_drain") @implementation
public func hailoswift_session_drain(_ session: OpaquePointer!, _ timeout: UInt32) -> Int32 {
    call { () throws(HailoError) in
        try HandleTable.shared.object(session, .session, as: Session.self).drain(milliseconds: milliseconds(timeout))
    }
}

@_cdecl("hailoswift_session_get_queue") @implementation
public func hailoswift_session_get_queue(
    _ session: OpaquePointer!, _ info: UnsafeMutablePointer<hailoswift_queue_info>!
) -> Int32 {
    call { () throws(HailoError) in
        let created = try HandleTable.shared.object(session, .session, as: Session.self)
        let target = try required(info, "info")
        let (jobs, frames) = created.inFlight
        var value = hailoswift_queue_info()
        value.depth = UInt32(clamping: created.info.queueDepth)
        value.frames_under_way = UInt32(clamping: frames)
        value.jobs_under_way = UInt32(clamping: jobs)
        try GrowingStruct.write(value, to: target, smallest: MemoryLayout<hailoswift_queue_info>.size, "info")
    }
}

// MARK: Jobs

@_cdecl("hailoswift_job_wait") @implementation
public func hailoswift_job_wait(_ job: OpaquePointer!, _ timeout: UInt32) -> Int32 {
    call { () throws(HailoError) in
        try HandleTable.shared.object(job, .job, as: Job.self).wait(milliseconds: milliseconds(timeout))
    }
}

@_cdecl("hailoswift_job_is_finished") @implementation
public func hailoswift_job_is_finished(_ job: OpaquePointer!) -> Int32 {
    var isFinished = false
    let status = call { () throws(HailoError) in
        isFinished = try HandleTable.shared.object(job, .job, as: Job.self).isFinished
    }
    return status == 0 && isFinished ? 1 : 0
}

@_cdecl("hailoswift_job_cancel") @implementation
public func hailoswift_job_cancel(_ job: OpaquePointer!) -> Int32 {
    call { () throws(HailoError) in
        try HandleTable.shared.object(job, .job, as: Job.self).cancel()
    }
}

@_cdecl("hailoswift_job_release") @implementation
public func hailoswift_job_release(_ job: OpaquePointer!) {
    // Nobody can submit it any more.
    (release(job, .job) as? Job)?.discard()
}
