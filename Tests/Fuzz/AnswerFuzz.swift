@testable import AWSClient
@testable import CommandCore
@testable import Console
@testable import Cryptography
@testable import EKSAuth
@testable import HTTP
@testable import JSON
@testable import Kubelet
@testable import KubernetesClient
@testable import NodeAgent
@testable import Platform

/// An answer's bytes, whole and cut in two at a place that the first byte names: the same comes out,
/// and what waits for more is bounded.
let fuzzResponse: FuzzTarget = { bytes in
  guard let first = bytes.first else { return }
  let input = Array(bytes.dropFirst())
  let cut = input.isEmpty ? 0 : Int(first) * input.count / 256
  for method in ["GET", "HEAD"] {
    let whole = answer([input[...]], method)
    precondition(
      whole == answer([input[..<cut], input[cut...]], method), "the cut at \(cut) changes it")
  }
}

/// EKS Auth's answers to node-agent: status, error code and body.
let fuzzEKSAuth: FuzzTarget = { bytes in
  let given = parts(bytes, 3)
  let status = Int(text(given[0])) ?? 200
  let response = HTTPClientResponse(
    status: status, headers: ["x-amzn-ErrorType": text(given[1]), "x-amzn-RequestId": "r"],
    body: given[2])
  let now = Instant(seconds: 1_800_000_000)
  do throws(UpstreamFailure) {
    let credentials = try EKSAuthAnswer.credentials(
      in: response, cut: given[0].isEmpty ? .closed : nil)
    _ = (credentials.expires - now).inSeconds
    precondition(JSON.isText(credentials.body), "what pods are given is no JSON")
  } catch { _ = error.text + error.reason + "\(error.status) \(RetryQuota().pay(for: error) ?? 0)" }
}

/// A cluster's documents, and a token that is verified by the keys.
let fuzzKeys: FuzzTarget = { bytes in
  let given = parts(bytes, 2)
  guard let document = try? JSON.parse(given[0]) else { return }
  if let address = document["jwks_uri"]?.string { _ = HTTPURL(address) }
  guard let keys = try? JWKS(json: document), let token = try? JWT(compact: text(given[1])) else {
    return
  }
  precondition((try? keys.verify(token)) == nil || !keys.isEmpty, "no key verifies it")
  if let claims = try? PodToken(claims: token.claims) {
    try? claims.check(issuer: "i", now: Instant(seconds: 1_800_000_000))
  }
}

/// Lists, watches and tokens of the Kubernetes API, as node-agent and podid read them.
let fuzzKubernetes: FuzzTarget = { bytes in
  var splitter = LineSplitter(limit: 2000)
  let pieces = bytes.split(separator: 0xFF, omittingEmptySubsequences: false).map(Array.init)
  for piece in pieces {
    guard let lines = try? splitter.add(piece) else { return }
    for line in lines {
      if case .event(.set(let object)) = WatchLine(line) { useObject(object) }
    }
    guard let json = try? JSON.parse(piece) else { continue }
    useObject(json)
    for item in json["items"]?.array ?? [] { useObject(item) }
    _ = KubernetesError(status: 500, body: json).description
    if let expires = (try? PodToken(answer: json))?.expires {
      for now in [Instant(seconds: 1_800_000_000), Instant(nanoseconds: .max)] {
        let renewal = TokenSchedule.renewal(issued: now, expires: expires, jitter: 1)
        precondition(renewal >= now, "a renewal before its token")
      }
    }
  }
}

/// What podid reads of the servers' admin ports, of events, and of AWS's XML.
let fuzzAdmin: FuzzTarget = { bytes in
  let words = text(bytes)
  _ = XMLReader(words).all("Arn")
  precondition(!PrintedLine(words).text.utf8.contains(0x1B), "an escape comes through")
  guard let json = try? JSON.parse(bytes) else { return }
  precondition(abs(ClockOffsets.seconds(of: json)) <= 3_200_000_000, "a clock beyond its century")
  _ = StackFaults.isSpent(json)
  _ = FaultRule.text(json)
  _ = ConsoleEvent.json(json, isLive: true).bytes()
  var place = EventPlace()
  place.advance(to: json)
  precondition(!place.isBefore(json), "an event is told twice")
}

private func useObject(_ object: JSON) {
  _ = NodeClock.offset(of: object)
  _ = PodStatusObject.running(object, now: Instant(seconds: 0), address: "127.0.0.1").bytes()
  let mounts = PodMounts(pod: object, root: "/pods")
  for mount in mounts.mounts {
    let names = mounts.names(to: mount.mountPath) ?? []
    precondition(names.allSatisfy(FolderWalk.isName), "a mount leads elsewhere: \(names)")
  }
  for field in ["metadata.labels", "metadata.labels['a']", "status.podIP"] {
    _ = PodFields.value(field, of: object)
  }
  _ = ObjectState.isReady(object)
  _ = ObjectState.hasIdentity(object)
}

private func answer(_ pieces: [ArraySlice<UInt8>], _ method: String) -> [String] {
  var parser = HTTPResponseParser(method: method)
  var found: [String] = []
  var body: [UInt8] = []
  for piece in pieces {
    for part in piece.withUnsafeBytes({ parser.parse($0) }) {
      switch part {
      case .head(let status, let headers): found.append("\(status) \(headers.fields)")
      case .body(let bytes): body += bytes
      case .end(let keepsAlive): found.append("\(body) \(keepsAlive)")
      case .broken: return found + ["\(body) refused"]
      }
    }
  }
  return found
}

extension JSON {
  fileprivate static func isText(_ bytes: [UInt8]) -> Bool { (try? JSON.parse(bytes)) != nil }
}
