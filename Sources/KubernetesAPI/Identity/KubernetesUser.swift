import JSON

/// Who makes a request.
struct KubernetesUser: Sendable {
  var name: String
  var uid = ""
  var groups: [String] = []
  var extra: [ByteText: [String]] = [:]
}
