// What stands in messages most, as functions of their own: otherwise the compiler puts all that it takes to turn a value
// into text at the place of every message, which makes up a good part of the shipped library.
extension DefaultStringInterpolation {
    @inline(never)
    package mutating func appendInterpolation(_ text: String) { appendLiteral(text) }

    @inline(never)
    package mutating func appendInterpolation(_ text: StaticString) { appendLiteral(text.description) }

    @inline(never)
    package mutating func appendInterpolation(_ name: Name) { appendLiteral(name.text) }

    @inline(never)
    package mutating func appendInterpolation(_ number: Int) { appendLiteral(number.description) }

    @inline(never)
    package mutating func appendInterpolation(_ number: UInt) { appendLiteral(number.description) }

    @inline(never)
    package mutating func appendInterpolation(_ number: UInt32) { appendInterpolation(UInt(number)) }

    @inline(never)
    package mutating func appendInterpolation(_ number: UInt64) { appendInterpolation(UInt(number)) }

    @inline(never)
    package mutating func appendInterpolation(_ number: UInt16) { appendInterpolation(UInt(number)) }

    @inline(never)
    package mutating func appendInterpolation(_ number: UInt8) { appendInterpolation(UInt(number)) }
}
