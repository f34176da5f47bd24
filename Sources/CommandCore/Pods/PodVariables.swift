import JSON
import Platform

/// The variables of a pod's manifest that a process on this machine takes.
package struct PodVariables {
  /// Those that it takes, in order.
  private(set) var taken: [(name: String, value: String)] = []
  /// The names of those by which programs run other code, each once.
  private(set) var refused: [String] = []
  /// The names of those that lead connections elsewhere, AWS SDKs away from the stack, or have them
  /// send a file of this machine, each once.
  private(set) var misleading: [String] = []
  /// The names that no process can have, each once.
  private(set) var impossible: [String] = []

  /// Sorts the variables of a pod; `admitted` are names that the user said may be set.
  ///
  /// `mounted` says whether a path of this machine is one of the pod's own files.
  init(
    _ pod: [(name: String, value: String)], admitted: [String],
    mounted: @escaping (String) -> Bool = { _ in false }
  ) throws(CommandFailure) {
    let admitted = Set(admitted.map(\.bytes))
    let aws = AWSVariables(mounted: mounted)
    func misleads(_ variable: (name: String, value: String)) -> Bool {
      ConnectionVariables.isOne(variable.name) || aws.misleads(variable.name, variable.value)
    }
    var told: Set<ByteText> = []
    for variable in pod {
      let isNew = !told.contains(variable.name.bytes)
      guard Self.isPossible(variable.name) else {
        if isNew { impossible.append(variable.name) }
        told.insert(variable.name.bytes)
        continue
      }
      guard admitted.contains(variable.name.bytes) || !ProgramVariables.isOne(variable.name) else {
        if isNew { refused.append(variable.name) }
        told.insert(variable.name.bytes)
        continue
      }
      guard admitted.contains(variable.name.bytes) || !misleads(variable) else {
        if isNew { misleading.append(variable.name) }
        told.insert(variable.name.bytes)
        continue
      }
      // A container runtime refuses it as well; a process would be given the text in front of it.
      guard !variable.value.utf8.contains(0) else {
        throw CommandFailure("the pod's env gives \(variable.name) a value with a NUL")
      }
      taken.append(variable)
    }
  }

  /// What Kubernetes allows: printable ASCII without `=` (apimachinery `IsRelaxedEnvVarName`).
  static func isPossible(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "=") }
  }

  /// What shells and dotenv files can name: an identifier of C.
  package static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39 ~= first) else { return false }
    return name.utf8.allSatisfy {
      0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "_")
    }
  }

  /// Says on standard error what is not taken, in a line, and what no process could have, in another.
  package func warn(_ context: CommandContext) {
    let kinds = [
      ("since programs run other code by it", refused),
      ("since they lead connections or AWS SDKs elsewhere", misleading),
    ]
    let left = kinds.filter { !$0.1.isEmpty }.map { "\($0): \(Self.list($1))" }
    if !left.isEmpty {
      context.warn(
        "podid: not taken from the pod's env, \(left.joined(separator: "; ")) "
          + "(--pod-env NAME admits one)")
    }
    if !impossible.isEmpty {
      context.warn("podid: no names of variables in the pod's env: \(Self.list(impossible))")
    }
  }

  /// The names, at most twenty of them, each cut to a length that a line can hold.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(20).map { name in
      name.utf8.count <= 80 ? name : "\(String(decoding: name.utf8.prefix(80), as: UTF8.self))..."
    }
    let more = names.count - shown.count
    return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}
