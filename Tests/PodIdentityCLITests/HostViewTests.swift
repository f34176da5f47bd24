import JSON
import Platform
import Testing

@testable import PodIdentityCLI

@Suite struct HostViewTests {
  @Test("the host is told of published ports, and of no file of a container")
  func host() throws {
    #expect(HostView(ProcessEnvironment([:])) == nil)
    let view = try #require(
      HostView(
        ProcessEnvironment([
          "PODID_STACK_HOST_AWS_URL": "http://127.0.0.1:1",
          "PODID_STACK_HOST_S3_URL": "http://127.0.0.1:2",
        ])))
    let shown = view.variables([
      ("AWS_ENDPOINT_URL", "http://aws-api.internal:4577"), ("AWS_ENDPOINT_URL_S3", "x"),
      ("KUBECONFIG", "/state/x"), ("PODID_STACK", "y"), ("AWS_ACCESS_KEY_ID", "AKIA"),
    ])
    #expect(
      shown.map { "\($0.0)=\($0.1)" } == [
        "AWS_ENDPOINT_URL=http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3=http://127.0.0.1:2",
        "AWS_ACCESS_KEY_ID=AKIA",
      ])
  }
}
