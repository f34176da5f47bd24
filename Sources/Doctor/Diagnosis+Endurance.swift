// What becomes of the program as time passes and things go wrong.

extension Diagnosis {
  /// Whether the token file is read again once it has changed.
  var rotation: Finding {
    guard let seen = sightings(of: .rotation) else {
      return .unknown(.tokenRotation, "it was not tried")
    }
    if seen.fetches.contains(where: \.isStale) {
      return .fail(
        .tokenRotation, "it went on with the old token after the file had a new one",
        advice: "read the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE at every request; "
          + "boto3 does from 1.34.41 on: \(Advice.update)")
    }
    if seen.fetches.contains(where: { $0.isRotated && $0.isCurrent }) {
      return .pass(.tokenRotation, "it sends the new token once the file has changed")
    }
    if !seen.fetches.isEmpty, seen.fetches.allSatisfy({ $0.form == .missing }) {
      return .unknown(.tokenRotation, "it sends no token")
    }
    return tooShort(.tokenRotation, seen, "the token was rotated")
  }

  /// Whether new credentials are fetched before the old ones end.
  var refresh: Finding {
    guard let seen = sightings(of: .refresh) else {
      return .unknown(.refresh, "it was not tried")
    }
    if seen.calls.contains(where: \.isExpired) {
      return .fail(
        .refresh, "it signed a call with credentials that had expired",
        advice: "keep the SDK's credentials provider, not what it once returned, and let it ask "
          + "again before Expiration")
    }
    if seen.outlivedCredentials {
      return .pass(
        .refresh, "it asked again before its credentials ended, and went on with the new")
    }
    return tooShort(.refresh, seen, "its credentials were due")
  }

  /// What is said of a program that did not go on for long enough.
  private func tooShort(_ probe: Probe, _ seen: Sightings, _ event: String) -> Finding {
    if seen.exitCode != nil {
      return .unknown(
        probe, "it ended before \(event)", advice: "give a program that goes on making calls")
    }
    return .unknown(
      probe, "it asked for nothing more within \(timeout)",
      advice: "give a program that makes calls more often, or a longer --timeout")
  }

  /// Whether the program comes to credentials after the trial's fault.
  func afterFault(_ probe: Probe, _ trial: Trial, _ fault: String) -> Finding {
    guard let seen = sightings(of: trial) else { return .unknown(probe, "it was not tried") }
    guard seen.metFault else {
      return .unknown(probe, "it did not ask for credentials this time (\(ending(seen)))")
    }
    if seen.hasGoodCall { return .pass(probe, "it got over \(fault)") }
    let advice =
      "let the SDK try again (its retry mode and AWS_MAX_ATTEMPTS), or the program itself"
    guard let last = seen.fetchesAfterFault.last else {
      return .fail(
        probe, "it gave up at \(fault) and did not ask again (\(ending(seen)))", advice: advice)
    }
    guard sightings(of: .plain)?.hasGoodCall == true else {
      return last.status == 200
        ? .pass(probe, "it asked again after \(fault)")
        : .unknown(probe, "it gets no credentials without a fault either")
    }
    return .fail(
      probe, "it asked again after \(fault), and made no call that worked (\(ending(seen)))",
      advice: advice)
  }

  /// Whether the agent is asked directly where a proxy is set.
  var noProxy: Finding {
    // What was seen at the link-local address says more, where anything was.
    if case .judged(let findings)? = outcomes[.linkLocalIPv4],
      let finding = findings.first(where: { $0.probe == .noProxy }), finding.result != .unknown
    {
      return finding
    }
    return noProxy(.proxied)
  }

  /// Whether a program asks the agent directly in a trial with a proxy.
  func noProxy(_ trial: Trial) -> Finding {
    guard let seen = sightings(of: trial) else { return .unknown(.noProxy, "it was not tried") }
    if seen.proxiedFetches > 0 {
      return .fail(
        .noProxy,
        "it asked the proxy of HTTP_PROXY for credentials, though NO_PROXY names the agent",
        advice: "let its HTTP client heed NO_PROXY, or unset HTTP_PROXY in the pod; an SDK that is "
          + "up to date uses no proxy for this")
    }
    if !seen.fetches.isEmpty {
      return .pass(.noProxy, "it asks the agent directly while HTTP_PROXY is set")
    }
    return .unknown(.noProxy, "it did not ask for credentials this time (\(ending(seen)))")
  }
}
