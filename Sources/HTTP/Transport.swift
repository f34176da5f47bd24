import CLinux
import Cryptography
import Glibc

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
  private let tls: TLSSession?
  private var output: [UInt8] = []
  private var sent = 0
  private var watched: UInt32
  /// Bytes that were given to ``send(_:)`` before the TLS handshake was done.
  private var early: [UInt8] = []
  private(set) var isOpen = true

  init(descriptor: Int32, loop: EventLoop, tls: TLSSession?) {
    self.descriptor = descriptor
    self.loop = loop
    self.tls = tls
    watched = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
  }

  deinit { if isOpen { Glibc.close(descriptor) } }

  /// The events to register with.
  var initialEvents: UInt32 { watched }

  /// Whether no TLS is spoken.
  var isPlain: Bool { tls == nil }

  /// Whether the TLS handshake, if any, is done.
  var isEstablished: Bool { tls?.isEstablished ?? true }

  /// How many bytes wait to be taken by the other end.
  var backlog: Int { output.count - sent + early.count }

  /// Starts or goes on with the handshake; nil, or why it failed.
  func handshake() -> String? {
    guard let tls else { return nil }
    let failure = tls.handshake()
    tls.drain(into: &output)
    if failure == nil, tls.isEstablished, !early.isEmpty {
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
    guard let tls else { return readSocket(into: loop.readBuffer) }
    while true {
      if tls.isEstablished {
        switch tls.read(into: loop.plainBuffer) {
        case .bytes(let count):
          tls.drain(into: &output)
          return .bytes(UnsafeRawBufferPointer(rebasing: loop.plainBuffer[..<count]))
        case .closed: return .closed
        case .failed(let reason): return .failed(reason)
        case .starved: tls.drain(into: &output)
        }
      }
      switch readSocket(into: loop.readBuffer) {
      case .bytes(let bytes): tls.receive(bytes)
      case let other: return other
      }
      if !tls.isEstablished, let failure = handshake() {
        flush()
        return .failed(failure)
      }
      flush()
    }
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
    guard let tls else {
      if output.isEmpty { output = bytes } else { output.append(contentsOf: bytes) }
      return
    }
    guard tls.isEstablished else {
      early.append(contentsOf: bytes)
      return
    }
    _ = bytes.withUnsafeBytes { tls.write($0) }
    tls.drain(into: &output)
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
