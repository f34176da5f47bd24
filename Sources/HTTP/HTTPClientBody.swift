import Synchronization

/// The body of an answer, piece by piece; for one reader.
///
/// At most ``limit`` bytes wait for the reader: beyond it the socket is not read, so that the server
/// waits. Dropping the body, and cancelling the task that reads it, closes the connection.
package struct HTTPClientBody: AsyncSequence, Sendable {
  /// How many bytes wait for the reader before the socket is left alone: 1 MiB.
  package static let limit = 1 << 20

  /// Ends the exchange when the last copy is gone.
  fileprivate final class Handle: Sendable {
    let pieces: BodyPieces
    init(_ pieces: BodyPieces) { self.pieces = pieces }
    deinit { pieces.abandon() }
  }
  private let handle: Handle

  init(_ pieces: BodyPieces) { handle = Handle(pieces) }

  /// A body that is there already, and how it ends, for fakes.
  package init(pieces: [[UInt8]], failure: HTTPClientError? = nil) {
    let waiting = BodyPieces()
    for piece in pieces { _ = waiting.add(piece) }
    waiting.end(failure)
    self.init(waiting)
  }

  package struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let handle: Handle

    /// The next piece; nil at the end, and when the task is cancelled.
    package mutating func next() async throws(HTTPClientError) -> [UInt8]? {
      try await handle.pieces.next()
    }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(handle: handle) }
}

/// The pieces of a body between the connection that reads them and their reader.
final class BodyPieces: Sendable {
  fileprivate struct State {
    /// What a piece costs besides its bytes, so that many small ones are bounded too.
    static let overhead = 64
    var pieces: [[UInt8]] = []
    var taken = 0
    var bytes = 0
    var isPaused = false
    var end: Result<Void, HTTPClientError>?
    var reader: CheckedContinuation<Void, Never>?
    /// Lets the connection read on.
    var resume: (@Sendable () -> Void)?
    /// Ends the connection.
    var stop: (@Sendable () -> Void)?
  }
  private let state = Mutex(State())

  /// Names what lets the connection read on, and what ends it.
  func attach(resume: @escaping @Sendable () -> Void, stop: @escaping @Sendable () -> Void) {
    state.withLock { state in
      state.resume = resume
      state.stop = stop
    }
  }

  /// Adds a piece; false where the connection is to pause until it is told to read on.
  func add(_ piece: [UInt8]) -> Bool {
    let (reader, readsOn) = state.withLock { state in
      guard state.end == nil else { return (CheckedContinuation<Void, Never>?.none, true) }
      state.pieces.append(piece)
      state.bytes += piece.count + State.overhead
      state.isPaused = state.bytes > HTTPClientBody.limit
      defer { state.reader = nil }
      return (state.reader, !state.isPaused)
    }
    reader?.resume()
    return readsOn
  }

  /// Says that no more comes; the first time counts.
  func end(_ failure: HTTPClientError?) {
    let reader = state.withLock { state in
      state.end = state.end ?? (failure.map { .failure($0) } ?? .success(()))
      (state.resume, state.stop) = (nil, nil)
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }

  /// Nobody reads any more: what waits is dropped and the connection is closed.
  func abandon() {
    let (reader, stop) = state.withLock { state in
      state.end = state.end ?? .success(())
      state.pieces = []
      state.taken = 0
      defer { (state.reader, state.resume, state.stop) = (nil, nil, nil) }
      return (state.reader, state.stop)
    }
    reader?.resume()
    stop?()
  }

  /// Waits for the next piece.
  func next() async throws(HTTPClientError) -> [UInt8]? {
    while true {
      let (piece, end, resume) = state.withLock { state in state.take() }
      resume?()
      if let piece { return piece }
      if let end {
        try end.get()
        return nil
      }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let isReady = state.withLock { state in
            if state.taken < state.pieces.count || state.end != nil { return true }
            state.reader = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
      } onCancel: {
        abandon()
      }
    }
  }
}

extension BodyPieces.State {
  fileprivate mutating func take() -> (
    [UInt8]?, Result<Void, HTTPClientError>?, (@Sendable () -> Void)?
  ) {
    guard taken < pieces.count else { return (nil, end, nil) }
    let piece = pieces[taken]
    pieces[taken] = []
    taken += 1
    bytes -= piece.count + Self.overhead
    if taken == pieces.count || taken > 1024 {
      pieces.removeFirst(taken)
      taken = 0
    }
    // Half, so that reading goes on and off seldom.
    guard isPaused, bytes <= HTTPClientBody.limit / 2 else { return (piece, nil, nil) }
    isPaused = false
    return (piece, nil, resume)
  }
}
