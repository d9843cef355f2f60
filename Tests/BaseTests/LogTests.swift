import HailoBase
import Testing

@Suite(.serialized) struct LogTests {
    private final class Received: @unchecked Sendable {
        var messages: [String] = []
    }

    @Test func messagesBelowTheThresholdAndAfterSilencingGoNowhere() {
        let received = Received()
        Log.send(from: .warning) { _, message in received.messages.append(message) }
        Log.info("one")
        Log.warning("two")
        Log.error("three")
        Log.send(from: .debug, to: nil)
        Log.error("four")
        #expect(received.messages == ["two", "three"])
    }

    @Test func aSinkMayChangeTheSink() {
        let received = Received()
        Log.send(from: .debug) { _, message in
            received.messages.append(message)
            Log.send(from: .debug, to: nil)
        }
        Log.info("one")
        Log.info("two")
        #expect(received.messages == ["one"])
    }
}
