import CommandCore
import HTTP
import JSON
import KubernetesClient
import Platform
import PodIdentity

/// The values that a flag can have in the stack that runs, for a shell that completes them.
///
/// Whoever types waits for it: it is quick, and says nothing where there is no stack.
struct FlagValues {
  static let flags = ["service-account", "operation", "outcome"]
  private static let timeout = Duration.milliseconds(500)

  let flag: String
  let context: CommandContext

  /// The values; shells expand some of what they are given, so others than plain words are left out.
  func words() async -> [String] {
    let found = flag.bytes == "service-account" ? await accounts() : await names()
    return Set(found.map(\.bytes)).sorted().map(\.string).filter { word in
      word.utf8.allSatisfy {
        0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || "-./".utf8.contains($0)
      }
    }
  }

  /// Accounts as `NS/NAME`, and those of the namespace `default` by their name alone as well.
  private func accounts() async -> [String] {
    guard let stack = try? context.stack(), let kubernetes = try? context.kubernetes(stack),
      let list = try? await kubernetes.send(
        "GET", ObjectPath.core("serviceaccounts"), timeout: Self.timeout)
    else { return [] }
    return AccountName.all(in: list).flatMap {
      $0.namespace.bytes == "default" ? [$0.text, $0.name] : [$0.text]
    }
  }

  private func names() async -> [String] {
    let isOperation = flag.bytes == "operation"
    var found = isOperation ? EventOperation.all : EventOutcome.all
    guard let stack = try? context.stack() else { return found }
    for admin in context.admins(stack) {
      let list = try? await admin.send("GET", "/faults", timeout: Self.timeout)
      found += list?[isOperation ? "operations" : "outcomes"]?.strings ?? []
    }
    return found
  }
}
