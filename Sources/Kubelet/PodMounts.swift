package import JSON
import Platform

/// Where a pod's volumes are mounted, and where their files lie on this machine.
package struct PodMounts: Sendable {
  /// A volume at a mount path.
  struct Mount: Sendable {
    let volume: JSON
    let mountPath: String
  }

  /// Whose files lie below the root.
  package enum Layout: Sendable {
    /// Those of a node's pods, in a folder each: `<namespace>/<pod>/<mount path>`.
    case node
    /// One pod's alone: `<mount path>`.
    case pod
  }

  /// The folder that the pods' folders lie in, or the pod's own.
  package let root: String
  let layout: Layout
  package let namespace: String
  package let pod: String
  let mounts: [Mount]

  /// The mounts of a pod; of two volumes at one path the first counts.
  package init(pod: JSON, root: String, layout: Layout = .node) {
    self.root = root
    self.layout = layout
    namespace = pod.at("metadata", "namespace")?.string ?? "default"
    self.pod = pod.at("metadata", "name")?.string ?? ""
    let volumes = pod.at("spec", "volumes")?.array ?? []
    var found: [Mount] = []
    for list in ["containers", "initContainers"] {
      for container in pod.at("spec", list)?.array ?? [] {
        for mount in container["volumeMounts"]?.array ?? [] {
          guard let path = mount["mountPath"]?.string, path.bytes.hasPrefix("/"),
            !found.contains(where: { $0.mountPath.bytes == path.bytes }),
            let volume = volumes.first(where: { $0["name"] == mount["name"] })
          else { continue }
          found.append(Mount(volume: volume, mountPath: path))
        }
      }
    }
    mounts = found
  }

  /// The pod's own folder.
  package var folder: String { layout == .pod ? root : "\(root)/\(namespace)/\(pod)" }

  /// The folders that volumes are mounted at, on this machine.
  package var places: [String] { mounts.map { folder + $0.mountPath } }

  /// Whether a path of this machine lies below one of the mounts, without a way up in it.
  package func holds(_ path: String) -> Bool {
    !path.bytes.split(separator: "/").contains { $0.bytes == ".." }
      && places.contains { path.bytes.hasPrefix("\($0)/".bytes) }
  }

  /// The names from the root to a mount; nil for a path that leads elsewhere.
  func names(to mountPath: String) -> [String]? {
    let own = layout == .pod ? [] : [namespace, pod]
    let parts = own + mountPath.bytes.split(separator: "/").map(String.init)
    return parts.allSatisfy(FolderWalk.isName) ? parts : nil
  }

  /// A path of a container as it is on this machine, if it lies below a mount.
  package func rewritten(_ path: String) -> String {
    for mount in mounts {
      let mountPath = mount.mountPath
      let base =
        mountPath.bytes.hasSuffix("/") ? String(Substring(mountPath.utf8.dropLast())) : mountPath
      if path.bytes == base.bytes || path.bytes.hasPrefix("\(base)/".bytes) { return folder + path }
    }
    return path
  }
}
