package import HTTP
package import Platform

/// What a server's main hands to the server: settings, state, clocks, log.
package struct ServerContext: Sendable {
  /// The server's name, such as `aws-api`.
  package let service: String
  package let settings: Settings
  package let environment: ProcessEnvironment
  /// The stack's state folder.
  package let root: StateFolder
  /// This server's part of it, which it holds alone.
  package let state: StateFolder
  package let log: Log
  package let events: EventLog
  /// The faults that its calls may meet.
  package let faults: FaultBook
  /// The clock for what expires; the admin port moves it.
  package let clock: OffsetClock
  /// The machine's clock, for request signatures, certificates and timeouts.
  package let realClock: any WallClock
  package let randomness: Randomness
  package let loops: EventLoops
  /// What the stack's own calls carry.
  package let mark: StackMark

  /// The values of `--allowed-host`.
  package var allowedHosts: [String] { settings.strings("allowed-host") }
}

/// A server that listens: what its main prints, stops and offers on the admin port.
package struct RunningServer: Sendable {
  /// The URLs it answers at, for the ready line.
  package var listen: [String]
  /// Its listeners, stopped in this order on SIGTERM.
  package var servers: [HTTPServer]
  package var actions: AdminActions
  /// Called after the listeners stopped, to end tasks and close stores.
  package var close: @Sendable () async -> Void

  /// A running server.
  package init(
    listen: [String], servers: [HTTPServer], actions: AdminActions = AdminActions(),
    close: @escaping @Sendable () async -> Void = {}
  ) {
    self.listen = listen
    self.servers = servers
    self.actions = actions
    self.close = close
  }
}
