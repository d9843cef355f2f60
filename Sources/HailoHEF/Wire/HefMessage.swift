package import HailoBase

/// The outermost messages of a HEF file. Field numbers, types and meanings are those of the vendor's hef.proto; fields
/// that no reader uses are named only where they must be well formed.
package struct HefMessage: WireMessage, Sendable {
    package var header = HeaderMessage()
    package var networkGroups: Series<NetworkGroupMessage> = []
    package var includedFeatures = IncludedFeaturesMessage()
    package var extensions: Series<ExtensionMessage> = []
    package var optionalExtensions: Series<ExtensionMessage> = []
    package var externalResources: Series<ExternalResourceMessage> = []

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &header)
        _ = visitor.field(2, &networkGroups)
        _ = visitor.field(4, &includedFeatures)
        _ = visitor.field(5, &extensions)
        _ = visitor.field(6, &optionalExtensions)
        _ = visitor.field(7, &externalResources)
    }
}

package struct HeaderMessage: WireMessage, Sendable {
    package var architecture: Int32 = 0
    package var timestamp: UInt64 = 0
    package var compilerVersion = ""
    package var version: UInt64 = 0

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &architecture)
        _ = visitor.field(2, &timestamp)
        _ = visitor.field(3, &compilerVersion)
        _ = visitor.field(4, &version)
    }
}

/// What files of header version 0 use, before there were extensions.
package struct IncludedFeaturesMessage: WireMessage, Sendable {
    package var abbale = false
    package var postedWrites = false
    package var ddr = false
    package var isMultiContext = false
    package var compressedParameters = false
    package var transposeComponent = false
    package var paddedDDRBuffers = false
    package var sequencer = false

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &abbale)
        _ = visitor.field(2, &postedWrites)
        _ = visitor.field(3, &ddr)
        _ = visitor.field(4, &isMultiContext)
        _ = visitor.field(5, &compressedParameters)
        _ = visitor.field(6, &transposeComponent)
        _ = visitor.field(7, &paddedDDRBuffers)
        _ = visitor.field(8, &sequencer)
    }
}

package struct ExtensionMessage: WireMessage, Sendable {
    package var typeIndex: UInt32 = 0
    package var name = ""

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &typeIndex)
        _ = visitor.field(2, &name)
    }
}

package struct ExternalResourceMessage: WireMessage, Sendable {
    package var offset: UInt64 = 0
    package var size: UInt64 = 0
    package var name = ""

    package init() {}

    package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        _ = visitor.field(1, &offset)
        _ = visitor.field(2, &size)
        _ = visitor.field(3, &name)
    }
}
