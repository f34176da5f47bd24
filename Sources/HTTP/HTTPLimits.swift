/// How large the parts of a request may be, in bytes.
package struct HTTPLimits: Sendable {
  /// A longer request line is answered 414.
  package var requestLine = 16 << 10
  /// A longer head, request line and fields together, is answered 431.
  package var head = 64 << 10
  /// A head of more fields is answered 431.
  package var fields = 1000
  /// A longer body is answered 413, unless the handler's ``HTTPBodyPlan`` says otherwise.
  package var body = 4 << 20

  /// The limits of most listeners.
  package init(requestLine: Int = 16 << 10, head: Int = 64 << 10, body: Int = 4 << 20) {
    self.requestLine = requestLine
    self.head = head
    self.body = body
  }
}

/// How much memory the connections of all servers of a process may take together, in bytes.
package struct HTTPMemoryLimits: Sendable {
  /// What the engine holds of callers, known or not: heads, collected bodies, requests behind them.
  ///
  /// Five eighths are for requests that hold more than 4 KiB, seven for those that are not complete,
  /// so that small complete requests are served while others send without an end. What finds no room
  /// is answered 503, so this bounds a collected body as well.
  package var input = 32 << 20
  /// Streamed bodies, each counted as ``HTTPMemory/streamSize``; further ones are answered 503.
  package var streams = 256 << 20
  /// Answers that are not taken; further ones of more than 64 KiB are answered 503.
  ///
  /// Whoever writes a stream may hold its present piece besides.
  package var output = 256 << 20

  /// The limits of most processes.
  package init() {}
}

/// How long the parts of an exchange may take; each is absolute, not since the last byte.
package struct HTTPDeadlines: Sendable {
  /// From the first byte of a request, or a new connection, to the end of the head.
  package var head: Duration
  /// From the end of the head to the end of a collected body.
  ///
  /// A streamed body has no end to keep: as long as each 64 KiB of it take less than this, not
  /// counting the time in which the handler does not wait for them (about 1 KiB/s).
  package var body: Duration
  /// From the whole request to the answer; with a streamed body, from the last piece taken.
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
