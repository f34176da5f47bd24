import JSON
import Platform

/// The kubeconfig of one of the two users that hold a static token, `admin` and `node`.
///
/// It is JSON, which kubectl reads as the YAML it is. The file is also where the token is kept.
struct KubeConfigFile: Sendable {
  let path: String

  /// The token in the file; nil where there is no file or it is not one of ours any more.
  func token() -> String? {
    guard let text = try? SafeFile.readText(path, limit: 1 << 20),
      let json = try? JSON.parse(text),
      let token = json["users"]?[0]?.at("user", "token")?.string, token.utf8.count >= 32
    else { return nil }
    return token
  }

  /// Writes the file anew unless it says all this already.
  func write(
    server: String, authority: String, cluster: String, user: String, token: String
  ) throws(FileError) {
    let text =
      Self.content(
        server: server, authority: authority, cluster: cluster, user: user, token: token
      ).text([.indented]) + "\n"
    if (try? SafeFile.readText(path))?.bytes == text.bytes { return }
    try SafeFile.write(Array(text.utf8), to: path)
  }

  /// The file's content.
  static func content(
    server: String, authority: String, cluster: String, user: String, token: String
  ) -> JSON {
    let context = "\(user)@\(cluster)"
    return [
      "apiVersion": "v1",
      "kind": "Config",
      "clusters": [
        [
          "name": .string(cluster),
          "cluster": [
            "server": .string(server),
            "certificate-authority-data": .string(Base64.encode(Array(authority.utf8))),
          ],
        ]
      ],
      "users": [["name": .string(user), "user": ["token": .string(token)]]],
      "contexts": [
        [
          "name": .string(context),
          "context": ["cluster": .string(cluster), "user": .string(user)],
        ]
      ],
      "current-context": .string(context),
    ]
  }
}
