import Synchronization

/// What the connections of a process hold together, within ``HTTPMemoryLimits``.
///
/// Connections charge what they hold at the end of each turn of their loop, so what a turn reads and
/// answers at once costs nothing here.
package final class HTTPMemory: Sendable {
  /// What a streamed body may hold: a piece at the handler, one that waits, and a read behind it.
  package static let streamSize = 192 << 10
  /// Answers up to this many bytes are never refused.
  static let smallAnswer = 64 << 10

  private let limits: HTTPMemoryLimits
  private let input = Atomic<Int>(0)
  private let streams = Atomic<Int>(0)
  private let output = Atomic<Int>(0)

  /// Accounts with nothing on them.
  package init(limits: HTTPMemoryLimits = HTTPMemoryLimits()) { self.limits = limits }

  /// Bytes of callers that are held now.
  package var heldInput: Int { input.load(ordering: .relaxed) }
  /// Bytes of answers that wait to be taken now.
  package var heldOutput: Int { output.load(ordering: .relaxed) }

  /// Charges that a connection holds `new` bytes instead of `old`; false, and unchanged, where there
  /// is no room for more.
  func charge(from old: Int, to new: Int, isWhole: Bool) -> Bool {
    let change = new - old
    let sum = input.wrappingAdd(change, ordering: .relaxed).newValue
    guard change > 0, sum > limit(new, isWhole: isWhole) else { return true }
    input.wrappingSubtract(change, ordering: .relaxed)
    return false
  }

  private func limit(_ size: Int, isWhole: Bool) -> Int {
    if size > 4096, !isWhole { return limits.input / 8 * 5 }
    return isWhole ? limits.input : limits.input / 8 * 7
  }

  /// Whether nothing is to be read ahead of need.
  var isTight: Bool { input.load(ordering: .relaxed) > limits.input / 8 * 5 }

  /// Makes room for one more streamed body; false where there is none.
  func openStream() -> Bool {
    let sum = streams.wrappingAdd(Self.streamSize, ordering: .relaxed).newValue
    guard sum > limits.streams else { return true }
    closeStream()
    return false
  }

  /// Gives back the room of a streamed body.
  func closeStream() { streams.wrappingSubtract(Self.streamSize, ordering: .relaxed) }

  /// Charges that `new` bytes of a connection's answers wait instead of `old`.
  func chargeOutput(from old: Int, to new: Int) {
    output.wrappingAdd(new - old, ordering: .relaxed)
  }

  /// Whether answers wait for as much as they may.
  var isOutputFull: Bool { output.load(ordering: .relaxed) > limits.output }
}
