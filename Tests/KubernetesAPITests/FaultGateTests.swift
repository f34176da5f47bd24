import AdminAPI
import HTTP
import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Faults at the API server: which calls meet them, and what is told of that.
@Suite struct FaultGateTests {
  private let events = EventLog(service: "t")
  private let faults = FaultBook(of: "test", catalogue: KubernetesFaults.catalogue)
  private var gate: FaultGate { FaultGate(faults: faults, events: events) }

  private func pass(_ operation: String, pod: String? = nil) async throws -> HTTPResponse {
    let request = HTTPRequest(method: "GET", target: "/x", id: "i")
    return try await gate.pass(
      operation, request, subject: EventSubject(namespace: "n", pod: pod)
    ) { () throws(StatusError) in .text(200, "genuine") }
  }

  private func set(_ rule: JSON) async throws {
    _ = try await faults.add(Fault(json: rule, catalogue: KubernetesFaults.catalogue))
  }

  @Test("without faults every call passes, and nothing is told")
  func none() async throws {
    #expect(try await pass("get pods").status == 200)
    #expect(!gate.isActive && events.entries(after: 0).isEmpty)
  }

  @Test("a call meets what is set for its verb and resource, and that alone is told")
  func met() async throws {
    try await set(["operation": "get pods", "action": "error", "code": "Conflict"])
    #expect(gate.isActive)
    let answer = try await pass("get pods", pod: "p")
    #expect(answer.status == 409)
    let status = try JSON.parse(answer.bodyBytes)
    #expect(status["kind"] == "Status" && status["reason"] == "Conflict" && status["code"] == 409)
    for operation in ["list pods", "get nodes"] {
      #expect(try await pass(operation).status == 200)
    }
    let told = events.entries(after: 0).map(\.json)
    #expect(told.count == 1 && told.first?["operation"] == "get pods")
    #expect(told.first?.at("subject", "pod") == "p" && told.first?["requestId"] == "i")
  }

  @Test("every verb of every kind can be made to fail")
  func catalogue() async throws {
    let operations = KubernetesFaults.catalogue.operations
    for kind in ResourceKind.all {
      for verb in kind.verbs { #expect(operations.contains("\(verb) \(kind.name)")) }
    }
  }
}
