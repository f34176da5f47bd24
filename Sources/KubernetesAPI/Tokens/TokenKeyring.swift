import AdminAPI
import Cryptography
import Platform
import Synchronization

/// Where the signing key comes from: the file `sa.key`, or made at first start while the server
/// already answers.
final class TokenKeyring: Sendable {
  private typealias Waiting = CheckedContinuation<Result<TokenKey, StartFailure>, Never>
  private enum State {
    case pending([Waiting])
    case settled(Result<TokenKey, StartFailure>)
  }
  private let path: String
  private let format: KeyIDFormat
  private let state = Mutex(State.pending([]))

  /// A keyring of one file.
  ///
  /// - Throws: where the file is there but holds no key.
  init(path: String, format: KeyIDFormat) throws(StartFailure) {
    self.path = path
    self.format = format
    guard SafeFile.exists(path) else { return }
    do {
      let key = try PrivateKey(pem: SafeFile.readText(path, limit: 1 << 16))
      settle(.success(TokenKey(key, format: format)))
    } catch {
      throw StartFailure("\(path) is not a readable private key: \(error)")
    }
  }

  /// A keyring of a key at hand.
  init(_ key: TokenKey) {
    path = ""
    format = .eks
    settle(.success(key))
  }

  /// Makes the key on a thread of its own if there is none yet.
  func generateIfMissing() {
    guard current == nil else { return }
    Thread.run { [self] in
      do {
        let key = try PrivateKey.generate(.rsa2048)
        try SafeFile.write(Array(key.pem.utf8), to: path)
        settle(.success(TokenKey(key, format: format)))
      } catch {
        settle(.failure(StartFailure("\(path): \(error)")))
      }
    }
  }

  /// Makes a new key in place of the present one: tokens issued before are none any more.
  func renew() async throws {
    let (path, format) = (path, format)
    let key = try await withCheckedThrowingContinuation { continuation in
      Thread.run {
        continuation.resume(
          with: Result {
            let key = try PrivateKey.generate(.rsa2048)
            try SafeFile.write(Array(key.pem.utf8), to: path)
            return TokenKey(key, format: format)
          })
      }
    }
    state.withLock { $0 = .settled(.success(key)) }
  }

  /// The key, if it is there.
  var current: TokenKey? {
    state.withLock { state in
      guard case .settled(.success(let key)) = state else { return nil }
      return key
    }
  }

  /// The key, as soon as it is there.
  func key() async throws(StartFailure) -> TokenKey {
    let result = await withCheckedContinuation { continuation in
      let result: Result<TokenKey, StartFailure>? = state.withLock { state in
        switch state {
        case .settled(let result): return result
        case .pending(let waiting):
          state = .pending(waiting + [continuation])
          return nil
        }
      }
      if let result { continuation.resume(returning: result) }
    }
    return try result.get()
  }

  private func settle(_ result: Result<TokenKey, StartFailure>) {
    let waiting = state.withLock { state -> [Waiting] in
      guard case .pending(let waiting) = state else { return [] }
      state = .settled(result)
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: result) }
  }
}
