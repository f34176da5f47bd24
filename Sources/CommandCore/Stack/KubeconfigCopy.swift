import Cryptography
import JSON
import KubernetesClient
import Platform

/// The kubeconfig that programs are handed as KUBECONFIG: a copy of the stack's own.
///
/// It lies outside any checkout, where no pull puts another in its place: in the user's register, or
/// in the folder of the ephemeral stack that `podid test` put around this process. Programs may
/// write into it, as kubectl does; podid reads its own. It stays as they left it while its current
/// context is the stack's.
struct KubeconfigCopy {
  private let stack: StackInfo
  private let register: UserRegister
  /// Where it is, in an ephemeral stack's folder; nil for one in the register.
  private let path: String?

  /// The copy of a stack.
  init(of stack: StackInfo, _ environment: ProcessEnvironment) {
    self.stack = stack
    register = UserRegister(environment)
    let folder = StackFile.folder(of: stack.path)
    let isAround = environment[MarkedProcesses.variable]?.bytes == folder.bytes
    path = stack.entry == nil && (stack.isTemporary || isAround) ? "\(folder)/kubeconfig" : nil
  }

  /// The register's name of the copy for a stack file that it has, or that the user names.
  private static func name(_ path: String, isEntered: Bool) -> String {
    let place = StackFile.place(path)
    return "kubeconfig-\(SHA256.hex(Array("\(isEntered ? "" : "named ")\(place)".utf8)).prefix(32))"
  }

  /// The names in the register of what belongs to a stack file's copies: kubectl locks one by a file.
  static func names(for path: String) -> [String] {
    [true, false].map { name(path, isEntered: $0) }.flatMap { [$0, "\($0).lock"] }
  }

  /// Makes the copy, or renews it where it is not the stack's any more; its path.
  /// - Throws: where it cannot be written; ``Unavailable`` where there is no place for it.
  func renew(from own: KubeconfigFile) throws -> String {
    let config = try own.config()
    let name = Self.name(stack.path, isEntered: stack.entry != nil)
    guard let place = try path ?? register.place(name) else {
      try register.write(name, Self.bytes(own, config), isSynced: false)
      return try register.place(name) ?? ""
    }
    // A program's changes, such as another namespace, are the user's wish.
    let found = try? KubeconfigFile(place, isOwn: true).config()
    if found != config {
      try SafeFile.write(Self.bytes(own, config), to: place, isSynced: false)
    }
    return place
  }

  /// The current context alone, with all that it needs: neither files that it would name nor commands.
  private static func bytes(_ own: KubeconfigFile, _ config: KubeConfig) throws(CommandFailure)
    -> [UInt8]
  {
    func data(_ name: String, _ text: String?, _ object: inout JSONObject) {
      guard let text else { return }
      object["\(name)-data"] = .string(Base64.encode(Array(text.utf8)))
    }
    var cluster: JSONObject = ["server": .string(config.server)]
    data("certificate-authority", config.authorities, &cluster)
    if !config.isVerifying { cluster["insecure-skip-tls-verify"] = true }
    var user = JSONObject()
    data("client-certificate", config.certificatePEM, &user)
    data("client-key", config.keyPEM, &user)
    switch config.credential {
    case .none: break
    case .token(let token): user["token"] = .string(token)
    case .tokenFile(let file): user["tokenFile"] = .string(file)
    }
    let current = own.json["current-context"] ?? ""
    let context = own.json["contexts"]?.array?
      .first { $0["name"]?.string?.bytes == current.string?.bytes }?["context"]
    let json: JSON = [
      "apiVersion": "v1", "kind": "Config",
      "clusters": [["name": context?["cluster"] ?? "", "cluster": .object(cluster)]],
      "users": [["name": context?["user"] ?? "", "user": .object(user)]],
      "contexts": [["name": current, "context": context ?? [:]]], "current-context": current,
    ]
    return Array((json.text([.indented]) + "\n").utf8)
  }
}

extension CommandContext {
  /// The path that programs get as KUBECONFIG.
  ///
  /// Where this user has no register, it is the stack's own file, and that is said: without one,
  /// programs would take the user's own cluster.
  package func handedKubeconfig(_ stack: StackInfo) throws(CommandFailure) -> String {
    let own = try kubeconfig(stack)
    guard stack.isOwn else { return stack.kubeconfig }
    do {
      return try KubeconfigCopy(of: stack, environment).renew(from: own)
    } catch {
      guard stack.entry == nil else { throw CommandFailure("no copy for KUBECONFIG: \(error)") }
      warn("podid: KUBECONFIG is the stack's own file, for there is no copy of it: \(error)")
      return stack.kubeconfig
    }
  }
}
