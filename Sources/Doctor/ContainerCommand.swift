import JSON
import Kubelet

/// How the program is run in a container of an image: on this machine's network, with the pod's
/// environment and its files where a pod has them.
struct ContainerCommand: Sendable {
  let image: ContainerImage
  let name: String
  /// The variables that are handed on; their values stay off the command line.
  let variables: [String]
  /// Folders of this machine and where they are in the container.
  let folders: [(source: String, target: String)]

  /// The container of a pod.
  init(image: ContainerImage, name: String, variables: [String], mounts: PodMounts) {
    self.image = image
    self.name = name
    self.variables = variables.sorted { $0.bytes < $1.bytes }
    folders = mounts.places.map { ($0, Self.inside($0, of: mounts)) }
  }

  /// A path of this machine as the container has it.
  static func inside(_ path: String, of mounts: PodMounts) -> String {
    guard path.bytes.hasPrefix("\(mounts.folder)/") else { return path }
    return String(Substring(path.utf8.dropFirst(mounts.folder.utf8.count)))
  }

  /// The command line.
  func words(running command: [String]) -> [String] {
    // Without an init, a program that is process 1 does not heed SIGTERM.
    var words = ["docker", "run", "--rm", "--init", "--network", "host", "--name", name]
    if let user = image.user { words += ["--user", user] }
    for variable in variables { words += ["--env", variable] }
    for folder in folders { words += ["--volume", "\(folder.source):\(folder.target):ro"] }
    return words + [image.name] + command
  }

  /// Removes the container where it is still there.
  var removal: [String] { ["docker", "rm", "--force", name] }
}
