import JSON
import Platform
import Testing

@testable import Kubelet

/// Which volumes are mounted where, and what a pod's fields are.
@Suite struct PodMountsTests {
  private static func pod(
    _ mounts: [JSON], initial: [JSON] = [], volumes: [JSON] = [["name": "a"], ["name": "b"]]
  ) -> JSON {
    [
      "metadata": ["name": "p", "namespace": "n"],
      "spec": [
        "volumes": .array(volumes),
        "containers": [["volumeMounts": .array(mounts)], [:]],
        "initContainers": [["volumeMounts": .array(initial)]],
      ],
    ]
  }

  private static func mounts(_ pod: JSON) -> [String] {
    PodMounts(pod: pod, root: "/r").mounts.map {
      "\($0.volume["name"]?.string ?? "") \($0.mountPath)"
    }
  }

  @Test("mounts of all containers count, of two at one path the first")
  func found() {
    #expect(
      Self.mounts(
        Self.pod(
          [
            ["name": "a", "mountPath": "/x"], ["name": "b", "mountPath": "/x"],
            ["name": "b", "mountPath": "relative"], ["name": "b"], ["name": "b", "mountPath": ""],
            ["name": "nosuch", "mountPath": "/z"], ["name": "a", "mountPath": "/y"],
          ], initial: [["name": "b", "mountPath": "/y"], ["name": "b", "mountPath": "/i"]]))
        == ["a /x", "a /y", "b /i"])
    #expect(Self.mounts(["metadata": [:]]).isEmpty)
  }

  private static let one = pod([
    ["name": "a", "mountPath": "/x"], ["name": "b", "mountPath": "/s/"],
  ])

  @Test(
    "paths of this machine below a mount",
    arguments: [
      ("/r/n/p/x/t", true), ("/r/n/p/x/a/b", true), ("/r/n/p/x", false), ("/r/n/p/xy", false),
      ("/r/n/p/x/../y", false), ("/r/n/p/x/..t", true), ("/r/n/q/x/t", false), ("/x/t", false),
      ("", false),
    ])
  func holds(path: String, isHeld: Bool) {
    #expect(PodMounts(pod: Self.one, root: "/r").holds(path) == isHeld)
  }

  @Test(
    "a mount's slash at the end is no part of its name",
    arguments: [
      ("/s/t", "/r/n/p/s/t"), ("/s", "/r/n/p/s"), ("/s/", "/r/n/p/s/"), ("/st", "/st"),
      ("/x", "/r/n/p/x"), ("/x/", "/r/n/p/x/"), ("x/t", "x/t"),
    ])
  func rewritten(path: String, result: String) {
    #expect(PodMounts(pod: Self.one, root: "/r").rewritten(path) == result)
    let own = PodMounts(pod: Self.one, root: "/o", layout: .pod)
    #expect(own.rewritten(path) == result.replacing("/r/n/p", with: "/o"))
  }

  @Test("names from the root to a mount", arguments: [PodMounts.Layout.node, .pod])
  func names(layout: PodMounts.Layout) {
    let mounts = PodMounts(pod: Self.one, root: "/r", layout: layout)
    let start = layout == .pod ? [] : ["n", "p"]
    #expect(mounts.names(to: "/a//b/") == start + ["a", "b"])
    #expect(mounts.names(to: "/a/../b") == nil && mounts.names(to: "/a/.") == nil)
    #expect(mounts.folder == (layout == .pod ? "/r" : "/r/n/p"))
  }

  @Test("a pod without a namespace is of the default one")
  func defaults() {
    let mounts = PodMounts(pod: ["metadata": ["name": "p"]], root: "/r")
    #expect(mounts.folder == "/r/default/p")
    let other = PodMounts(pod: ["metadata": ["name": "..", "namespace": "n"]], root: "/r")
    #expect(other.names(to: "/a") == nil)
  }

  private static let full: JSON = [
    "metadata": [
      "name": "p", "namespace": "n", "uid": "u", "labels": ["b": "2\n", "a": "1\""],
      "annotations": ["x.y/z": "v"],
    ],
    "spec": ["serviceAccountName": "s", "nodeName": "l"],
    "status": ["podIP": "1.2.3.4", "hostIP": "5.6.7.8"],
  ]

  @Test(
    "each field that a volume or a variable may name",
    arguments: [
      ("metadata.name", "p"), ("metadata.namespace", "n"), ("metadata.uid", "u"),
      ("metadata.labels", "a=\"1\\\"\"\nb=\"2\\n\""), ("metadata.annotations", "x.y/z=\"v\""),
      ("metadata.labels['a']", "1\""), ("metadata.labels['nosuch']", ""),
      ("metadata.annotations['x.y/z']", "v"), ("metadata.annotations['']", ""),
      ("spec.serviceAccountName", "s"), ("spec.nodeName", "l"), ("status.podIP", "1.2.3.4"),
      ("status.hostIP", "5.6.7.8"), ("status.phase", nil), ("metadata.labels['a", nil),
      ("metadata.labels[a]", nil), ("spec.other", nil), ("", nil), ("metadata", nil),
    ] as [(String, String?)])
  func fields(path: String, value: String?) {
    #expect(PodFields.value(path, of: Self.full) == value)
  }

  @Test("a pod that has no address yet has an empty one, and one without labels an empty text")
  func absent() {
    #expect(PodFields.value("status.podIP", of: [:]) == "")
    #expect(PodFields.value("status.hostIP", of: [:]) == "")
    #expect(PodFields.value("metadata.labels", of: [:]) == "")
    #expect(PodFields.value("metadata.name", of: [:]) == nil)
    #expect(PodFields.value("spec.nodeName", of: [:]) == nil)
  }

  @Test(
    "a node shows its clock's offset in seconds, and none where there is none",
    arguments: [
      (.zero, nil), (.seconds(5), "5.0"), (.seconds(-3600), "-3600.0"),
      (.milliseconds(1500), "1.5"),
      (.seconds(3_200_000_000), "3200000000.0"),
    ] as [(Duration, String?)])
  func clock(offset: Duration, text: String?) {
    let patch = NodeClock.patch(offset)
    #expect(
      patch.at("metadata", "annotations", "podid.local/clock-offset-seconds")
        == (text.map(JSON.string) ?? .null))
    #expect(NodeClock.offset(of: patch) == offset)
  }

  @Test(
    "$(NAME) at the ends of a text, doubled marks, and what is longer than it may be",
    arguments: [
      ("x$(A)y", 100, "x12y"), ("$$$(A)", 100, "$12"), ("$$$$", 100, "$$"), ("$(A)", 2, "12"),
      ("$(A)", 1, nil), ("abc", 3, "abc"), ("abc", 2, nil), ("$(a)", 100, "$(a)"),
      ("$()", 100, "$()"), ("$(A)$(B)", 100, "12$(B)"), ("$(A))", 100, "12)"), ("$x", 100, "$x"),
      ("$($(A)", 100, "$($(A)"), (")$(A", 100, ")$(A"), ("", 100, ""), ("$(A)x", 2, nil),
    ] as [(String, Int, String?)])
  func expanded(text: String, limit: Int, result: String?) {
    #expect(PodEnvironment.expanded(text, ["A": "12"], limit: limit) == result)
  }
}
