/// Judges by what was seen in the trials; it knows nothing of how they are run.
struct Verdict: Sendable {
  /// What a trial came to.
  enum Outcome: Sendable {
    /// It ran; the URL is the one that the program was told.
    case seen(url: String, Sightings)
    /// It could not be run here, for this reason.
    case impossible(String)
    /// Another process of podid ran it, and judged.
    case judged(Finding)
  }

  let outcomes: [Trial: Outcome]
  /// How long a trial was given, such as `45s`.
  let timeout: String

  /// A line for each probe, in their order.
  var findings: [Finding] {
    let plain = sightings(of: .plain)
    let findings = [
      loopback, address(.linkLocalIPv4, .linkLocalIPv4), address(.linkLocalIPv6, .linkLocalIPv6),
      rawToken, rotation, refresh, afterFault(.serverError, .serverError, "a 500"),
      afterFault(.throttle, .throttle, "a 429"),
      afterFault(.agentRestart, .restart, "the agent's restart"), noProxy,
    ]
    guard let plain, plain.fetches.isEmpty else { return findings }
    // Who asks for nothing shows nothing.
    let reason =
      plain.malformed > 0
      ? "its request for credentials is no valid HTTP" : "it asked for no credentials"
    return findings.map { finding in
      if finding.probe == .loopback { return finding }
      if finding.probe == .rawToken, plain.malformed > 0 { return finding }
      return .unknown(finding.probe, "\(reason), so this could not be told")
    }
  }

  private func sightings(of trial: Trial) -> Sightings? {
    if case .seen(_, let sightings)? = outcomes[trial] { return sightings }
    return nil
  }

  private var loopback: Finding {
    guard case .seen(let url, let seen)? = outcomes[.plain] else {
      return .unknown(.loopback, "the program did not run")
    }
    guard seen.fetches.isEmpty else { return address(.loopback, .plain) }
    if seen.malformed > 0 {
      return .unknown(.loopback, "what it sent to \(url) is no valid HTTP")
    }
    let others = seen.calls.isEmpty ? "" : "; it signs its calls with other credentials, or not"
    return .fail(
      .loopback, "it never asked \(url)\(others) (\(ending(seen)))",
      advice: "let it use its SDK's default credential chain, without keys or profiles of its own; "
        + "\(Advice.update); podid test --service-account NAME -- CMD shows what it prints")
  }

  /// Whether an address is accepted, and leads to credentials that work.
  func address(_ probe: Probe, _ trial: Trial) -> Finding {
    switch outcomes[trial] {
    case .impossible(let reason)?: return .unknown(probe, reason)
    case .judged(let finding)?: return finding
    case nil: return .unknown(probe, "it was not tried")
    case .seen(let url, let seen)?:
      guard let last = seen.fetches.last else {
        return .fail(
          probe, "it never asked \(url), though it asks on loopback (\(ending(seen)))",
          advice: "its SDK refuses this address: \(Advice.update)")
      }
      // What the token's own line tells is no objection to the address.
      let token = last.form == .raw ? "" : " (its token was put right on the way)"
      if seen.hasGoodCall {
        return .pass(probe, "credentials of \(url) work\(token)")
      }
      if let status = last.status, status != 200 {
        return .fail(
          probe, "\(url) answered it \(status) (\(ending(seen)))",
          advice: "podid test --service-account NAME -- CMD shows what it prints")
      }
      if seen.calls.contains(where: \.isOwn) {
        return .fail(
          probe, "AWS refused the calls that it signed with the credentials of \(url)",
          advice: "its clock or its way to sign is wrong: \(Advice.update)")
      }
      if !seen.calls.isEmpty {
        return .fail(
          probe, "it fetched credentials from \(url), and signs its calls with others, or not",
          advice: "let it use its SDK's default credential chain alone")
      }
      return .unknown(
        probe, "it fetched credentials from \(url), and made no call of AWS here (\(ending(seen)))",
        advice: "give a program that makes calls; SDKs that do not know AWS_ENDPOINT_URL make them "
          + "at the real AWS, and are to be given its endpoint in code")
    }
  }

  private var rawToken: Finding {
    let runs = Trial.allCases.compactMap(sightings)
    let forms = Set(runs.flatMap(\.fetches).map(\.form))
    if forms.contains(.missing) {
      return .fail(
        .rawToken, "it sends no Authorization header",
        advice: "its SDK does not know AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: \(Advice.update)")
    }
    if forms.contains(.bearer) {
      return .fail(
        .rawToken, "it sends \"Bearer\" in front of the token",
        advice: "the Authorization header must be the token file's content and nothing else")
    }
    if forms.contains(.other) || sightings(of: .plain)?.malformed ?? 0 > 0 {
      return .fail(
        .rawToken, "what it sends in the Authorization header is not the token alone",
        advice: "send the token file's content, without a line feed or anything else around it")
    }
    return .pass(.rawToken, "it sends the token as it is")
  }

  private var rotation: Finding {
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

  private var refresh: Finding {
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

  private func afterFault(_ probe: Probe, _ trial: Trial, _ fault: String) -> Finding {
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

  private var noProxy: Finding {
    guard let seen = sightings(of: .proxied) else { return .unknown(.noProxy, "it was not tried") }
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

  /// How a run came to its end, in words.
  private func ending(_ seen: Sightings) -> String {
    seen.exitCode.map { "it ended with \($0)" } ?? "it ran for \(timeout)"
  }
}

/// Words that several findings share.
enum Advice {
  static let update =
    "update the SDK; podid doctor --sdk-versions names the first versions that know Pod Identity"
}
