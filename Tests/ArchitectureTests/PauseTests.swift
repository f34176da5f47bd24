import Glibc
import TestSupport
import Testing

/// Whoever waits for something waits for its event; what lets time pass stands here, with the reason.
@Suite struct PauseTests {
  /// The files that may let time pass, and what for.
  static let allowed = [
    "Sources/AdminAPI/Faults/Fault+Answer.swift": "a fault's delay",
    "Sources/AdminAPI/Faults/FaultKind+Table.swift": "a fault's drip",
    "Sources/AdminAPI/Restart.swift": "a fault's absence",
    "Sources/AdminAPI/ServerMain.swift": "memory is trimmed once, some time after the start",
    "Sources/CommandCore/Clients/EventFollower.swift":
      "back-off: a server that is away tells nobody that it is back",
    "Sources/CommandCore/Clients/TimeLimit.swift": "deadline",
    "Sources/CommandCore/Processes/ChildProcess.swift": "deadline: SIGKILL after SIGTERM",
    "Sources/CommandCore/Processes/MarkedProcesses.swift":
      "the kernel does not tell when a process has its new program",
    "Sources/CommandCore/Processes/SignalWatch.swift": "deadline of an orderly end",
    "Sources/CommandCore/Processes/StackGuard.swift":
      "grace period: a server that was just being started has no mark yet",
    "Sources/Console/ConsoleFeed.swift":
      "heartbeat: no server tells that it hangs, nor of its faults and its clock",
    "Sources/Doctor/TrialProgram.swift": "deadline: SIGKILL after SIGTERM",
    "Sources/Doctor/TrialRun.swift": "deadline of a trial",
    "Sources/Doctor/TrialServers.swift": "a trial's absence of the agent",
    "Sources/HTTP/HTTPClient.swift": "deadline of a request",
    "Sources/HTTP/HTTPServer.swift": "grace period of open connections",
    "Sources/HTTP/HeldListeners.swift":
      "the kernel does not tell when a port is free again",
    "Sources/Kubelet/PodWorker.swift": "back-off of what cannot be written",
    "Sources/KubernetesAPI/Verbs/WatchObjects.swift": "deadline of a watch, and its bookmarks",
    "Sources/KubernetesClient/WatchBackoff.swift": "back-off of a watch",
    "Sources/NodeAgent/Credentials/Patience.swift": "back-off between tries",
    "Sources/NodeAgent/Credentials/PendingFetch.swift": "deadline of who waits for a fetch",
    "Sources/NodeAgent/Credentials/RateLimiter.swift": "rate limit",
    "Sources/NodeAgent/Node/NodeController.swift": "heartbeat of the node, back-off, deadline",
    "Sources/Platform/FileChanges.swift": "many changes at once are told as one",
    "Sources/Platform/WallClock.swift": "the clock itself",
    "Sources/PodAdmission/AnnotationController.swift": "back-off, and the next full comparison",
    "Sources/PodIdentityCLI/Commands/WaitCommand.swift":
      "deadline; and EKS Auth sees an association without an event, by a clock that is moved",
    "Sources/PodIdentityCLI/Pod/PodHolder.swift":
      "back-off while there is no cluster, or it refuses the pod",
  ]

  @Test("no other file lets time pass, and each of these does")
  func pauses() throws {
    let files = Repository.files(below: "Sources", suffix: ".swift")
    let found = try files.filter { file in
      try Repository.text(file).split(separator: "\n").contains { line in
        let code = line.drop { $0 == " " }
        return !code.hasPrefix("//")
          && ["Task.sleep(", "usleep(", "nanosleep("].contains { code.contains($0) }
      }
    }
    for file in found where Self.allowed[file] == nil {
      Issue.record("\(file) lets time pass; wait for an event, or say here what the time is for")
    }
    for file in Self.allowed.keys.sorted() where !found.contains(file) {
      Issue.record("\(file) lets no time pass any more")
    }
  }
}
