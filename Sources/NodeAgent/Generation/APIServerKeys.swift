import Cryptography
import JSON
import Platform
import Synchronization

/// The cluster's public keys, as far as its API server has told them, against which tokens are checked
/// here.
///
/// They are asked for when there is a cluster, and again for a token that names another key.
// Differs from AWS: keys are not kept on disk, and those of P-384 and P-521 are not taken.
final class APIServerKeys: Sendable {
  /// Reads a path of the API server, such as `/openid/v1/jwks`.
  typealias Reader = @Sendable (String) async throws -> JSON

  private struct State {
    var read: Reader?
    var keys: JWKS?
    var isAsking = false
  }
  private let state = Mutex(State())
  /// Tokens with made-up key ids are not to keep the API server busy.
  private let limiter: RateLimiter
  private let log: Log

  /// No keys, and nobody to ask for them.
  init(log: Log, limiter: RateLimiter = RateLimiter(rate: 5, burst: 5)) {
    self.log = log
    self.limiter = limiter
  }

  /// Whether there is a cluster to ask.
  var hasCluster: Bool { state.withLock { $0.read != nil } }

  /// Names the cluster, and asks it.
  func use(_ read: @escaping Reader) async {
    state.withLock { state in
      state.read = read
      state.keys = nil
    }
    await refresh()
  }

  /// Checks a token against the key that it names.
  /// - Throws: ``Objection`` where it is not one of the cluster's.
  func check(_ token: JWT) async throws(Objection) {
    guard let id = token.keyID else { throw Objection("it names no key") }
    var known = state.withLock(\.keys)
    if known?.contains(keyID: id) != true {
      await refresh()
      known = state.withLock(\.keys)
    }
    guard let known else { throw Objection("the cluster has told no keys") }
    do throws(JWTError) { try known.verify(token) } catch {
      switch error {
      case .unknownKey: throw Objection("the cluster has no key of this id")
      case .algorithm: throw Objection("its algorithm is not the key's")
      default: throw Objection("its signature is wrong")
      }
    }
  }

  /// Why a token is not taken here.
  struct Objection: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  private func refresh() async {
    let read = state.withLock { state -> Reader? in
      guard !state.isAsking, let read = state.read, limiter.allows() else { return nil }
      state.isAsking = true
      return read
    }
    guard let read else { return }
    defer { state.withLock { $0.isAsking = false } }
    do {
      guard Self.isRecent(try await read("/version")) else {
        return log.info("tokens are not checked here: that takes Kubernetes 1.34", [:])
      }
      let keys = try JWKS(json: try await read("/openid/v1/jwks"))
      state.withLock { $0.keys = keys }
      log.info("public keys of the cluster fetched", ["keys": .string(keys.shownKeyIDs)])
    } catch {
      log.info("public keys of the cluster are not to be had", ["reason": .string("\(error)")])
    }
  }

  /// Whether the version is 1.34 or later; before it an API server may not tell all its keys.
  private static func isRecent(_ version: JSON) -> Bool {
    func number(_ name: String) -> Int? {
      let digits = (version[name]?.string ?? "").utf8.prefix { 0x30...0x39 ~= $0 }
      return Int(String(decoding: Array(digits), as: UTF8.self))
    }
    guard let major = number("major"), let minor = number("minor") else { return false }
    return major > 1 || (major == 1 && minor >= 34)
  }
}
