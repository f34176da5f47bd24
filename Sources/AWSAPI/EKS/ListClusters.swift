import HTTP
import JSON

/// Lists the clusters that the operator named.
enum ListClusters: RESTOperation {
  static let name = "ListClusters"
  static let method = "GET"
  static let path = "/clusters"

  static func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    try call.authorize(name.action, on: "*")
    let page = try Page(call.query)
    let names = call.context.clusters.map(\.name).sorted()
    let (items, next) = page.cut(names, id: \.self) { $0 > $1 }
    var answer: JSONObject = ["clusters": .strings(Array(items))]
    answer["nextToken"] = next.map(JSON.string)
    return .object(answer)
  }
}
