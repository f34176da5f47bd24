package import CommandCore
import JSON
import KubernetesClient
import Platform
import Synchronization

/// Brings what the stack's servers tell into the hub, and goes on trying where one is away.
package struct ConsoleFeed: Sendable {
  let hub: ConsoleHub
  let access: StackAccess
  /// Finds the stack that is meant, again; nil where there is none now.
  let found: @Sendable () -> StackInfo?
  /// Returns after so long, or when the task is cancelled.
  var pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }

  /// Brings it into a hub.
  package init(hub: ConsoleHub, access: StackAccess, found: @escaping @Sendable () -> StackInfo?) {
    self.hub = hub
    self.access = access
    self.found = found
  }

  /// Follows the stack until cancelled; another stack of the same file is taken in its place.
  package func run(_ first: StackInfo) async {
    var stack = first
    // What is older than the console is shown as past.
    let start = access.clock.now.rfc3339Milli
    while !Task.isCancelled {
      hub.stack = stack
      let current = stack
      stack = await withTaskGroup(of: StackInfo?.self) { group in
        let associations = ConsoleAssociations(hub: hub, access: access, stack: current)
        group.addTask {
          await follow(current, since: start, associations)
          return nil
        }
        group.addTask {
          await associations.run()
          return nil
        }
        group.addTask {
          await pods(of: current)
          return nil
        }
        group.addTask { await watch(current) }
        var next: StackInfo?
        while next == nil, let ended = await group.next() { next = ended }
        group.cancelAll()
        return next ?? current
      }
    }
  }

  /// Takes the servers' events, again and again: a restart ends a stream.
  private func follow(_ stack: StackInfo, since start: String, _ associations: ConsoleAssociations)
    async
  {
    let admins = access.admins(stack)
    func isLive(_ event: JSON) -> Bool { (event["time"]?.string ?? "").bytes >= start.bytes }
    let (history, silent) = await history(of: admins)
    for event in history where !isLive(event) { associations.take(event, isLive: false) }
    let followed = Mutex<Set<ByteText>>([])
    let follower = EventFollower(
      admins: admins, reconnects: true,
      connected: { service in
        associations.refresh()
        let count = followed.withLock { services in
          services.insert(service.bytes)
          return services.count
        }
        if count == admins.count { hub.set("isFollowed", true) }
      })
    for await event in follower.events()
    where isLive(event) || silent.contains((event["service"]?.string ?? "").bytes) {
      associations.take(event, isLive: isLive(event))
    }
  }

  /// What the servers tell of the past, in the order of time, and those that do not answer.
  private func history(of admins: [AdminClient]) async -> (events: [JSON], silent: Set<ByteText>) {
    await withTaskGroup(of: (service: String, events: [JSON]?).self) { group in
      for admin in admins {
        group.addTask { (admin.server.service, try? await admin.events(timeout: .seconds(2))) }
      }
      var (all, silent): ([JSON], Set<ByteText>) = ([], [])
      for await (service, events) in group {
        if let events { all += events } else { silent.insert(service.bytes) }
      }
      func time(_ event: JSON) -> ByteText { (event["time"]?.string ?? "").bytes }
      return (all.sorted { time($0) < time($1) }, silent)
    }
  }

  /// Keeps the list of pods.
  private func pods(of stack: StackInfo) async {
    guard let client = try? access.kubernetes(stack) else { return }
    var known: [ByteText: JSON] = [:]
    for await event in client.watch(ObjectPath.core("pods")) {
      switch event {
      case .listed(let pods):
        known = [:]
        for pod in pods { known[ConsolePod.name(pod).bytes] = ConsolePod.json(pod) }
      case .set(let pod): known[ConsolePod.name(pod).bytes] = ConsolePod.json(pod)
      case .removed(let pod): known[ConsolePod.name(pod).bytes] = nil
      case .failed: continue
      }
      hub.set("pods", .array(known.sorted { $0.key < $1.key }.map(\.value)))
    }
  }

  /// Asks every second which servers answer, for the faults, which may be set elsewhere, and for the
  /// clocks: no server tells of these, least of all one that hangs.
  ///
  /// Returns the stack that has come in this one's place.
  private func watch(_ stack: StackInfo) async -> StackInfo? {
    let faults = ConsoleFaults(access: access)
    while !Task.isCancelled {
      var servers = JSONObject()
      for admin in access.admins(stack) {
        let health = await admin.health(timeout: .seconds(1))
        servers[admin.server.service] = .bool(health?.service.bytes == admin.server.service.bytes)
      }
      if Task.isCancelled { return nil }
      hub.set("servers", .object(servers))
      hub.set("faults", await faults.active(at: stack))
      var clocks = JSONObject()
      for clock in await ClockOffsets.read(access.admins(stack), timeout: .seconds(1)) {
        clocks[clock.service] = .integer(Int64(clock.seconds.rounded()))
      }
      // A server that is away keeps the time that it had.
      if clocks.count == servers.count { hub.set("clocks", .object(clocks)) }
      // The same file with other keys after a reset, or another one's where this stack is gone.
      let isAway = servers.contains { $0.value == false }
      if let found = found(), found.json != stack.json,
        isAway || found.path.bytes == stack.path.bytes
      {
        return found
      }
      await pause(.seconds(1))
    }
    return nil
  }
}

/// A pod as the page lists it.
enum ConsolePod {
  /// Its name with its namespace.
  static func name(_ pod: JSON) -> String {
    "\(pod.at("metadata", "namespace")?.string ?? "")/\(pod.at("metadata", "name")?.string ?? "")"
  }

  /// Its name, account, whether it is ready, and whether admission gave it an identity.
  static func json(_ pod: JSON) -> JSON {
    [
      "name": .string(name(pod)),
      "account": .string(pod.at("spec", "serviceAccountName")?.string ?? ""),
      "ready": .bool(ObjectState.isReady(pod)),
      "identity": .bool(ObjectState.hasIdentity(pod)),
    ]
  }
}
