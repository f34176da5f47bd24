/// How large the parts of a request may be, in bytes.
package struct HTTPLimits: Sendable {
  /// A longer request line is answered 414.
  package var requestLine = 16 << 10
  /// A longer head, request line and fields together, is answered 431.
  package var head = 64 << 10
  /// A longer body is answered 413.
  package var body = 4 << 20

  /// The limits of most listeners.
  package init(requestLine: Int = 16 << 10, head: Int = 64 << 10, body: Int = 4 << 20) {
    self.requestLine = requestLine
    self.head = head
    self.body = body
  }
}

/// How long the parts of an exchange may take; each is absolute, not since the last byte.
package struct HTTPDeadlines: Sendable {
  /// From the first byte of a request, or a new connection, to the end of the head.
  package var head: Duration
  /// From the end of the head to the end of the body.
  package var body: Duration
  /// From the whole request to the answer.
  package var handler: Duration
  /// How long a reader may leave output waiting without taking any of it.
  package var write: Duration
  /// How long a connection may rest between requests.
  package var idle: Duration
  /// How long an answered, failed connection is read on so that the answer is not lost.
  package var linger: Duration

  /// The deadlines of most listeners.
  package init(
    head: Duration = .seconds(10), body: Duration = .seconds(60),
    handler: Duration = .seconds(60), write: Duration = .seconds(30),
    idle: Duration = .seconds(120), linger: Duration = .seconds(1)
  ) {
    self.head = head
    self.body = body
    self.handler = handler
    self.write = write
    self.idle = idle
    self.linger = linger
  }
}
