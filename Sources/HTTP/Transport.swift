import CLinux
import Cryptography
import Glibc
import JSON

/// A connected socket of a loop with its waiting output, and TLS where it is spoken.
///
/// It belongs to its loop's thread.
final class Transport {
  /// What came of reading.
  enum Reading {
    case bytes(UnsafeRawBufferPointer)
    case starved
    case closed
    case failed(String)
  }

  let descriptor: Int32
  private let loop: EventLoop
  /// Makes a server's session once the first record of the other end is whole.
  ///
  /// A session takes a hundred times what a ClientHello does, and whoever sends half of one may
  /// never send the rest.
  private let makeSession: (() -> TLSSession?)?
  private var tls: TLSSession?
  /// The first record, for as long as it is not whole.
  private var hello: [UInt8] = []
  private var output: [UInt8] = []
  private var sent = 0
  private var watched: UInt32
  /// Bytes that were given to ``send(_:)`` before the TLS handshake was done.
  private var early: [UInt8] = []
  private(set) var isOpen = true
  /// How many bytes of the other end TLS holds without having decrypted them.
  private(set) var undecrypted = 0

  /// A connection without TLS, or with the session that begins the handshake or that is made once
  /// the other end begins it.
  init(
    descriptor: Int32, loop: EventLoop, tls: TLSSession? = nil,
    makeSession: (() -> TLSSession?)? = nil
  ) {
    self.descriptor = descriptor
    self.loop = loop
    self.tls = tls
    self.makeSession = makeSession
    isPlain = tls == nil && makeSession == nil
    watched = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
  }

  deinit { if isOpen { Glibc.close(descriptor) } }

  /// The events to register with.
  var initialEvents: UInt32 { watched }

  /// Whether no TLS is spoken.
  let isPlain: Bool

  /// Whether the TLS handshake, if any, is done.
  var isEstablished: Bool { tls?.isEstablished ?? isPlain }

  /// Whether a TLS handshake is under way.
  var isGreeting: Bool { tls.map { !$0.isEstablished } ?? false }

  /// The largest TLS record (RFC 8446 section 5.2), about.
  private static let recordSize = 17 << 10

  /// How many bytes wait to be taken by the other end.
  var backlog: Int { output.count - sent + early.count }

  /// Starts or goes on with the handshake; nil, or why it failed.
  func handshake() -> String? {
    guard let tls else { return nil }
    let failure = tls.handshake()
    tls.drain(into: &output)
    if case .none = failure, tls.isEstablished, !early.isEmpty {
      let bytes = early
      early = []
      send(bytes)
    }
    return failure
  }

  /// Reads what is there into the loop's buffers; valid until the next read on this loop.
  ///
  /// With TLS it must be called again until it is starved.
  func read() -> Reading {
    guard isOpen else { return .closed }
    guard !isPlain else { return readSocket(into: loop.readBuffer) }
    while true {
      if let tls, tls.isEstablished {
        switch tls.read(into: loop.plainBuffer) {
        case .bytes(let count):
          undecrypted = tls.pending
          tls.drain(into: &output)
          return .bytes(UnsafeRawBufferPointer(rebasing: loop.plainBuffer[..<count]))
        case .closed: return .closed
        case .failed(let reason): return .failed(reason)
        case .starved: tls.drain(into: &output)
        }
      }
      // A record at a time, because OpenSSL's buffers grow to what they are given at once.
      switch readSocket(
        into: UnsafeMutableRawBufferPointer(rebasing: loop.readBuffer[..<Self.recordSize]))
      {
      case .bytes(let bytes): receive(bytes)
      case let other:
        tls?.trim()
        return other
      }
      guard let tls else {
        if isHelloWhole { return .failed("no TLS session") }
        continue
      }
      if !tls.isEstablished {
        if let failure = handshake() {
          flush()
          return .failed(failure)
        }
        if tls.isEstablished { undecrypted = tls.pending }
      }
      flush()
    }
  }

