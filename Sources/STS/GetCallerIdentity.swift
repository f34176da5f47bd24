import AWSDoor

/// Says who signed the request; nobody needs a permission for that.
struct GetCallerIdentity: QueryOperation {
  let name = "GetCallerIdentity"
  let isPresigned = true

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let caller = call.caller
    return [
      "Arn": .text(caller.arn), "UserId": .text(caller.userID), "Account": .text(caller.account),
    ]
  }
}
