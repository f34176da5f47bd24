import IAMPolicy
import JSON

/// The order in which the roles of a seed can be made: a trust policy names roles that exist.
struct SeedRoleOrder {
  /// The roles, each after those that its trust names.
  private(set) var roles: [SeedAWS.Role] = []
  /// The names of those that name themselves, or each other in a circle: they are made with a
  /// closed trust, which is opened once all are there.
  private(set) var circular: Set<ByteText> = []

  /// Lets nobody in.
  static let closedTrust: JSON = [
    "Version": "2012-10-17",
    "Statement": [["Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"]],
  ]

  /// The order of roles.
  init(_ given: [SeedAWS.Role]) {
    var pending = given
    while !pending.isEmpty {
      let names = Set(pending.map { $0.name.bytes.asciiLowercased })
      let next = pending.firstIndex { Self.named(in: $0.trust).isDisjoint(with: names) }
      let role = pending.remove(at: next ?? 0)
      if next == nil { circular.insert(role.name.bytes) }
      roles.append(role)
    }
  }

  /// The names of roles that a trust policy's principals are, or are sessions of.
  private static func named(in trust: JSON) -> Set<ByteText> {
    guard let document = try? PolicyDocument(json: trust, kind: .trust) else { return [] }
    let names = document.statements.flatMap { $0.principal?.named[.aws] ?? [] }
      .compactMap { name -> ByteText? in
        guard case .named(_, let resource) = AccountPrincipal(name) else { return nil }
        let parts = resource.bytes.split(separator: "/")
        switch parts[0].bytes {
        case "role": return parts.last?.bytes.asciiLowercased
        case "assumed-role": return parts[1].bytes.asciiLowercased
        default: return nil
        }
      }
    return Set(names)
  }
}