  /// Takes ciphertext; the session is made with the first whole record.
  private func receive(_ bytes: UnsafeRawBufferPointer) {
    undecrypted += bytes.count
    if let tls { return tls.receive(bytes) }
    hello.append(contentsOf: bytes)
    guard isHelloWhole else { return }
    tls = makeSession?()
    hello.withUnsafeBytes { tls?.receive($0) }
    if tls != nil { hello = [] }
  }

  /// Whether OpenSSL has something to judge: a record, or what is none (RFC 8446 section 5.1).
  private var isHelloWhole: Bool {
    guard let type = hello.first else { return false }
    guard type == 0x16, hello.count >= 5 else { return type != 0x16 }
    return hello.count >= min(5 + (Int(hello[3]) << 8 | Int(hello[4])), Self.recordSize)
  }

  private func readSocket(into buffer: UnsafeMutableRawBufferPointer) -> Reading {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
      if count == 0 { return .closed }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .starved : .failed(String(cString: strerror(errno)))
    }
  }

  /// Adds bytes to the output; ``flush()`` sends them.
  func send(_ bytes: [UInt8]) {
    if sent > 64 << 10 {
      // A reader who is always a little behind would never let go of what it has taken.
      output.removeFirst(sent)
      sent = 0
    }
    guard !isPlain else {
      if output.isEmpty { output = bytes } else { output.append(contentsOf: bytes) }
      return
    }
    guard let tls, tls.isEstablished else {
      early.append(contentsOf: bytes)
      return
    }
    if bytes.count > output.count {
      // Ciphertext is a little longer; growing by doubling would hold up to twice as much.
      output.reserveCapacity(output.count + bytes.count + bytes.count >> 8 + 64)
    }
    bytes.withUnsafeBytes { bytes in
      // In parts, because OpenSSL's buffer never shrinks.
      for start in stride(from: 0, to: bytes.count, by: 16 << 10) {
        let end = min(bytes.count, start + 16 << 10)
        _ = tls.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        tls.drain(into: &output)
      }
    }
  }

  /// Sends as much as the socket takes and watches for room if some is left; false: it is broken.
  @discardableResult
  func flush() -> Bool {
    guard isOpen else { return false }
    while sent < output.count {
      let count = output.withUnsafeBytes { buffer in
        Glibc.send(
          descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        if sent > 256 << 10, sent * 2 > output.count {
          output = Array(output[sent...])
          sent = 0
        }
        watch(watched | EPOLLOUT.rawValue)
        return true
      } else if errno != EINTR {
        return false
      }
    }
    sent = 0
    if output.capacity > 64 << 10 { output = [] } else { output.removeAll(keepingCapacity: true) }
    watch(watched & ~EPOLLOUT.rawValue)
    return true
  }

  /// Gives back the memory of an empty output buffer, for connections that will rest.
  func trim() { if output.isEmpty { output = [] } }

  /// Whether input is watched for; off while too much of it waits.
  func setReading(_ isReading: Bool) {
    let input = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
    watch(isReading ? watched | input : watched & ~input)
  }

  /// Whether input is watched for.
  var isReading: Bool { watched & EPOLLIN.rawValue != 0 }

  private func watch(_ events: UInt32) {
    guard events != watched, isOpen else { return }
    watched = events
    loop.change(descriptor, events)
  }

  /// Says that nothing more will be sent, so that the other end can read all of it.
  func finishSending() {
    tls?.shutDown()
    tls?.drain(into: &output)
    flush()
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Lets `close()` reset the connection instead of ending it in order.
  func resetOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Ends the connection.
  func close() {
    guard isOpen else { return }
    if let tls, tls.isEstablished {
      tls.shutDown()
      tls.drain(into: &output)
      flush()
    }
    isOpen = false
    loop.remove(descriptor)
    Glibc.close(descriptor)
  }
}
