import JSON
import Platform

/// Credentials by token; the one stored longest ago is dropped first.
///
/// Those of the second generation belong to a pod, and are found by its present token or its UID.
struct CredentialsCache {
  /// What is kept for a token.
  final class Entry: Sendable {
    let credentials: AgentCredentials
    /// The token's own times, which are judged on every request.
    let token: UnverifiedToken
    /// When the credentials are renewed.
    let renewal: Instant
    /// The pod's UID; nil where credentials are kept by token alone.
    let pod: ByteText?

    init(
      _ credentials: AgentCredentials, token: UnverifiedToken, renewal: Instant,
      pod: ByteText? = nil
    ) {
      self.credentials = credentials
      self.token = token
      self.renewal = renewal
      self.pod = pod
    }
  }

  private struct Slot {
    var entry: Entry
    var age: UInt64
  }

  /// A token that is hashed by its end alone, a part of its signature.
  ///
  /// A kilobyte would take as long as all the rest of an answer. Only tokens that EKS Auth accepted
  /// become keys.
  private struct TokenKey: Hashable {
    let token: String

    init(_ token: String) { self.token = token }

    static func == (left: TokenKey, right: TokenKey) -> Bool {
      left.token.bytes == right.token.bytes
    }

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
  /// How many entries were dropped since the last look.
  var evicted = 0
  private var slots: [TokenKey: Slot] = [:]
  private var tokens: [ByteText: String] = [:]
  private var stored: UInt64 = 0

  init(capacity: Int = 2000) { self.capacity = capacity }

  /// How many tokens have credentials.
  var count: Int { slots.count }

  /// Whose credentials are kept, and when they expire.
  var held: [(subject: EventSubject, expires: Instant)] {
    slots.values.map { ($0.entry.token.subject, $0.entry.credentials.expires) }
  }

  /// The entry of a token; one that nearly expired is dropped, one that did waits for the sweep.
  mutating func use(_ token: String, now: Instant) -> Entry? {
    guard let entry = slots[TokenKey(token)]?.entry else { return nil }
    guard now + Self.margin < entry.credentials.expires else {
      if now < entry.credentials.expires { drop(token) }
      return nil
    }
    return entry
  }

  /// The entry of a pod, under whatever token, as ``use(_:now:)`` gives it.
  mutating func use(pod: ByteText, now: Instant) -> Entry? {
    tokens[pod].flatMap { use($0, now: now) }
  }

  /// Keeps an entry, in place of the one that its token or its pod has.
  mutating func keep(_ entry: Entry, for token: String) {
    if let pod = entry.pod {
      if let former = tokens[pod] { slots[TokenKey(former)] = nil }
      tokens[pod] = token
    }
    stored += 1
    slots[TokenKey(token)] = Slot(entry: entry, age: stored)
    guard slots.count > capacity else { return }
    if let oldest = slots.min(by: { $0.value.age < $1.value.age })?.key { drop(oldest.token) }
  }

  /// Puts a pod's entry under another of its tokens, without making it younger.
  mutating func hand(_ entry: Entry, to token: String, _ parsed: UnverifiedToken) -> Entry {
    let slot = entry.pod.flatMap { tokens[$0] }.flatMap { slots.removeValue(forKey: TokenKey($0)) }
    let present = slot?.entry ?? entry
    let moved = Entry(
      present.credentials, token: parsed, renewal: present.renewal, pod: present.pod)
    if let slot, let pod = entry.pod {
      tokens[pod] = token
      slots[TokenKey(token)] = Slot(entry: moved, age: slot.age)
    }
    return moved
  }

  /// Drops an entry, under whatever token it is now.
  mutating func drop(_ entry: Entry, of token: String) { drop(present(token, of: entry)) }

  private mutating func drop(_ token: String) {
    guard let slot = slots.removeValue(forKey: TokenKey(token)) else { return }
    if let pod = slot.entry.pod { tokens[pod] = nil }
    evicted += 1
  }

  private func present(_ token: String, of entry: Entry) -> String {
    entry.pod.flatMap { tokens[$0] } ?? token
  }

  /// Drops everything.
  mutating func flush() { (slots, tokens) = ([:], [:]) }

  /// Drops what has expired.
  mutating func sweep(now: Instant) {
    for (key, slot) in slots where slot.entry.credentials.expires <= now { drop(key.token) }
  }

  /// The tokens whose credentials are due to be renewed, those that expire first in front.
  func due(now: Instant) -> [(token: String, entry: Entry)] {
    slots.filter { $0.value.entry.renewal <= now }
      .sorted { $0.value.entry.credentials.expires < $1.value.entry.credentials.expires }
      .map { (token: $0.key.token, entry: $0.value.entry) }
  }

  /// Puts the renewal of an entry off.
  mutating func postpone(_ entry: Entry, of token: String, to time: Instant) {
    let key = TokenKey(present(token, of: entry))
    guard let entry = slots[key]?.entry else { return }
    slots[key]?.entry = Entry(
      entry.credentials, token: entry.token, renewal: time, pod: entry.pod)
  }
}
