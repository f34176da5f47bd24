package import AWSDoor
package import Cryptography
package import EKSAuth
import Synchronization

/// Keys of a cluster without a cluster.
package final class FakeKeySource: JWKSSource {
  private let state: Mutex<(answer: Result<JWKS, JWKSUnavailable>, fetches: Int)>

  /// A source whose next fetch finds this.
  package init(_ answer: Result<JWKS, JWKSUnavailable>) { state = Mutex((answer, 0)) }

  /// How often keys were asked for.
  package var fetches: Int { state.withLock { $0.fetches } }

  /// Changes what the next fetch finds.
  package func set(_ answer: Result<JWKS, JWKSUnavailable>) {
    state.withLock { $0.answer = answer }
  }

  package func fetch(for cluster: Cluster) async throws(JWKSUnavailable) -> JWKS {
    let answer = state.withLock { state in
      state.fetches += 1
      return state.answer
    }
    return try answer.get()
  }
}
