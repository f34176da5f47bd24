package import CommandCore
package import JSON
import PodIdentity
import Synchronization

/// What the console knows of the stack at this moment, and the pages that are told of each change.
package final class ConsoleHub: Sendable {
  private struct State {
    var stack: StackInfo
    /// Members of the picture: servers, pods, associations, faults.
    var picture: JSONObject
    var recent: [JSON] = []
    var flows = ConsoleFlows()
    /// The last event with a token's claims, with session tags, and with a denial.
    var last: [ByteText: JSON] = [:]
    var pages: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
    var nextPage = 0
    var isClosed = false
  }
  private static let kept = 40
  private let state: Mutex<State>

  /// A hub that knows of nothing but the stack.
  package init(stack: StackInfo) {
    state = Mutex(State(stack: stack, picture: Self.identity(stack)))
  }

  private static func identity(_ stack: StackInfo) -> JSONObject {
    ["cluster": .string(stack.cluster), "region": .string(stack.region)]
  }

  /// The stack that is shown; setting another forgets what was there before.
  package var stack: StackInfo {
    get { state.withLock { $0.stack } }
    set {
      state.withLock { state in
        guard state.stack.json != newValue.json else { return }
        state.stack = newValue
        state.picture = Self.identity(newValue)
        state.recent = []
        state.flows = ConsoleFlows()
        state.last = [:]
        Self.send("anew", .object(state.picture), &state)
      }
    }
  }

  /// Puts a member of the picture in place, and tells the pages if it changed.
  func set(_ member: String, _ value: JSON) {
    state.withLock { state in
      guard state.picture[member] != value else { return }
      state.picture[member] = value
      Self.send("picture", .object([member: value]), &state)
    }
  }

  /// Notes an event, as it came from a server.
  package func note(_ event: JSON, isLive: Bool) {
    state.withLock { state in
      var shown = ConsoleEvent.json(event, isLive: isLive).object ?? [:]
      shown["flow"] = state.flows.number(of: event).map(JSON.integer)
      if decides(shown, before: state.last["denial"]) { shown["decides"] = true }
      let json = JSON.object(shown)
      if shown["claims"] != nil { state.last["token"] = json }
      if shown["sessionTags"] != nil { state.last["session"] = json }
      if shown["decides"] != nil { state.last["denial"] = json }
      state.recent.append(json)
      if state.recent.count > Self.kept { state.recent.removeFirst() }
      Self.send("happened", json, &state)
    }
  }

  /// Whether it is a denial, or an EKS Auth that was away, that tells more than what is shown.
  ///
  /// The agent hands on what EKS Auth refused, without the reason.
  private func decides(_ event: JSONObject, before last: JSON?) -> Bool {
    guard JSON.object(event).eventCheck == .eksAuth else { return event["kind"] == "denied" }
    return event["kind"] == "failed"
      || last?["operation"]?.string?.bytes
        != EventOperation.assumeRoleForPodIdentity.bytes
  }

  /// Tells every page, and forgets those that have left.
  ///
  /// Streams have no handler of their end that would take the lock: a cancelled task runs it while
  /// its own lock is held, which `yield` may be waiting for.
  private static func send(_ name: String, _ json: JSON, _ state: inout State) {
    guard !state.pages.isEmpty else { return }
    let message = message(name, json)
    for (number, page) in state.pages {
      if case .terminated = page.yield(message) { state.pages[number] = nil }
    }
  }

  private static func message(_ name: String, _ json: JSON) -> [UInt8] {
    Array("event: \(name)\ndata: ".utf8) + json.bytes() + [0x0A, 0x0A]
  }

  /// The picture as it is, then each change, as messages of server-sent events.
  func follow() -> AsyncStream<[UInt8]> {
    let (stream, page) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(2000))
    state.withLock { state in
      var all = state.picture
      all["recent"] = .array(state.recent)
      for (name, event) in state.last { all[name.string] = event }
      page.yield(Self.message("picture", .object(all)))
      guard !state.isClosed else { return page.finish() }
      state.nextPage += 1
      state.pages[state.nextPage] = page
    }
    return stream
  }

  /// Ends the streams of all pages.
  package func close() {
    let pages = state.withLock { state in
      state.isClosed = true
      defer { state.pages = [:] }
      return Array(state.pages.values)
    }
    for page in pages { page.finish() }
  }
}
