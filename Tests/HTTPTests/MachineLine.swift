import Platform
import Testing

@testable import HTTP

/// A connection's machine whose socket, clock and handler do as a test says.
///
/// Requests for `/now` are answered at once with their target, those for `/large` with 20,000 bytes;
/// for others a task is begun, and the test gives its answer.
final class MachineLine {
  static let second: UInt64 = 1_000_000_000
  /// Each is another, so that none can stand for another.
  static let deadlines = HTTPDeadlines(
    head: .seconds(10), body: .seconds(60), handler: .seconds(45), write: .seconds(30),
    idle: .seconds(120), linger: .seconds(1))

  var machine: HTTPConnectionMachine
  let memory: HTTPMemory
  private(set) var now = 1000 * second
  var plan: HTTPBodyPlan
  /// How many bytes the other end still takes.
  var window = Int.max

  /// What the other end got, and what waits for it.
  private(set) var taken: [UInt8] = []
  private(set) var waiting: [UInt8] = []
  /// Targets of the requests in the order in which they were offered, with the sizes of their bodies.
  private(set) var offered: [String] = []
  private(set) var bodies: [Int] = []
  /// Targets of the requests that tasks were begun for.
  private(set) var tasks: [String] = []
  private(set) var streams = 0
  private(set) var cancelled = 0
  private(set) var pieces: [Int] = []
  private(set) var bodyFailure: HTTPBodyFailure?
  private(set) var resumed = 0
  private(set) var told: [Int] = []
  private(set) var isReading = true
  private(set) var readAgain = 0
  private(set) var standing = ConnectionQueue.Standing.nowhere
  private(set) var standsSince: UInt64 = 0
  private(set) var hasFinished = false
  private(set) var isReset = false
  private(set) var isClosed = false
  private var head: HTTPRequestHead?

  init(
    plan: HTTPBodyPlan = .collect(limit: nil), limits: HTTPLimits = HTTPLimits(),
    memory: HTTPMemoryLimits = HTTPMemoryLimits(), endsWithInput: Bool = false,
    isPlain: Bool = true
  ) {
    self.memory = HTTPMemory(limits: memory)
    self.plan = plan
    machine = HTTPConnectionMachine(
      rules: HTTPConnectionRules(
        limits: limits, deadlines: Self.deadlines, endsWithInput: endsWithInput,
        isPlain: isPlain, memory: self.memory, date: HTTPDate(clock: ManualClock())),
      now: now)
    machine.begin()
    run()
  }

  // What happens.

  /// The other end sends a text, if it is read.
  func sends(_ text: String) { sends(Array(text.utf8)) }

  func sends(_ bytes: [UInt8]) {
    guard isReading, machine.admitsInput() else { return run() }
    bytes.withUnsafeBytes { machine.received($0, now: now) }
    run()
  }

  /// The other end sends bytes in parts for as long as they are read; how many were.
  func pours(_ count: Int, by part: Int = 4096) -> Int {
    var sent = 0
    while sent < count, isReading, !isClosed {
      let size = min(part, count - sent)
      guard machine.admitsInput() else {
        run()
        break
      }
      [UInt8](repeating: 0x61, count: size).withUnsafeBytes { machine.received($0, now: now) }
      run()
      sent += size
    }
    return sent
  }

  func endsInput() {
    machine.inputEnded(now: now)
    run()
  }

  /// The other end takes so many bytes more.
  func takes(_ count: Int) {
    window += count
    guard !waiting.isEmpty else { return }
    move()
    machine.drained(backlog: waiting.count, now: now)
    run()
  }

  func takesAll() {
    window = .max / 2
    takes(0)
  }

  func answers(_ response: HTTPResponse = .text(200, "")) {
    machine.answered(response, now: now)
    run()
  }

  func wantsBody() {
    machine.bodyWanted(now: now)
    run()
  }

  func leavesBody() {
    machine.bodyLeft()
    run()
  }

  @discardableResult
  func writes(_ count: Int) -> Bool {
    let isSent = machine.wrote([UInt8](repeating: 0x62, count: count), now: now)
    run()
    return isSent
  }

  func endsStream(isWhole: Bool = true) {
    machine.streamEnded(isWhole: isWhole, now: now)
    run()
  }

  func stops() {
    machine.stop()
    run()
  }

