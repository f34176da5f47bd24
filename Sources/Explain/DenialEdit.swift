import IAMPolicy
import JSON

/// Takes requests out of a Deny statement of an identity policy, and as little besides as the
/// policy language can say.
struct DenialEdit {
  /// The statement as it has become; nil where none of it is left.
  private(set) var statement: JSON?
  /// What was changed, in words.
  private(set) var changes: [String] = []

  /// An edit of a statement.
  init(_ statement: JSON) { self.statement = statement }

  /// Lets a request pass; a statement that does not deny it stays as it is.
  mutating func spare(_ request: PolicyRequest) {
    guard let statement, denies(request) else { return }
    let action = Self.rest(of: statement["Action"], without: request.action, ignoringCase: true) {
      PolicyPattern($0, variables: false).matches(request.action, ignoringCase: true)
    }
    let resource = Self.rest(of: statement["Resource"], without: request.resource) {
      PolicyPattern($0).matches(request.resource, context: request.context)
    }
    let except = StatementEdit.texts(statement["NotResource"])
    if let resource {
      set("Resource", resource)
      changes.append("takes \(request.resource) out of the denial's Resource")
    } else if StatementEdit.texts(statement["Resource"]).map(\.bytes) == ["*"] || !except.isEmpty {
      set("Resource", nil)
      set("NotResource", except + [request.resource])
      changes.append("lets the denial be about all but \(request.resource)")
    } else if let action {
      set("Action", action)
      changes.append("takes \(request.action) out of the denial's Action")
    } else {
      self.statement = nil
      let name = statement["Sid"]?.string.map { " \($0)" } ?? ""
      changes.append("takes the statement\(name) out, with all that it denies")
    }
  }

  private func denies(_ request: PolicyRequest) -> Bool {
    guard let statement,
      let document = try? PolicyDocument(
        json: ["Version": "2012-10-17", "Statement": [statement]], kind: .inline, isStored: true)
    else { return false }
    return document.statements.contains { $0.effect == .deny && $0.counts(for: request) }
  }

  /// A list without one text; nil where that leaves nothing, or others still match.
  private static func rest(
    of list: JSON?, without text: String, ignoringCase: Bool = false, matches: (String) -> Bool
  ) -> [String]? {
    let texts = StatementEdit.texts(list)
    let rest = texts.filter {
      ignoringCase
        ? $0.bytes.asciiLowercased != text.bytes.asciiLowercased : $0.bytes != text.bytes
    }
    return rest.isEmpty || rest.count == texts.count || rest.contains(where: matches) ? nil : rest
  }

  private mutating func set(_ member: String, _ texts: [String]?) {
    var object = statement?.object ?? [:]
    object[member] = texts.map { $0.count == 1 ? .string($0[0]) : .strings($0) }
    statement = .object(object)
  }
}
