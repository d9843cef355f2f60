internal import CHailoPlatform

/// The environment of the process.
package enum Environment {
    /// The value of a variable, or nil where it is unset or empty. A program with more rights than its caller has no use for
    /// the caller's variables: it would write a trace wherever they say.
    package static func value(_ name: String) -> String? {
        guard let text = hailoplatform_environment(name), text.pointee != 0 else { return nil }
        return String(cString: text)
    }
}
