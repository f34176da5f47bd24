import Platform

/// One run of the program, under conditions of its own.
package enum Trial: Sendable, CaseIterable {
  // The long ones come first, so that they begin first.
  case refresh, rotation
  case plain, serverError, throttle, restart, proxied
  case linkLocalIPv4, linkLocalIPv6
  /// On loopback, where the link-local ones run: shows whether the program gets anywhere there.
  case insideLoopback

  /// Those that need a network namespace of their own.
  static let inside: [Trial] = [.linkLocalIPv4, .linkLocalIPv6, .insideLoopback]
  /// Those that run on the machine's own loopback.
  static let outside = allCases.filter { !inside.contains($0) }

  /// How long credentials last for those that wait for their end.
  ///
  /// The agent hands out none with less than 15 seconds left, so this is about the least that works.
  static let credentialLifetime = Duration.seconds(20)
  /// How long a token lasts that is to be rotated soon: the kubelet does it at 80 %.
  private static let shortTokenSeconds = 10

  /// Whether its credentials end while it runs.
  var hasShortCredentials: Bool { self == .refresh || self == .rotation }

  /// Whether HTTP_PROXY is set, and NO_PROXY names all that the program has to ask.
  ///
  /// Some SDKs ask loopback directly in any case, so a link-local trial has a proxy too.
  var hasProxy: Bool { self == .proxied || self == .linkLocalIPv4 }

  /// The lifetime of its pod's token; nil for the usual one.
  var tokenSeconds: Int? { self == .rotation ? Self.shortTokenSeconds : nil }

  /// What the first request for credentials meets.
  var fault: TrialFault? {
    switch self {
    case .serverError: .status(500, "(InternalServerException): A fault was set., fault: server")
    case .throttle: .status(429, "(ThrottlingException): Rate exceeded, fault: client")
    case .restart: .restart
    default: nil
    }
  }

  /// Where its agent is to be reached.
  var agentAddress: HostPort {
    switch self {
    case .linkLocalIPv4: HostPort(host: "169.254.170.23", port: 80)
    case .linkLocalIPv6: HostPort(host: "fd00:ec2::23", port: 80)
    default: HostPort(host: "127.0.0.1", port: 0)
    }
  }
}

/// What a request for credentials meets, once.
package enum TrialFault: Sendable {
  /// An error as the agent words it, without the request's id in front.
  case status(Int, String)
  /// The connection ends, and nobody listens for a moment.
  case restart
}
