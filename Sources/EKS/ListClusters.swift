import AWSDoor
import HTTP
import JSON

/// Lists the clusters that the operator named.
struct ListClusters: RESTOperation {
  let name = "ListClusters"
  let method = "GET"
  let path = "/clusters"
  let clusters: [Cluster]

  func respond(to call: RESTCall) async throws(Refusal) -> JSON {
    try call.authorize(name.action, on: "*")
    let page = try Page(call)
    let names = clusters.map(\.name.bytes).sorted().map(\.string)
    let (items, next) = page.cut(names, id: \.self) { $0.bytes > $1.bytes }
    var answer: JSONObject = ["clusters": .strings(Array(items))]
    answer["nextToken"] = next.map(JSON.string)
    return .object(answer)
  }
}
