import CommandCore
import IAMPolicy
package import JSON
import PodIdentity

/// Changes a trust policy as little as will do for a principal to be let in.
package struct TrustRepair: Sendable {
  /// What Pod Identity needs, for a role that has no trust policy yet.
  package static let standard: JSON = [
    "Version": "2012-10-17",
    "Statement": [statement(["Service": .string(PodIdentityService.name)], both)],
  ]
  static let both = ["sts:AssumeRole", "sts:TagSession"]

  let principal: PolicyPrincipal
  /// How a statement names the principal.
  let named: JSON
  let actions: [String]
  /// The ARN of the role whose trust policy it is.
  package let role: String
  let context: PolicyContext

  /// What came of it.
  package struct Outcome: Sendable {
    var document: JSON
    /// What was changed, in words.
    var changes: [String] = []
    /// Tags that the role should have, so that the policy can stay as it is.
    var tags: [(key: String, value: String)] = []

    /// Whether nothing needs to be changed.
    var isEmpty: Bool { changes.isEmpty && tags.isEmpty }
  }

  /// A statement that lets a principal in.
  static func statement(_ principal: JSON, _ actions: [String]) -> JSON {
    ["Effect": "Allow", "Principal": principal, "Action": .strings(actions)]
  }

  /// The policy as it should be.
  func mended(_ document: JSON) -> Outcome {
    var outcome = Outcome(document: document)
    var statements = document["Statement"]?.array ?? document["Statement"].map { [$0] } ?? []
    // A statement may lack several things, one after the other.
    for _ in 0..<8 {
      outcome.document = whole(document, statements)
      guard let parsed = try? PolicyDocument(json: outcome.document, kind: .trust, isStored: true)
      else { break }
      var context = context
      context.addTags(outcome.tags, of: .resource)
      guard let refused = firstRefused(parsed, context) else { return outcome }
      change(&statements, parsed.statements, refused, &outcome)
    }
    return Outcome(
      document: whole(document, [Self.statement(named, actions)]),
      changes: ["replaces the old one wholly, and drops each of its statements and conditions"])
  }

  private func whole(_ document: JSON, _ statements: [JSON]) -> JSON {
    var object = document.object ?? [:]
    object["Version"] = "2012-10-17"
    object["Statement"] = .array(statements)
    return .object(object)
  }

  private func firstRefused(
    _ document: PolicyDocument, _ context: PolicyContext
  ) -> PolicyRequest? {
    let policy = NamedPolicy(name: "trust policy", document: document)
    return actions.lazy.map {
      PolicyRequest(action: $0, resource: role, principal: principal, context: context)
    }.first { !PolicyEvaluation(identity: [], resource: [policy]).decide($0).isAllowed }
  }

  private func change(
    _ statements: inout [JSON], _ parsed: [PolicyStatement], _ request: PolicyRequest,
    _ outcome: inout Outcome
  ) {
    let context = request.context
    let denying = parsed.firstIndex { $0.effect == .deny && $0.counts(for: request) }
    if let denying {
      let edit = StatementEdit(statements[denying], context: context)
      if let spared = edit.sparing(parsed[denying]) {
        statements.replaceSubrange(denying...denying, with: spared.statements)
        outcome.changes.append(spared.change)
      } else {
        statements.remove(at: denying)
        outcome.changes.append("removes statement \(denying + 1), which denies")
      }
      return
    }
    let candidates = parsed.indices.filter {
      parsed[$0].effect == .allow && isMeant(parsed[$0], request)
    }
    func defects(_ index: Int) -> Int {
      let misfits = parsed[index].misfits(request)
      return (misfits.principal ? 1 : 0) + (misfits.action ? 1 : 0) + misfits.conditions.count * 2
    }
    guard let best = candidates.min(by: { defects($0) < defects($1) }) else {
      statements.append(Self.statement(named, actions))
      outcome.changes.append("adds a statement for \(request.principal?.text ?? "")")
      return
    }
    var edit = StatementEdit(statements[best], context: context)
    let misfits = parsed[best].misfits(request)
    if misfits.principal { edit.name(named, insteadOf: parsed[best].principal) }
    if misfits.action { edit.add(action: request.action) }
    for condition in misfits.conditions {
      let tag = ConditionRepair(trace: condition, context: context).apply(to: &edit)
      if let tag { outcome.tags.append(tag) }
    }
    statements[best] = edit.statement
    outcome.changes += edit.changes
  }

  /// Whether a statement is about the principal, or would be if its name were spelt rightly.
  private func isMeant(_ statement: PolicyStatement, _ request: PolicyRequest) -> Bool {
    guard !statement.negatesActions, let pattern = statement.principal, !pattern.isNegated
    else { return false }
    guard statement.misfits(request).principal else { return true }
    guard case .service = principal else { return false }
    return (pattern.named[.service] ?? []).contains(where: Self.isMisspelt)
  }

  /// Whether a service was likely meant to be Pod Identity's.
  static func isMisspelt(_ name: String) -> Bool {
    name.bytes != PodIdentityService.name.bytes
      && (name.bytes.hasSuffix("eks.amazonaws.com")
        || Spelling.distance(name, PodIdentityService.name) <= 4)
  }
}
