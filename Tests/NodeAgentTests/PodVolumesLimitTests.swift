import Glibc
import HTTP
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import Kubelet

/// What the volumes of one pod may come to.
@Suite struct PodVolumesLimitTests {
  /// Volumes over a client that nothing is asked of: a pod's own fields need no server.
  private func volumes(_ spec: JSON, annotation: Int, root: String) throws -> PodVolumes {
    let config = try KubeConfig(
      json: [
        "current-context": "c",
        "contexts": [["name": "c", "context": ["cluster": "c", "user": "c"]]],
        "clusters": [["name": "c", "cluster": ["server": "http://127.0.0.1:1"]]],
        "users": [["name": "c", "user": [:]]],
      ], path: "", folder: "")
    let pod: JSON = [
      "metadata": [
        "name": "p", "namespace": "n",
        "annotations": ["a": .string(String(repeating: "x", count: annotation))],
      ],
      "spec": spec,
    ]
    return PodVolumes(
      pod: pod, root: root, client: try KubernetesClient(config, loops: EventLoops()),
      clock: SystemClock(), randomness: .system)
  }

  private func spec(items: Int, mounts: Int) -> JSON {
    let items = (0..<items).map { number -> JSON in
      [
        "path": .string("f\(number)"), "fieldRef": ["fieldPath": "metadata.annotations['a']"],
      ]
    }
    let mounts = (0..<mounts).map { number -> JSON in
      ["name": "v", "mountPath": .string("/m\(number)")]
    }
    return [
      "volumes": [["name": "v", "downwardAPI": ["items": .array(items)]]],
      "containers": [["name": "c", "volumeMounts": .array(mounts)]],
    ]
  }

  @Test(
    "volumes of more than 16 MiB are not written, in one volume or in many mounts of it",
    arguments: [(17, 1), (2, 9), (1000, 1)])
  func tooLarge(items: Int, mounts: Int) async throws {
    let root = try Scratch.folder()
    let volumes = try volumes(spec(items: items, mounts: mounts), annotation: 1 << 20, root: root)
    let failure = await #expect(throws: VolumeFailure.self) { try await volumes.write() }
    #expect(
      failure?.description
        == "the pod's volumes have more than 16 MiB, the most that is written for one pod")
    #expect(access("\(root)/n/p/m\(mounts - 1)", F_OK) != 0)
  }

  @Test("volumes of 16 MiB are written", arguments: [(16, 1), (2, 8)])
  func fits(items: Int, mounts: Int) async throws {
    let root = try Scratch.folder()
    let volumes = try volumes(spec(items: items, mounts: mounts), annotation: 1 << 20, root: root)
    #expect(try await volumes.write() == nil)
    for mount in 0..<mounts {
      #expect(FolderWalk(path: root)?.folder(["n", "p", "m\(mount)"])?.names().count == items + 2)
    }
  }
}
