internal import CPlatform

/// The environment of the process.
package enum Environment {
    /// The value of a variable, or nil where it is unset or empty.
    package static func value(_ name: String) -> String? {
        guard let text = getenv(name), text.pointee != 0 else { return nil }
        return String(cString: text)
    }
}
