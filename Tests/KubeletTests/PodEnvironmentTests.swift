import JSON
import Platform
import Testing

@testable import Kubelet

@Suite struct PodEnvironmentTests {
  static let pod: JSON = [
    "metadata": ["name": "p", "namespace": "ns", "labels": ["app": "x"], "uid": "u"],
    "spec": [
      "serviceAccountName": "sa",
      "containers": [
        ["volumeMounts": [["name": "v", "mountPath": "/var/run/x"]]]
      ],
      "volumes": [["name": "v", "emptyDir": [:]]],
    ],
  ]

  @Test(
    "paths below a mount are rewritten, others are not",
    arguments: [
      ("/var/run/x/token", "/r/ns/p/var/run/x/token"), ("/var/run/x", "/r/ns/p/var/run/x"),
      ("/var/run/xy", "/var/run/xy"), ("http://a/var/run/x", "http://a/var/run/x"), ("", ""),
    ])
  func rewritten(path: String, result: String) {
    #expect(PodMounts(pod: Self.pod, root: "/r").rewritten(path) == result)
  }

  @Test("a mount path that leads elsewhere has no folder")
  func escape() {
    let mounts = PodMounts(pod: Self.pod, root: "/r")
    #expect(mounts.names(to: "/../../x") == nil)
    #expect(mounts.names(to: "/a/b") == ["ns", "p", "a", "b"])
  }

  @Test(
    "$(NAME) is the value of a variable before it",
    arguments: [
      ("$(A)/x", "1/x"), ("$$(A)", "$(A)"), ("$(B)", "$(B)"), ("a$", "a$"), ("$(A", "$(A"),
      ("$(A)$(A)", "11"),
    ])
  func expanded(text: String, result: String) {
    #expect(PodEnvironment.expanded(text, ["A": "1"]) == result)
  }

  @Test(
    "fields of the pod",
    arguments: [
      ("metadata.name", "p"), ("metadata.namespace", "ns"), ("metadata.uid", "u"),
      ("metadata.labels['app']", "x"), ("metadata.labels", "app=\"x\""),
      ("spec.serviceAccountName", "sa"), ("metadata.nosuch", nil),
    ] as [(String, String?)])
  func fields(path: String, value: String?) {
    #expect(PodFields.value(path, of: Self.pod) == value)
  }

  @Test("tokens are renewed at 80 % of their life or after a day, less a jitter")
  func renewal() {
    let start = Instant(seconds: 1_000_000)
    func renewal(_ life: Int64, _ jitter: Double) -> Int64 {
      TokenSchedule.renewal(
        issued: start, expires: start + .seconds(life), jitter: jitter
      ).seconds - start.seconds
    }
    #expect(renewal(3600, 0) == 2880)
    #expect(renewal(3600, 1) == 2870)
    #expect(renewal(86_400 * 365, 0) == 86_400)
    #expect(renewal(10, 0) == 8)
    #expect(renewal(10, 1) == 7)
    #expect(renewal(-5, 0) == 0)
  }
}
