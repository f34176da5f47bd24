import JSON
import Platform
import TestSupport
import Testing

@testable import Kubelet

/// Volumes whose sources may change, and mounts that lead elsewhere.
@Suite(.timeLimit(.minutes(10))) struct LiveVolumesTests {
  private static let token = "POST /api/v1/namespaces/n/serviceaccounts/a/token"

  /// What writing a pod's volumes gives, as seconds from now, and their folder.
  private func written(
    _ volumes: [JSONObject], mounts: [String]? = nil, tokenSeconds: Int64 = 1000
  ) async throws -> (next: Int64?, failure: String?, root: String) {
    let clock = ManualClock()
    let expires = JSON.string((clock.now + .seconds(tokenSeconds)).rfc3339)
    let api = try TestAPI([
      "GET /api/v1/namespaces/n/configmaps/m": (200, ["data": ["k": "v"]]),
      "GET /api/v1/namespaces/n/secrets/s": (200, ["data": ["k": "aGk="]]),
      Self.token: (201, ["status": ["token": "t", "expirationTimestamp": expires]]),
    ])
    let named = volumes.enumerated().map { number, volume -> JSON in
      var volume = volume
      volume["name"] = .string("v\(number)")
      return .object(volume)
    }
    let paths = mounts ?? named.indices.map { "/v\($0)" }
    let pod: JSON = [
      "metadata": ["name": "p", "namespace": "n", "uid": "u"],
      "spec": [
        "serviceAccountName": "a", "volumes": .array(named),
        "containers": [
          [
            "name": "c",
            "volumeMounts": .array(
              paths.enumerated().map { number, path -> JSON in
                ["name": .string("v\(min(number, named.count - 1))"), "mountPath": .string(path)]
              }),
          ]
        ],
      ],
    ]
    let root = try Scratch.folder()
    let files = PodVolumes(
      pod: pod, root: root, client: try api.client(), clock: clock, randomness: .seeded(1))
    var next: Instant?
    var failure: String?
    do throws(VolumeFailure) { next = try await files.write() } catch {
      failure = error.description
    }
    await api.stop()
    return (next.map { ($0 - clock.now).nanoseconds / 1_000_000_000 }, failure, root)
  }

  private static let map: JSONObject = ["configMap": ["name": "m"]]
  private static let secret: JSONObject = ["secret": ["secretName": "s"]]
  private static let tokens: JSONObject = [
    "projected": ["sources": [["serviceAccountToken": ["path": "t"]]]]
  ]

  @Test(
    "ConfigMaps and Secrets are looked at again after a minute, or sooner with a token",
    arguments: [
      ([map], 1000, 60...60), ([secret], 1000, 60...60), ([map, tokens], 1000, 60...60),
      ([tokens, secret], 1000, 60...60), ([tokens], 1000, 790...800),
      ([map, tokens], 50, 35...40), ([tokens, map], 50, 35...40),
    ] as [([JSONObject], Int64, ClosedRange<Int64>)])
  func live(volumes: [JSONObject], life: Int64, due: ClosedRange<Int64>) async throws {
    let found = try await written(volumes, tokenSeconds: life)
    #expect(due.contains(try #require(found.next)), "\(found)")
  }

  @Test("what cannot change is written once, and a kind that is not written here left out")
  func once() async throws {
    let found = try await written([
      ["emptyDir": [:]], ["hostPath": ["path": "/"]],
      ["downwardAPI": ["items": [["path": "n", "fieldRef": ["fieldPath": "metadata.name"]]]]],
    ])
    #expect(found.next == nil && found.failure == nil)
    let folder = FolderWalk(path: found.root)?.folder(["n", "p"])
    #expect(folder?.names().sorted() == ["v0", "v2"])
  }

  @Test("a mount that leads elsewhere is told, and nothing is written there")
  func escape() async throws {
    for path in ["/../../x", "/a/../b", "/."] {
      let found = try await written([Self.map], mounts: [path])
      #expect(found.failure == "volume v0 cannot be mounted at \"\(path)\"")
      #expect(FolderWalk(path: found.root)?.names() == [])
    }
  }

  @Test("a volume at two places has its files in both")
  func twice() async throws {
    let found = try await written([Self.map], mounts: ["/a", "/b/c"])
    #expect(found.failure == nil)
    for names in [["n", "p", "a"], ["n", "p", "b", "c"]] {
      #expect(FolderWalk(path: found.root)?.folder(names)?.names().contains("k") == true)
    }
  }

  @Test("a folder that a file is in the way of is told with its volume")
  func obstacle() async throws {
    let found = try await written([Self.map, Self.map], mounts: ["/a", "/a/k/x"])
    #expect(found.failure?.hasPrefix("volume v1: ") == true)
  }
}
