package import CommandCore
import Glibc
import JSON
package import Platform

/// An image that is there, with an engine that runs it.
package struct ContainerImage: Sendable {
  let name: String
  /// The user that its container is to run as; nil for the image's own.
  let user: String?

  /// An image, and who its container runs as.
  init(name: String, user: String? = nil) {
    self.name = name
    self.user = user
  }

  /// Finds an image, fetching it where it is not there, so that no trial waits for that.
  /// - Throws: in a line, why no container can be run here.
  package static func find(
    _ name: String, _ environment: ProcessEnvironment
  ) async throws(CommandFailure) -> ContainerImage {
    let inspect = ["image", "inspect", "--format", "{{.Config.User}}", name]
    let version: CapturedProcess
    do throws(CommandFailure) {
      version = try await docker(["version", "--format", "{{.Server.Version}}"], environment)
    } catch { throw CommandFailure("--image needs docker, which cannot be started: \(error)") }
    guard version.code == 0 else {
      throw CommandFailure(
        "--image needs a Docker engine, and none answers: \(version.lastWords)")
    }
    try await checkPlace(environment)
    var found = try await docker(inspect, environment)
    if found.code != 0 {
      let pulled = try await docker(["pull", "--quiet", name], environment)
      guard pulled.code == 0 else {
        throw CommandFailure("the image \(name) is not to be had: \(pulled.lastWords)")
      }
      found = try await docker(inspect, environment)
    }
    let owner = found.output.last?.bytes.cut(at: ":").0 ?? ""
    guard !["", "root", "0"].contains(owner.bytes) else { return ContainerImage(name: name) }
    // Only who runs podid reads the pods' files on this machine, and another user in a container
    // would not, though a real pod's may.
    return ContainerImage(name: name, user: "\(getuid()):\(getgid())")
  }

  /// A container shares this machine's network only where its engine is one of this machine's.
  private static func checkPlace(_ environment: ProcessEnvironment) async throws(CommandFailure) {
    if let host = environment["DOCKER_HOST"], !host.isEmpty, !host.bytes.hasPrefix("unix://") {
      throw CommandFailure("--image needs a Docker engine on this machine, not \(host)")
    }
    let info = try await docker(
      ["info", "--format", "{{.OperatingSystem}} {{.SecurityOptions}}"], environment)
    let text = info.output.joined(separator: " ")
    for other in ["Docker Desktop", "rootless"] where text.bytes.contains(other.bytes) {
      throw CommandFailure(
        "--image needs an engine whose host network is this machine's, and \(other) has another")
    }
  }

  private static func docker(
    _ words: [String], _ environment: ProcessEnvironment
  ) async throws(CommandFailure) -> CapturedProcess {
    try await CapturedProcess.run(["docker"] + words, environment: environment.variables)
  }
}

extension CapturedProcess {
  /// The last line of what it complained of, or how it ended.
  fileprivate var lastWords: String {
    errors.last { !$0.isEmpty } ?? "docker ended with \(code)"
  }
}
