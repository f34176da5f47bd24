import JSON
import Platform
import YAML

/// `faults.yaml` of a seed: a list of faults, their members as the admin port has them.
enum SeedFaults {
  /// Reads the file.
  static func read(_ path: String) throws(CommandFailure) -> [JSONObject] {
    let text: String
    do throws(FileError) { text = try SafeFile.readText(path, limit: 1 << 20) } catch {
      throw CommandFailure("\(error)")
    }
    let documents: [JSON]
    do throws(YAMLError) { documents = try YAML.documents(text) } catch {
      throw CommandFailure("\(path):\(error.line): \(error.message)")
    }
    var rules: [JSONObject] = []
    for document in documents {
      guard let list = document.array else {
        throw CommandFailure("\(path):1: this must be a list of faults")
      }
      for item in list {
        guard let rule = item.object, rule["action"]?.string != nil else {
          throw CommandFailure("\(path):1: each fault is a map with an action")
        }
        rules.append(rule)
      }
    }
    return rules
  }

  /// Finds the server of each rule, so that a bad one is known before anything is applied.
  static func place(
    _ rules: [JSONObject], at admins: [AdminClient], path: String
  ) async throws(CommandFailure) -> [(admin: AdminClient, rule: JSONObject)] {
    guard !rules.isEmpty else { return [] }
    let catalogues = try await FaultRule.catalogues(of: admins)
    var placed: [(admin: AdminClient, rule: JSONObject)] = []
    for var rule in rules {
      let server = rule["server"]?.string
      rule["server"] = nil
      do throws(CommandFailure) {
        let index = try FaultRule.place(&rule, server: server, among: catalogues)
        _ = try await admins[index].send("POST", "/faults?check=1", body: .object(rule))
        placed.append((admins[index], rule))
      } catch { throw CommandFailure("\(path)/faults.yaml: \(error)") }
    }
    return placed
  }
}
