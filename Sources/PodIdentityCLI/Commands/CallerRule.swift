import CommandCore
import Platform

/// Who alone may call AWS.
enum CallerRule: Sendable {
  /// Sessions of a role, and those that were assumed from them.
  case role(String)
  /// Sessions that EKS Auth issued for a ServiceAccount, and those that were assumed from them.
  case account(AccountName)

  /// The rule for a role, by its name or ARN.
  init(role text: String) { self = .role(RoleLookup.pathAndName("/" + text).name) }

  /// Who that is, in a sentence.
  var text: String {
    switch self {
    case .role(let name): "role \(name)"
    case .account(let account): "the role of \(account.text)"
    }
  }

  /// The rule of a command's flags `--only-role` and `--service-account`; nil where neither is given.
  ///
  /// `--any-role` takes the rule away that a ServiceAccount makes.
  init?(_ arguments: CommandArguments) throws(UsageError) {
    if let role = arguments["only-role"] {
      guard !arguments.has("any-role") else {
        throw UsageError(
          "podid \(arguments.commandName): --only-role and --any-role exclude each other")
      }
      self.init(role: role)
      return
    }
    guard !arguments.has("any-role"), let name = arguments["service-account"] else { return nil }
    self = .account(try AccountName(name))
  }
}
