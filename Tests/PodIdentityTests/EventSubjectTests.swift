import JSON
import Platform
import Testing

@testable import PodIdentity

@Suite struct EventSubjectTests {
  @Test("claims name a pod and its ServiceAccount, or as much of them as there is")
  func claims() {
    let whole: JSON = [
      "kubernetes.io": [
        "namespace": "n", "serviceaccount": ["name": "s", "uid": "1"], "pod": ["name": "p"],
      ]
    ]
    #expect(
      EventSubject(claims: whole) == EventSubject(namespace: "n", serviceAccount: "s", pod: "p"))
    #expect(
      EventSubject(claims: ["kubernetes.io": ["namespace": "n", "pod": "p"]])
        == EventSubject(namespace: "n"))
    #expect(EventSubject(claims: ["namespace": "n"]) == EventSubject())
    #expect(EventSubject(claims: ["kubernetes.io": [["namespace": "n"]]]) == EventSubject())
  }
}