  func starves(isGreeting: Bool = false, isEstablished: Bool = true) {
    machine.starved(isGreeting: isGreeting, isEstablished: isEstablished, now: now)
    run()
  }

  /// Time goes by, with what is due on the way.
  func passes(_ duration: Duration) {
    let end = now + UInt64(duration.nanoseconds)
    while !isClosed, machine.deadline <= end {
      now = max(now, machine.deadline)
      machine.deadlineReached(now: now)
      run()
    }
    now = end
  }

  // What is seen.

  /// Whether the writer of a stream waits for room.
  var holdsWriter: Bool { machine.holdsWriter }
  var isLingering: Bool { machine.state == .lingering }

  /// Seconds until something is due; nil where nothing is.
  var due: Double? {
    machine.deadline == .max ? nil : Double(machine.deadline - now) / Double(Self.second)
  }

  var text: String { String(decoding: taken, as: UTF8.self) }

  /// The statuses of all answers in order.
  var statuses: [Int] {
    // Of both versions.
    let start = Array("HTTP/1.".utf8)
    return taken.indices.compactMap { index in
      guard taken[index] == start[0], taken[index...].starts(with: start) else { return nil }
      return Int(String(decoding: taken[(index + 9)...].prefix(3), as: UTF8.self))
    }
  }

  /// The lines of all answers, of large bodies nothing.
  var lines: [Substring] { text.split(separator: "\r\n").filter { $0.utf8.count < 1000 } }

  private func run() {
    while let action = machine.next() { perform(action) }
    let isTimeless =
      isClosed || machine.state == .silent || machine.state == .streaming && waiting.isEmpty
    #expect(isTimeless || machine.deadline != .max, "nothing ends \(machine.state)")
  }

  private func move() {
    let count = min(window, waiting.count)
    taken += waiting.prefix(count)
    waiting.removeFirst(count)
    window -= count
  }

  private func perform(_ action: HTTPConnectionMachine.Action) {
    #expect(!isClosed, "something is done after the end")
    switch action {
    case .plan(let head):
      self.head = head
      machine.planned(plan)
    case .offer(let head, let body):
      self.head = head
      offered.append(head.target)
      bodies.append(body.count)
      switch head.target.prefix(4) {
      case "/now": machine.answered(.text(200, head.target), now: now)
      case "/lar": machine.answered(.text(200, Self.large), now: now)
      default: machine.passedOn()
      }
    case .overloaded: machine.refused(with: .text(503, "full"))
    case .handle: tasks.append(head?.target ?? "")
    case .stream: streams += 1
    case .cancel: cancelled += 1
    case .tell(let failure): told.append(failure.status)
    case .give(let piece): pieces.append(piece.bytes.count)
    case .endBody(let failure): bodyFailure = failure
    case .resumeWriter: resumed += 1
    case .send(let bytes):
      #expect(!hasFinished, "something is sent behind the end")
      waiting += bytes
      machine.sent(backlog: waiting.count)
    case .flush:
      move()
      machine.flushed(backlog: waiting.count)
    case .finishSending:
      hasFinished = true
      machine.sent(backlog: waiting.count)
    case .watch(let isWatching): isReading = isWatching
    case .readAgain: readAgain += 1
    case .stand(let standing, let since): (self.standing, standsSince) = (standing, since)
    case .rest(let since): (standing, standsSince) = (.idle, since)
    case .reset: isReset = true
    case .close: isClosed = true
    }
  }

  static let large = String(repeating: "x", count: 20_000)
}

/// A request's text.
func message(_ target: String, _ fields: String = "", method: String = "GET") -> String {
  "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
}

/// The head of a request with a body of so many bytes.
func upload(_ length: Int, _ fields: String = "", to target: String = "/") -> String {
  message(target, "Content-Length: \(length)\r\n\(fields)", method: "PUT")
}

/// A step of a test's table: what happens on a line.
struct LineCase<Expected: Sendable>: Sendable, CustomTestStringConvertible {
  let name: String
  let expected: Expected
  let drive: @Sendable (MachineLine) -> Void
  var testDescription: String { name }

  init(
    _ name: String, _ expected: Expected, _ drive: @escaping @Sendable (MachineLine) -> Void
  ) {
    self.name = name
    self.expected = expected
    self.drive = drive
  }
}
