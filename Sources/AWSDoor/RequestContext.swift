package import HTTP
package import IAMPolicy
package import Platform
package import PodIdentity

/// The condition keys that every request has: AWS's global ones, as far as they exist here.
package enum RequestContext {
  /// The keys of a caller's request at a time.
  ///
  /// `aws:PrincipalArn` of a session is the ARN of its role, as on AWS.
  package static func keys(
    of caller: Caller, request: HTTPRequest, account: AWSAccount, now: Instant,
    roleTags: [ResourceTag] = []
  ) -> PolicyContext {
    var keys = PolicyContext()
    keys.addGlobalKeys(
      account: account.id, region: account.region, now: now, isSecure: request.isSecure)
    keys["aws:SourceIp"] = [HostPort(request.peer)?.host ?? request.peer]
    if let agent = request.headers["User-Agent"] { keys["aws:UserAgent"] = [agent] }
    if let referer = request.headers["Referer"] { keys["aws:Referer"] = [referer] }
    if let session = caller.session {
      keys.addSessionKeys(
        account: caller.account, role: (session.roleARN, session.roleID),
        sessionName: session.sessionName, issued: session.issued, roleTags: roleTags.pairs,
        sessionTags: session.tags.map { ($0.key, $0.value) })
      return keys
    }
    keys["aws:PrincipalArn"] = [caller.arn]
    keys["aws:PrincipalAccount"] = [caller.account]
    keys["aws:PrincipalType"] = [caller.service == nil ? "Account" : "User"]
    keys["aws:PrincipalIsAWSService"] = ["false"]
    keys["aws:userid"] = [caller.userID]
    if let service = caller.service { keys["aws:username"] = [service.rawValue] }
    return keys
  }
}
