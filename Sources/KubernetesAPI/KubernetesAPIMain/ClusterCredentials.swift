import Platform

/// The two kubeconfigs of a cluster and the tokens in them.
enum ClusterCredentials {
  /// Reads or makes the tokens; a token lasts as long as its kubeconfig does.
  static func tokens(
    in state: StateFolder, node: String, randomness: Randomness
  ) throws(FileError) -> [User] {
    var users: [User] = []
    for (name, user) in [("admin", KubernetesUser.administrator), ("node", .node(node))] {
      let file = KubeConfigFile(path: try state.folder(name).file("kubeconfig"))
      let token = file.token() ?? Base64.encodeURL(randomness.bytes(32))
      users.append(User(name: name, user: user, token: token, file: file))
    }
    return users
  }

  /// Somebody with a kubeconfig.
  struct User: Sendable {
    let name: String
    let user: KubernetesUser
    let token: String
    let file: KubeConfigFile
  }
}
