import JSON
import Platform

/// Credentials by token, the least recently used dropped first.
struct CredentialsCache {
  /// What is kept for a token.
  final class Entry: Sendable {
    let credentials: AgentCredentials
    /// The token's own times, which are judged on every request.
    let token: UnverifiedToken
    /// When the credentials are renewed.
    let renewal: Instant

    init(_ credentials: AgentCredentials, token: UnverifiedToken, renewal: Instant) {
      self.credentials = credentials
      self.token = token
      self.renewal = renewal
    }
  }

  private struct Slot {
    var entry: Entry
    var use: UInt64
  }

  /// A token that is hashed by its end alone, a part of its signature.
  ///
  /// A kilobyte would take as long as all the rest of an answer. Only tokens that EKS Auth accepted
  /// become keys.
  private struct TokenKey: Hashable {
    let token: String

    init(_ token: String) { self.token = token }

    func hash(into hasher: inout Hasher) {
      var token = token
      token.withUTF8 { bytes in
        hasher.combine(
          bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes).suffix(32)))
      }
    }
  }

  /// Credentials with no more than this left are not handed out.
  static let margin: Duration = .seconds(15)
  let capacity: Int
  private var slots: [TokenKey: Slot] = [:]
  private var uses: UInt64 = 0

  init(capacity: Int = 2000) { self.capacity = capacity }

  /// How many tokens have credentials.
  var count: Int { slots.count }

  /// The entry of a token, and notes the use; one that nearly expired is dropped.
  mutating func use(_ token: String, now: Instant) -> Entry? {
    guard let index = slots.index(forKey: TokenKey(token)) else { return nil }
    let entry = slots.values[index].entry
    guard now + Self.margin < entry.credentials.expires else {
      slots.remove(at: index)
      return nil
    }
    uses += 1
    slots.values[index].use = uses
    return entry
  }

  /// Keeps an entry; true where another was dropped for it.
  mutating func keep(_ entry: Entry, for token: String) -> Bool {
    uses += 1
    slots[TokenKey(token)] = Slot(entry: entry, use: uses)
    guard slots.count > capacity else { return false }
    if let oldest = slots.min(by: { $0.value.use < $1.value.use })?.key { slots[oldest] = nil }
    return true
  }

  /// Drops a token's entry; true where there was one.
  mutating func drop(_ token: String) -> Bool { slots.removeValue(forKey: TokenKey(token)) != nil }

  /// Drops everything.
  mutating func flush() { slots = [:] }

  /// The tokens whose credentials are due to be renewed, those that expire first in front.
  func due(now: Instant) -> [(token: String, entry: Entry)] {
    slots.filter { $0.value.entry.renewal <= now }
      .sorted { $0.value.entry.credentials.expires < $1.value.entry.credentials.expires }
      .map { (token: $0.key.token, entry: $0.value.entry) }
  }

  /// Puts a renewal off.
  mutating func postpone(_ token: String, to time: Instant) {
    guard let slot = slots[TokenKey(token)] else { return }
    slots[TokenKey(token)]?.entry = Entry(
      slot.entry.credentials, token: slot.entry.token, renewal: time)
  }
}
