package import Platform

/// The rows that every server's settings table has.
package enum ServerSettings {
  /// The common rows, with a server's default addresses.
  package static func rows(listen: HostPort, listenHelp: String, admin: HostPort) -> [Setting] {
    [
      Setting("listen", .address, repeatable: true, default: listen.text, listenHelp),
      Setting(
        "admin-listen", .address, default: admin.text, "where the admin port listens"),
      Setting(
        "admin-token-file", placeholder: "FILE",
        "file with the admin token; made if it is missing (default STATE/admin.token)"),
      Setting(
        "allowed-host", .form(.host), repeatable: true,
        "a further Host header value to answer for"),
      Setting(
        "state", placeholder: "DIR", default: ".podid/state", "the stack's state folder"),
      Setting(
        "log-level", .choice(LogLevel.allCases.map(\.rawValue)), default: "info",
        "the least important lines that the log keeps"),
      Setting(
        "check", .toggle, variable: false,
        "ask the running server's health, exit 0 or 1"),
      Setting("version", .toggle, variable: false, "print the version"),
      Setting("help", .toggle, variable: false, "print this text"),
    ]
  }
}
