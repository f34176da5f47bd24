import Kubelet
import Platform

/// How the program is run in a container of an image: on this machine's network, with the pod's
/// environment and its files where a pod has them.
struct ContainerCommand: Sendable {
  let image: String
  let name: String
  /// The variables that are handed on; their values stay off the command line.
  let variables: [String]
  /// Folders of this machine and where they are in the container.
  let folders: [(source: String, target: String)]

  /// The container of a pod.
  init(image: String, name: String, variables: [String], mounts: PodMounts) {
    self.image = image
    self.name = name
    self.variables = variables.sorted()
    folders = mounts.places.map { ($0, Self.inside($0, of: mounts)) }
  }

  /// A path of this machine as the container has it.
  static func inside(_ path: String, of mounts: PodMounts) -> String {
    path.hasPrefix(mounts.folder + "/") ? String(path.dropFirst(mounts.folder.count)) : path
  }

  /// The command line.
  func words(running command: [String]) -> [String] {
    // Without an init, a program that is process 1 does not heed SIGTERM.
    ["docker", "run", "--rm", "--init", "--network", "host", "--name", name]
      + variables.flatMap { ["--env", $0] }
      + folders.flatMap { ["--volume", "\($0.source):\($0.target):ro"] }
      + [image] + command
  }

  /// Removes the container where it is still there.
  var removal: [String] { ["docker", "rm", "--force", name] }

  /// Says in a line why no container can be run here.
  static func checkEngine(_ environment: ProcessEnvironment) async throws(CommandFailure) {
    let answer: CapturedProcess
    do throws(CommandFailure) {
      answer = try await CapturedProcess.run(
        ["docker", "version", "--format", "{{.Server.Version}}"],
        environment: environment.variables)
    } catch { throw CommandFailure("--image needs docker, which cannot be started: \(error)") }
    guard answer.code == 0 else {
      let reason = answer.errors.last { !$0.isEmpty } ?? "docker version ended with \(answer.code)"
      throw CommandFailure("--image needs a Docker engine, and none answers: \(reason)")
    }
  }
}
