internal import HailoBase

/// Numbers of an instruction: an array of those who write programs, or memory that a program was read into.
package struct Numbers<Element: FixedWidthInteger & BitwiseCopyable & Sendable>: RandomAccessCollection, Equatable,
    Sendable,
    ExpressibleByArrayLiteral
{
    private let array: [Element]
    private let memory: FixedMemory<Element>?

    package init(_ array: [Element]) {
        self.array = array
        memory = nil
    }

    package init(arrayLiteral elements: Element...) { self.init(elements) }

    private init(_ memory: FixedMemory<Element>) {
        array = []
        self.memory = memory
    }

    /// `count` little endian numbers, which are there; nil if there is no memory for them.
    static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ count: Int) -> Numbers? {
        guard count > 0 else { return Numbers([]) }
        guard let memory = FixedMemory<Element>.make(count) else { return nil }
        let size = MemoryLayout<Element>.size
        for index in 0..<count {
            let number = bytes.loadUnaligned(fromByteOffset: offset + index * size, as: Element.self)
            memory.elements.initializeElement(at: index, to: Element(littleEndian: number))
        }
        return Numbers(memory)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { memory?.elements.count ?? array.count }
    package subscript(index: Int) -> Element { memory?.elements[index] ?? array[index] }

    package static func == (left: Numbers, right: Numbers) -> Bool { left.elementsEqual(right) }

    func withUnsafeBufferPointer<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        if let memory { return body(UnsafeBufferPointer(memory.elements)) }
        return array.withUnsafeBufferPointer(body)
    }
}
