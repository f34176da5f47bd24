/// Who makes a request.
struct KubernetesUser: Sendable, Hashable {
  var name: String
  var uid = ""
  var groups: [String] = []
  var extra: [String: [String]] = [:]
}
