import Glibc
package import JSON
package import KubernetesClient
package import Platform

/// Keeps the files of one pod's volumes as the kubelet does: written all at once, tokens renewed.
package struct PodVolumes: Sendable {
  /// What is looked at again although no token asks for it: ConfigMaps and Secrets.
  private static let livePause: Duration = .seconds(60)

  package let mounts: PodMounts
  private let sources: VolumeSources
  private let clock: any WallClock
  private let randomness: Randomness

  /// The volumes of a pod, below a folder; `clock` is the one that tokens expire by.
  package init(
    pod: JSON, root: String, layout: PodMounts.Layout = .node, client: KubernetesClient,
    clock: any WallClock, randomness: Randomness
  ) {
    mounts = PodMounts(pod: pod, root: root, layout: layout)
    sources = VolumeSources(client: client, pod: pod)
    self.clock = clock
    self.randomness = randomness
  }

  /// Writes all files, and returns when to do so again; nil where nothing changes any more.
  package func write() async throws(VolumeFailure) -> Instant? {
    let now = clock.now
    var next: Instant?
    // A volume that is mounted twice has the same files in both places.
    var contents: [ByteText: VolumeSources.Content] = [:]
    var room = VolumeSources.limit
    for mount in mounts.mounts {
      let name = mount.volume["name"]?.string ?? ""
      guard let names = mounts.names(to: mount.mountPath) else {
        throw VolumeFailure(
          description: "volume \(name) cannot be mounted at \"\(mount.mountPath)\"")
      }
      if contents[name.bytes] == nil {
        contents[name.bytes] = try await sources.content(of: mount.volume, room: room)
      }
      guard let content = contents[name.bytes] else { continue }
      room -= content.size
      guard room >= 0 else { throw VolumeSources.tooLarge }
      do throws(FileError) {
        try folder(names).write(
          content.files, now: now, randomness: randomness)
      } catch { throw VolumeFailure(description: "volume \(name): \(error)") }
      if let expires = content.expires {
        let jitter = Double(randomness.integer(in: 0...1000)) / 1000
        let renewal = TokenSchedule.renewal(issued: now, expires: expires, jitter: jitter)
        next = min(next ?? renewal, renewal)
      }
      if content.isLive { next = min(next ?? now + Self.livePause, now + Self.livePause) }
    }
    return next
  }

  private func folder(_ names: [String]) -> AtomicFolder {
    // A node's pods are its user's own; one pod's files are there for whoever runs as it.
    AtomicFolder(root: mounts.root, names: names, mode: mounts.layout == .pod ? 0o755 : 0o700)
  }

  /// Removes the pod's files.
  package func remove() {
    if mounts.layout == .pod {
      for mount in mounts.mounts {
        if let names = mounts.names(to: mount.mountPath) { folder(names).clear() }
      }
      return
    }
    Self.remove(namespace: mounts.namespace, pod: mounts.pod, root: mounts.root)
  }

  /// Removes the folder of a pod, and that of its namespace when it is empty then.
  package static func remove(namespace: String, pod: String, root: String) {
    guard let top = FolderWalk(path: root), let folder = top.folder([namespace]),
      FolderWalk.isName(pod)
    else { return }
    folder.removeTree(pod)
    unlinkat(top.descriptor, namespace, AT_REMOVEDIR)
  }

  /// The pods that have a folder below the root, as namespace and name.
  package static func present(root: String) -> [(namespace: String, pod: String)] {
    guard let top = FolderWalk(path: root) else { return [] }
    return top.names().flatMap { namespace in
      guard let folder = top.folder([namespace]) else {
        return [(namespace: String, pod: String)]()
      }
      return folder.names().map { (namespace: namespace, pod: $0) }
    }
  }
}
