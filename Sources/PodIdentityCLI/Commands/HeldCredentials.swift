import CommandCore
import JSON
import KubernetesClient
import Platform
import PodIdentity

/// Credentials of pods that run, which their SDKs take for good by their own clock for longer than
/// the stack does.
struct HeldCredentials: Sendable {
  /// How long before the end SDKs renew, at most: botocore's advisory refresh
  /// (botocore `credentials.py`, `RefreshableCredentials`); the others wait longer.
  private static let window: Duration = .seconds(15 * 60)
  /// So many pods are looked for at most.
  private static let most = 20

  /// The last expiration of each pod.
  private let expirations: [ByteText: (path: String, expires: Instant)]

  /// What the agent handed out and keeps.
  static func read(_ admins: [AdminClient]) async -> Self {
    let agent = admins.server(.nodeAgent)
    return Self(try? await agent?.send("GET", "/held-credentials"))
  }

  /// What an answer of the agent holds.
  init(_ answer: JSON?) {
    var found: [ByteText: (path: String, expires: Instant)] = [:]
    for entry in answer?["credentials"]?.array ?? [] {
      guard let namespace = entry["namespace"]?.string, let pod = entry["pod"]?.string,
        let text = entry["expiration"]?.string, let expires = Instant(rfc3339: text)
      else { continue }
      let name = "\(namespace)/\(pod)".bytes
      let path = ObjectPath.core("pods", in: namespace, pod)
      found[name] = (path, max(expires, found[name]?.expires ?? expires))
    }
    expirations = found
  }

  /// Those that are over by the stack's clock, and that SDKs will not renew for a while.
  func late(now: Instant, offset: Duration) -> [ByteText: (path: String, expires: Instant)] {
    expirations.filter {
      $0.value.expires <= now + offset && $0.value.expires > now + Self.window
    }
  }

  /// What to say now that the stack's clock is moved by `offset`; nil where the SDKs of all pods that
  /// are still there renew in time.
  func warning(
    now: Instant, offset: Duration, _ kubernetes: KubernetesClient
  ) async -> PrintedLine? {
    let late = late(now: now, offset: offset)
    var present: [(name: ByteText, expires: Instant)] = []
    for (name, held) in late.sorted(by: { $0.key < $1.key }).prefix(Self.most)
    where (try? await kubernetes.get(held.path)) != nil {
      present.append((name, held.expires))
    }
    guard let first = present.first else { return nil }
    let verb = present.count > 1 ? "and \(present.count - 1) more hold" : "holds"
    let left = (present.map(\.expires).max() ?? now) - now - Self.window
    return
      """
      podid clock: \(first.name.string) \(verb) credentials that are over now, while the SDK takes them \
      for good by its own clock for another \(left.components.seconds / 60 + 1) min: its calls get \
      ExpiredToken. SDKs renew in time where credentials are short: --credential-lifetime 60s of podid \
      up and podid test, and steps of a minute
      """
  }
}
