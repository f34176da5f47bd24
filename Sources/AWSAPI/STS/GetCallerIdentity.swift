/// Says who signed the request; nobody needs a permission for that.
enum GetCallerIdentity: QueryOperation {
  static let name = "GetCallerIdentity"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    answer(for: call.caller)
  }

  /// The members of the answer.
  static func answer(for caller: Caller) -> QueryValue {
    [
      "Arn": .text(caller.arn), "UserId": .text(caller.userID), "Account": .text(caller.account),
    ]
  }
}
