import IAMPolicy
import JSON
import Platform
import TestSupport
import Testing

/// AWS's own answers about conditions, decisions and documents (Tests/Golden/iam-policies.json).
///
/// A row of `conditions` is [id, Condition, keys of the request, M, N or E]: whether a statement with
/// the condition matches, does not, or cannot be evaluated.
@Suite struct RecordedPolicyTests {
  private static func rows(_ member: String) throws -> [[JSON]] {
    let bytes = try SafeFile.read(Repository.root + "/Tests/Golden/iam-policies.json")
    let rows = try #require(try JSON.parse(bytes)[member]?.array).compactMap(\.array)
    #expect(rows.count > 15)
    return rows
  }

  private static func context(_ keys: JSON) -> PolicyContext {
    var context = PolicyContext()
    for (key, values) in keys.object ?? [:] { context[key] = values.strings }
    return context
  }

  private static func isAllowed(
    _ effects: [String], _ condition: JSON, _ context: PolicyContext
  ) throws -> Bool {
    let statements = effects.map { effect -> JSON in
      var statement: JSONObject = ["Effect": .string(effect), "Action": "*", "Resource": "*"]
      if effect == effects.last { statement["Condition"] = condition }
      return .object(statement)
    }
    let document = try PolicyDocument(
      json: ["Version": "2012-10-17", "Statement": .array(statements)], kind: .session,
      isStored: true)
    return PolicyEvaluation(identity: [NamedPolicy(name: "p", document: document)])
      .decide(PolicyRequest(action: "iam:TagUser", resource: "*", context: context)).isAllowed
  }

  @Test("every recorded condition matches, does not match or cannot be evaluated as on AWS")
  func conditions() throws {
    for row in try Self.rows("conditions") {
      let (id, condition, outcome) = (row[0].string ?? "", row[1], row[3].string)
      let context = Self.context(row[2])
      let allows = try Self.isAllowed(["Allow"], condition, context)
      let denies = try !Self.isAllowed(["Allow", "Deny"], condition, context)
      let found = allows ? (denies ? "M" : "never denies") : denies ? "E" : "N"
      #expect(found == outcome, "\(id) \(condition.text()) \(row[2].text())")
    }
  }

  @Test("every recorded policy decides as on AWS")
  func decisions() throws {
    for row in try Self.rows("decisions") {
      let document = try PolicyDocument(
        json: ["Version": "2012-10-17", "Statement": row[1]], kind: .managed)
      let decision = PolicyEvaluation(identity: [NamedPolicy(name: "p", document: document)])
        .decide(
          PolicyRequest(
            action: row[2].string ?? "", resource: row[3].string ?? "",
            context: Self.context(row[4])))
      let found =
        switch decision {
        case .allowed: "allowed"
        case .explicitlyDenied: "explicitDeny"
        case .implicitlyDenied: "implicitDeny"
        }
      #expect(found == row[5].string, "\(row[0].text()) \(row[1].text())")
    }
  }

  @Test("every recorded document is taken or refused as on AWS, stored or for a session")
  func documents() throws {
    for row in try Self.rows("documents") {
      let statement: JSON = [
        "Effect": "Allow", "Action": "iam:TagUser", "Resource": "*", "Condition": row[2],
      ]
      let document: JSON = ["Version": "2012-10-17", "Statement": statement]
      let kinds: [PolicyDocument.Kind] =
        row[1].string == "session" ? [.session] : [.inline, .managed]
      for kind in kinds {
        let isTaken = (try? PolicyDocument(json: document, kind: kind)) != nil
        #expect(isTaken == (row[3].string == nil), "\(row[0].text()) \(kind) \(row[2].text())")
      }
    }
  }
}
