import CommandCore
import JSON
import PodIdentity

/// Who called AWS, and as whom, as the events of aws-api tell.
///
/// Calls of the stack itself do not count (``CallOrigin``), nor those of services that are not served,
/// of which nobody verified a signature.
struct CallerAudit: Sendable {
  /// Calls that differ in nothing but time.
  struct Call: Hashable, Sendable {
    let operation: ByteText
    /// The caller's ARN; nil where no signature was verified.
    let caller: ByteText?
    /// `namespace/name` of the pod's ServiceAccount, as the session's tags say.
    let account: ByteText?
    /// Why the signature was refused.
    let objection: ByteText?

    /// Whom the call was made as: a role, the root, another ARN, or nobody.
    var principal: String {
      if let caller {
        if CallOrigin.isRoot(caller.string) { return "the account's root" }
        return CallerAudit.roleName(of: caller.string).map { "role \($0)" } ?? caller.string
      }
      if let account { return "a session of \(account)" }
      return objection.map { "nobody who is known (\($0))" } ?? "nobody who is known"
    }
  }
  private struct Issue: Sendable {
    /// Whom the session was issued to: a role that EKS Auth assumed, or the session that asked.
    let source: String
    let account: String?
    let session: String
  }
  private struct Place: Hashable, Sendable {
    let time: ByteText
    let number: Int64
  }

  /// So many kinds of calls are told apart; a program can make any number of them.
  private static let mostKinds = 1000
  private let start: String
  private var counts: [Call: (count: Int, first: String)] = [:]
  private var issues: [Issue] = []
  private var seen: Set<Place> = []

  /// An audit of calls from a time on (RFC 3339 with milliseconds).
  init(since start: String) { self.start = start }

  /// Takes in an event; one that was taken in before counts once.
  mutating func note(_ event: JSON) {
    guard event.eventServer == .awsAPI, let time = event["time"]?.string,
      time.bytes >= start.bytes,
      seen.insert(Place(time: time.bytes, number: event["number"]?.integer ?? 0)).inserted,
      let operation = event["operation"]?.string
    else { return }
    let caller = event["caller"]?.string
    var account: String?
    if let name = event.at("subject", "serviceAccount")?.string {
      account = "\(event.at("subject", "namespace")?.string ?? "")/\(name)"
    }
    if let session = event["assumedRole"]?.string, issues.count < Self.mostKinds * 10,
      let source = event["role"]?.string ?? caller
    {
      issues.append(Issue(source: source, account: account, session: session))
    }
    let isRefused = event.eventCheck == .authentication
    guard caller != nil || isRefused, CallOrigin.isApp(event) else { return }
    let call = Call(
      operation: operation.bytes, caller: caller?.bytes, account: account?.bytes,
      objection: isRefused ? event["reason"]?.string?.bytes : nil)
    guard counts[call] != nil || counts.count < Self.mostKinds else { return }
    counts[call, default: (0, time)].count += 1
  }

  /// The calls that were made otherwise than as the rule wants, the earliest first; all without one.
  func calls(otherThan rule: CallerRule?) -> [(call: Call, count: Int, first: String)] {
    let allowed = rule.map(allowed)
    let isOther: (Call) -> Bool = { call in
      guard let rule, let allowed else { return true }
      guard let caller = call.caller else {
        return call.account.map { !allowed.accounts.contains($0) } ?? true
      }
      if allowed.sessions.contains(caller) { return false }
      switch rule {
      case .role(let name): return Self.roleName(of: caller.string)?.bytes != name.bytes
      case .account(let account): return call.account != account.text.bytes
      }
    }
    return counts.filter { isOther($0.key) }
      .map { (call: $0.key, count: $0.value.count, first: $0.value.first) }
      .sorted { ($0.first.bytes, $0.call.operation) < ($1.first.bytes, $1.call.operation) }
  }

  /// The sessions that a rule allows, with those assumed from them, and whose they are.
  private func allowed(_ rule: CallerRule) -> (sessions: Set<ByteText>, accounts: Set<ByteText>) {
    var sessions: Set<ByteText> = []
    var accounts: Set<ByteText> = []
    if case .account(let account) = rule { accounts.insert(account.text.bytes) }
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      for issue in issues where !sessions.contains(issue.session.bytes) {
        let isRight =
          switch rule {
          case .role(let name):
            RoleLookup.pathAndName(issue.source).name.bytes == name.bytes
              || Self.roleName(of: issue.source)?.bytes == name.bytes
          case .account(let account): issue.account?.bytes == account.text.bytes
          }
        guard isRight || sessions.contains(issue.source.bytes) else { continue }
        sessions.insert(issue.session.bytes)
        if let account = issue.account { accounts.insert(account.bytes) }
        isGrowing = true
      }
    }
    return (sessions, accounts)
  }

  /// The role of `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`; nil for another ARN.
  static func roleName(of arn: String) -> String? {
    let parts = arn.bytes.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].bytes.hasSuffix(":assumed-role") else { return nil }
    return String(parts[1])
  }
}
