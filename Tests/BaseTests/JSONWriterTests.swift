import HailoBase
import Testing

@Suite struct JSONWriterTests {
    @Test func nestingAndCommas() {
        var writer = JSONWriter()
        writer.object { object in
            object.number("a", 1)
            object.array("b") { list in
                list.string(nil, "x")
                list.object { _ in }
                list.array { $0.number(nil, -2) }
            }
            object.boolean("c", true)
            object.raw("d", Array("[0]".utf8))
            object.number("e", Float(1.5))
        }
        #expect(writer.text == #"{"a":1,"b":["x",{},[-2]],"c":true,"d":[0],"e":1.5}"#)
    }

    @Test func charactersThatJSONReserves() {
        var writer = JSONWriter()
        writer.string(nil, "a\"b\\c\nd\u{1}é")
        #expect(writer.text == #""a\"b\\c\u000ad\u0001é""#)
    }

    @Test(
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (0.1, "0.100000001"), (1.5, "1.5"), (254.00002, "254.000015"), (255, "255.0"),
            (0.003921569, "0.00392156886"), (-1.25, "-1.25"), (3.4028235e38, "3.40282347e+38"),
            (.leastNonzeroMagnitude, "1.40129846e-45"),
            (16_777_216, "16777216.0"), (1e20, "1.00000002e+20"), (10, "10.0"),
        ] as [(Float, String)])
    func numbersHaveNineDigits(value: Float, text: String) {
        var writer = JSONWriter()
        writer.number(nil, value)
        #expect(writer.text == text)
    }

    @Test func numbersThatJSONDoesNotHave() {
        var writer = JSONWriter()
        writer.array {
            $0.number(nil, Float.nan)
            $0.number(nil, Float.infinity)
        }
        #expect(writer.text == "[null,null]")
    }

    @Test func linesStandAlone() {
        var writer = JSONWriter()
        for number in 0..<2 {
            writer.object { $0.number("n", number) }
            writer.endLine()
        }
        #expect(writer.text == "{\"n\":0}\n{\"n\":1}\n")
    }
}
