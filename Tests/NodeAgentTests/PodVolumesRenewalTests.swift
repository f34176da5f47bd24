import HTTP
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import Kubelet

/// When the files of a pod are written again: once the first of their tokens is due.
@Suite(.timeLimit(.minutes(10))) struct PodVolumesRenewalTests {
  /// A projected volume of tokens that live so many seconds, at `/<name>`.
  private static func volume(_ name: String, _ lives: [Int64]) -> JSON {
    let sources = lives.enumerated().map { index, seconds -> JSON in
      [
        "serviceAccountToken": [
          "path": .string("t\(index)"), "expirationSeconds": .integer(seconds),
        ]
      ]
    }
    return ["name": .string(name), "projected": ["sources": .array(sources)]]
  }

  /// After how many seconds the volumes of a pod are due, of a cluster that grants every wish.
  private func pause(_ volumes: [String: [Int64]]) async throws -> Int64 {
    let clock = ManualClock()
    let now = clock.now
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        let asked = (try? JSON.parse(request.body))?.at("spec", "expirationSeconds")?.integer
        let end = (now + .seconds(asked ?? 0)).rfc3339
        return .json(201, ["status": ["token": "t", "expirationTimestamp": .string(end)]])
      })
    try server.start()
    let config = try KubeConfig(
      json: [
        "current-context": "c",
        "contexts": [["name": "c", "context": ["cluster": "c", "user": "c"]]],
        "clusters": [["name": "c", "cluster": ["server": .string(server.urls[0])]]],
        "users": [["name": "c", "user": [:]]],
      ], path: "", folder: "")
    let names = volumes.keys.sorted()
    let pod: JSON = [
      "metadata": ["name": "p", "namespace": "n", "uid": "u"],
      "spec": [
        "serviceAccountName": "a",
        "volumes": .array(names.map { Self.volume($0, volumes[$0] ?? []) }),
        "containers": [
          [
            "name": "c",
            "volumeMounts": .array(
              names.map { ["name": .string($0), "mountPath": .string("/\($0)")] }),
          ]
        ],
      ],
    ]
    let files = PodVolumes(
      pod: pod, root: try Scratch.folder(), client: try KubernetesClient(config, loops: loops),
      clock: clock, randomness: .system)
    let next = try await files.write()
    await server.stop(grace: .zero)
    loops.stop()
    return (try #require(next) - now).nanoseconds / 1_000_000_000
  }

  @Test(
    "the token that ends first says when, wherever it stands",
    arguments: [
      ["v": [600]], ["v": [600, 7200]], ["v": [7200, 600]], ["v": [7200, 600, 3600]],
      ["v": [7200], "w": [600]], ["v": [600], "w": [7200]],
    ] as [[String: [Int64]]])
  func first(volumes: [String: [Int64]]) async throws {
    // 80 % of ten minutes, less ten seconds at most.
    #expect(469...480 ~= (try await pause(volumes)))
  }
}
