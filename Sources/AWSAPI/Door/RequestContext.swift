package import HTTP
package import IAMPolicy
package import Platform

/// The condition keys that every request has: AWS's global ones, as far as they exist here.
package enum RequestContext {
  /// The keys of a caller's request at a time.
  ///
  /// `aws:PrincipalArn` of a session is the ARN of its role, as on AWS.
  package static func keys(
    of caller: Caller, request: HTTPRequest, account: AWSAccount, now: Instant
  ) -> PolicyContext {
    var keys = PolicyContext()
    keys["aws:PrincipalArn"] = [caller.session?.roleARN ?? caller.arn]
    keys["aws:PrincipalAccount"] = [caller.account]
    keys["aws:PrincipalType"] = [caller.isRoot ? "Account" : "AssumedRole"]
    keys["aws:PrincipalIsAWSService"] = ["false"]
    keys["aws:userid"] = [caller.userID]
    keys["aws:ResourceAccount"] = [account.id]
    keys["aws:RequestedRegion"] = [account.region]
    keys["aws:SecureTransport"] = [request.isSecure ? "true" : "false"]
    keys["aws:SourceIp"] = [HostPort(request.peer)?.host ?? request.peer]
    keys["aws:CurrentTime"] = [now.rfc3339]
    keys["aws:EpochTime"] = ["\(now.seconds)"]
    if let agent = request.headers["User-Agent"] { keys["aws:UserAgent"] = [agent] }
    if let referer = request.headers["Referer"] { keys["aws:Referer"] = [referer] }
    if let session = caller.session {
      keys["aws:TokenIssueTime"] = [session.issued.rfc3339]
      for tag in session.tags { keys["aws:PrincipalTag/\(tag.key)"] = [tag.value] }
    }
    return keys
  }
}
