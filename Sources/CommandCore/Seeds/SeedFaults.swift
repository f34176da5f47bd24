package import JSON

/// `faults.yaml` of a seed: a list of faults, their members as the admin port has them.
package enum SeedFaults {
  /// A fault, and where it stands.
  package struct Rule: Sendable {
    /// The rule as `POST /faults` takes it.
    package var json: JSONObject
    /// The file and the line, for refusals.
    package let place: String
  }

  /// Reads the file.
  package static func read(_ path: String) throws(CommandFailure) -> [Rule] {
    var rules: [Rule] = []
    for document in try SeedNode.documents(of: path, limit: 1 << 20) {
      guard let list = document.items else {
        throw document.failure("this must be a list of faults")
      }
      for item in list {
        guard let rule = item.value.object, rule["action"]?.string != nil else {
          throw item.failure("each fault is a map with an action")
        }
        rules.append(Rule(json: rule, place: item.place))
      }
    }
    return rules
  }

  /// Finds the server of each rule, so that a bad one is known before anything is applied.
  package static func place(
    _ rules: [Rule], at admins: [AdminClient]
  ) async throws(CommandFailure) -> [(admin: AdminClient, rule: JSONObject)] {
    guard !rules.isEmpty else { return [] }
    let catalogues = try await FaultRule.catalogues(of: admins)
    var placed: [(admin: AdminClient, rule: JSONObject)] = []
    for found in rules {
      var rule = found.json
      let server = rule["server"]?.string
      rule["server"] = nil
      do throws(CommandFailure) {
        let index = try FaultRule.place(&rule, server: server, among: catalogues)
        _ = try await admins[index].send("POST", "/faults?check=1", body: .object(rule))
        placed.append((admins[index], rule))
      } catch { throw CommandFailure("\(found.place): \(error)") }
    }
    return placed
  }
}
