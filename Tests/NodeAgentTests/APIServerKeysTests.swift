import Cryptography
import JSON
import Platform
import Synchronization
import Testing

@testable import NodeAgent

/// When an API server's keys are taken, and why a token is not.
@Suite struct APIServerKeysTests {
  private let cluster: GenerationTests.TestCluster

  init() throws { cluster = try GenerationTests.TestCluster() }

  /// Why a token is not taken; nil where it is.
  private func objection(_ keys: APIServerKeys, _ token: String) async throws -> String? {
    let token = try JWT(compact: token)
    do throws(APIServerKeys.Objection) {
      try await keys.check(token)
      return nil
    } catch { return error.reason }
  }

  private func keys(_ limiter: RateLimiter = RateLimiter(rate: 1e-9, burst: 5)) -> APIServerKeys {
    APIServerKeys(log: .none, limiter: limiter)
  }

  @Test(
    "keys are those of Kubernetes 1.34 and later",
    arguments: [
      ("1.34", true), ("1.34+", true), ("1.35", true), ("1.100", true), ("1.33", false),
      ("1.33+", false), ("1.4", false), ("0.99", false), ("2.0", true), ("2.1", true),
      ("1.x", false), ("x.34", false), ("1.+34", false),
    ])
  func versions(version: String, isTaken: Bool) async throws {
    cluster.set(version: version)
    let keys = keys()
    #expect(!keys.hasCluster)
    await keys.use(cluster.read)
    #expect(keys.hasCluster)
    #expect(
      try await objection(keys, cluster.token(1))
        == (isTaken ? nil : "the cluster has told no keys"))
  }

  @Test("why a token is not taken")
  func objections() async throws {
    let keys = keys()
    #expect(
      try await objection(keys, cluster.token(1)) == "the cluster has told no keys")
    await keys.use(cluster.read)
    #expect(try await objection(keys, cluster.token(1)) == nil)
    let id = JSON.string(GenerationTests.TestCluster.keyID)
    for (header, reason) in [
      (["alg": "ES256"], "it names no key"),
      (["alg": "ES256", "kid": "other"], "the cluster has no key of this id"),
      (["alg": "RS256", "kid": id], "its algorithm is not the key's"),
    ] as [(JSON, String)] {
      #expect(try await objection(keys, cluster.token(1, header: header)) == reason)
    }
    let stranger = try cluster.token(1, key: PrivateKey.generate(.p256))
    #expect(try await objection(keys, stranger) == "its signature is wrong")
  }

  @Test("keys are asked for again for another key's token, as often as the limit has it")
  func limited() async throws {
    let keys = keys(RateLimiter(rate: 1e-9, burst: 3))
    await keys.use(cluster.read)
    #expect(cluster.asked.count == 2)
    // A known key asks nobody.
    #expect(try await objection(keys, cluster.token(1)) == nil)
    #expect(cluster.asked.count == 2)
    let unknown = try cluster.token(1, header: ["alg": "ES256", "kid": "other"])
    for count in [4, 6, 6] {
      _ = try await objection(keys, unknown)
      #expect(cluster.asked.count == count)
    }
  }
}
