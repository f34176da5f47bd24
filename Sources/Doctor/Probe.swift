/// A line of `podid doctor`: one thing that an SDK must do with EKS Pod Identity.
package enum Probe: String, Sendable, CaseIterable {
  case loopback
  case linkLocalIPv4 = "link-local-ipv4"
  case linkLocalIPv6 = "link-local-ipv6"
  case rawToken = "raw-token"
  case tokenRotation = "token-rotation"
  case refresh
  case serverError = "error-500"
  case throttle = "throttle-429"
  case agentRestart = "agent-restart"
  case noProxy = "no-proxy"
}
