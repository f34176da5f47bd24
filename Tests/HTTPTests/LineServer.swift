import Cryptography
import Platform

@testable import HTTP

/// A server on a loop of its own, for peers that do what no client does.
struct LineServer {
  let loops: EventLoops
  let server: HTTPServer
  var port: Int { Int(server.addresses[0].port) }
  var memory: HTTPMemory { loops.memory }

  init(
    loopCount: Int = 1, plan: HTTPBodyPlan = .collect(limit: nil),
    deadlines: HTTPDeadlines = HTTPDeadlines(), memory: HTTPMemoryLimits = HTTPMemoryLimits(),
    maximumConnections: Int = 100, endsWithInput: Bool = false,
    overloaded: @escaping @Sendable (HTTPRequest) -> HTTPResponse = { _ in .text(503, "full") },
    answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) throws {
    loops = EventLoops(count: loopCount, memory: memory)
    server = HTTPServer(
      HTTPServerConfiguration(
        listen: [HostPort(host: "127.0.0.1", port: 0)], deadlines: deadlines,
        maximumConnections: maximumConnections, overloaded: overloaded,
        endsWithInput: endsWithInput),
      loops: loops, handler: ClosureHandler(plan: plan, answer))
    try server.start()
  }

  /// Runs blocking work against it off the cooperative threads, with the port.
  func talk<T: Sendable>(_ body: @escaping @Sendable (Int) -> T) async -> T {
    let port = port
    return await withCheckedContinuation { continuation in
      Thread.run { continuation.resume(returning: body(port)) }
    }
  }

  func stop() async {
    await server.stop(grace: .zero)
    loops.stop()
  }
}

extension RawLine {
  /// The status of the next answer, whose body is passed over; nil where the connection ended.
  func status() -> Int? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard let byte = read(1), !byte.isEmpty else { return nil }
      head += byte
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let status = lines[0].split(separator: " ")[1]
    let length = lines.first { $0.hasPrefix("Content-Length: ") }?.dropFirst(16)
    var left = length.flatMap { Int($0) } ?? 0
    while left > 0 {
      guard let piece = read(left), !piece.isEmpty else { return nil }
      left -= piece.count
    }
    return Int(status)
  }
}
