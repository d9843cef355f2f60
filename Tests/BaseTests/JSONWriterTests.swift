import Base
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
