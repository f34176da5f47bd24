package import JSON
import Kubelet
import Platform

/// The token in a pod's file, which the node of this machine has written.
package enum PodTokenFile {
  /// The text of the file that the pod has at a path.
  /// - Throws: where the pod's files lie elsewhere, or it has no such file.
  package static func read(
    of pod: JSON, at path: String = ProcessVariables.tokenFile, _ stack: StackInfo
  ) throws(CommandFailure) -> String {
    let namespace = pod.at("metadata", "namespace")?.string ?? ""
    let name = pod.at("metadata", "name")?.string ?? ""
    guard !stack.pods.isEmpty else {
      throw CommandFailure(
        "the files of pod \(namespace)/\(name) lie where it runs, not on this machine")
    }
    let mounts = PodMounts(pod: pod, root: stack.pods)
    let file = mounts.rewritten(path)
    guard mounts.holds(file) else {
      let account = pod.at("spec", "serviceAccountName")?.string ?? "default"
      throw CommandFailure(
        "pod \(namespace)/\(name) has no volume at \(path); "
          + "\(Mend.explain("\(namespace)/\(account)", pod: name)) tells more")
    }
    do { return try ProjectedFile.read(file) } catch {
      throw CommandFailure("the token of pod \(namespace)/\(name): \(error)")
    }
  }
}
