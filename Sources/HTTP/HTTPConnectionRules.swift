import Platform

/// What holds for all connections of a server: bounds, times, the accounts of what they hold.
final class HTTPConnectionRules: Sendable {
  /// How much of what comes behind the present request is read before that is answered.
  static let inputLimit = 64 << 10
  /// Requests behind answers that the other end does not take wait from here on.
  static let outputLimit = 16 << 10
  /// How much of a body that nobody reads is passed over; behind a longer one the connection ends.
  static let passedOver = 64 << 10
  /// How much of a streamed body the handler gets at once.
  static let pieceSize = 64 << 10
  /// How much of a streamed answer may wait before its writer does.
  static let writerLimit = 256 << 10

  /// ``HTTPDeadlines`` in nanoseconds.
  struct Times {
    let head, body, handler, write, idle, linger: UInt64

    init(_ deadlines: HTTPDeadlines) {
      func time(_ duration: Duration) -> UInt64 { UInt64(max(0, duration.nanoseconds)) }
      head = time(deadlines.head)
      body = time(deadlines.body)
      handler = time(deadlines.handler)
      write = time(deadlines.write)
      idle = time(deadlines.idle)
      linger = time(deadlines.linger)
    }
  }

  let limits: HTTPLimits
  let times: Times
  /// ``HTTPServerConfiguration/endsWithInput``.
  let endsWithInput: Bool
  /// Whether no TLS is spoken.
  let isPlain: Bool
  let memory: HTTPMemory
  let date: HTTPDate

  init(
    limits: HTTPLimits = HTTPLimits(), deadlines: HTTPDeadlines = HTTPDeadlines(),
    endsWithInput: Bool = false, isPlain: Bool = true, memory: HTTPMemory,
    date: HTTPDate = HTTPDate()
  ) {
    self.limits = limits
    times = Times(deadlines)
    self.endsWithInput = endsWithInput
    self.isPlain = isPlain
    self.memory = memory
    self.date = date
  }
}
