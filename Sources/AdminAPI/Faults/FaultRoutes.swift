import HTTP
import JSON

/// `GET|POST|PUT|DELETE /faults` and `DELETE /faults/ID` of the admin port.
struct FaultRoutes {
  let book: FaultBook

  /// The answer; nil for a path that is none of these.
  func respond(to request: HTTPRequest, path: String) async -> HTTPResponse? {
    guard path.bytes == "/faults" || path.bytes.hasPrefix("/faults/") else { return nil }
    let rest = String(Substring(path.utf8.dropFirst("/faults/".utf8.count)))
    let id = PercentEncoding.decode(rest) ?? rest
    do {
      switch (request.method.bytes, id.bytes) {
      case ("GET", ""): return .json(200, list)
      case ("POST", ""):
        guard let body = try? JSON.parse(request.body) else {
          return Self.failure(400, "the body must be a fault as JSON")
        }
        let fault = try Fault(json: body, catalogue: book.catalogue)
        // `?check` asks whether the rule would be taken.
        guard request.query["check"] == nil else { return .json(200, .object(fault.json)) }
        let added = try await book.add(fault)
        return .json(added.isNew ? 201 : 200, .object(added.fault.json))
      case ("PUT", ""):
        guard let isPaused = (try? JSON.parse(request.body))?["paused"]?.bool else {
          return Self.failure(400, "the body must be {\"paused\": true} or false")
        }
        book.isPaused = isPaused
        return .json(200, list)
      case ("DELETE", ""):
        try await book.clear()
        return .json(200, list)
      case ("DELETE", _):
        guard try await book.remove(id) else { return Self.failure(404, "there is no fault \(id)") }
        return .json(200, list)
      default:
        var response = Self.failure(405, "allowed here: GET, POST, PUT, DELETE")
        response.headers["Allow"] = id.isEmpty ? "GET, POST, PUT, DELETE" : "DELETE"
        return response
      }
    } catch let full as FaultBook.Full {
      return Self.failure(409, full.description)
    } catch let refusal as Fault.Refusal {
      return Self.failure(400, refusal.description)
    } catch {
      return Self.failure(500, "the faults cannot be kept: \(error)")
    }
  }

  /// The faults, and what can be made to fail here.
  private var list: JSON {
    [
      "faults": book.json, "operations": .strings(book.catalogue.operations),
      "outcomes": .strings(book.catalogue.outcomes),
      "actions": .strings(FaultKind.all.map(\.name)),
      "special": .object(
        book.catalogue.special.reduce(into: JSONObject()) { $0[$1.name] = .strings($1.operations) }),
    ]
  }

  private static func failure(_ status: Int, _ message: String) -> HTTPResponse {
    .json(status, ["message": .string(message)])
  }
}
