package import HailoBase

/// A tensor as the chip holds it in the frames of a stream.
package struct ChipTensor: Sendable {
    package let name: Name
    package let shape: Shape
    /// With the padding that the chip needs.
    package let paddedShape: Shape
    package let format: Format
    /// One for each feature if they differ, else one.
    package let quantizations: [Quantization]

    package init(name: Name, shape: Shape, paddedShape: Shape, format: Format, quantizations: [Quantization]) {
        self.name = name
        self.shape = shape
        self.paddedShape = paddedShape
        self.format = format
        self.quantizations = quantizations
    }
}
