import KubernetesClient
import Testing

struct ObjectPathTests {
  @Test func partsAreEncoded() {
    #expect(ObjectPath.core("nodes", "n1", "status") == "/api/v1/nodes/n1/status")
    #expect(ObjectPath.core("pods", in: "a") == "/api/v1/namespaces/a/pods")
    #expect(
      ObjectPath.core("configmaps", in: "a", "../../b?c#d%2F é")
        == "/api/v1/namespaces/a/configmaps/..%2F..%2Fb%3Fc%23d%252F%20%C3%A9")
    #expect(
      ObjectPath.selecting("metadata.name", "a,b=c\\")
        == "fieldSelector=metadata.name%3Da%5C%2Cb%5C%3Dc%5C%5C")
  }
}
