import Glibc
import HTTP
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import Doctor

/// A pod's token file, and what the front of the agent makes of a fault.
@Suite struct CurrentTokenTests {
  @Test("the file is read through the kubelet's links, with when it was written")
  func links() throws {
    let folder = try Scratch.folder()
    try SafeFile.makeFolder("\(folder)/data")
    try SafeFile.write(Array("a.b.c".utf8), to: "\(folder)/data/token")
    #expect(symlink("data", "\(folder)/..data") == 0)
    #expect(symlink("..data/token", "\(folder)/token") == 0)
    var times = [timespec(tv_sec: 1000, tv_nsec: 5), timespec(tv_sec: 2000, tv_nsec: 7)]
    #expect(utimensat(AT_FDCWD, "\(folder)/data/token", &times, 0) == 0)
    let token = try #require(CurrentToken(path: "\(folder)/token"))
    #expect(token.text == "a.b.c")
    #expect(token.written == Instant(timespec(tv_sec: 2000, tv_nsec: 7)))
  }

  @Test("what is not there, or no file, is no token")
  func none() throws {
    #expect(CurrentToken(path: Scratch.path()) == nil)
    #expect(CurrentToken(path: try Scratch.folder()) == nil)
  }

  @Test("the fault meets the first request alone, and in the agent's words")
  func fault() async throws {
    let loops = EventLoops(count: 1)
    let record = TrialRecord(clock: ManualClock())
    // Nobody listens where it hands requests on.
    let front = AgentFront(
      fault: Trial.throttle.fault, tokenFile: Scratch.path(), record: record,
      agent: Forwarder(
        http: HTTPClient(loops: loops), server: try #require(HTTPURL("http://127.0.0.1:1"))),
      restart: {})
    func ask(_ target: String) async -> HTTPResponse {
      await front.respond(
        to: HTTPRequest(method: "GET", target: target, headers: ["Authorization": "a.b.c"]))
    }
    #expect(await ask("/other").status == 502)
    #expect(record.sightings.fetches.isEmpty)
    let first = await ask(AgentFront.path)
    #expect(first.status == 429)
    #expect(
      String(decoding: first.bodyBytes, as: UTF8.self).hasSuffix(
        "]: (ThrottlingException): Rate exceeded, fault: client\n"))
    #expect(await ask(AgentFront.path).status == 502)
    #expect(record.sightings.fetches.map(\.status) == [429, 502])
    loops.stop()
  }

  @Test("what each trial is like")
  func trials() {
    #expect(Trial.allCases.filter(\.hasShortCredentials) == [.refresh, .rotation])
    #expect(Set(Trial.allCases.filter(\.hasProxy)) == [.proxied, .linkLocalIPv4])
    #expect(Trial.allCases.filter { $0.tokenSeconds != nil } == [.rotation])
    #expect(Set(Trial.allCases.filter { $0.fault != nil }) == [.serverError, .throttle, .restart])
    #expect(Trial.linkLocalIPv4.agentAddress.text == "169.254.170.23:80")
    #expect(Trial.linkLocalIPv6.agentAddress.text == "[fd00:ec2::23]:80")
    #expect(Trial.plain.agentAddress.text == "127.0.0.1:0")
  }
}
