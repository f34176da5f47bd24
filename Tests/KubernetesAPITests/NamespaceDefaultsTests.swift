import JSON
import Platform
import TestSupport
import Testing

@testable import KubernetesAPI

/// What every namespace has.
@Suite(.timeLimit(.minutes(10))) struct NamespaceDefaultsTests {
  private let objects = ObjectTable()

  private var defaults: NamespaceDefaults {
    NamespaceDefaults(objects: objects, authority: "PEM", log: .none)
  }

  private static let map = "kube-root-ca.crt"
  private static let gone: JSON = ["deletionTimestamp": "2026-01-01T00:00:00Z"]

  private func data(in namespace: String) async -> JSON? {
    await objects.object(.configMaps, namespace: namespace, name: Self.map)?["data"]
  }

  @Test("a new cluster gets its namespaces, and each its account and certificate, once")
  func prepare() async {
    objects.put(.namespaces, "", "mine")
    await defaults.prepare()
    let names = ["default", "kube-node-lease", "kube-public", "kube-system", "mine"]
    #expect(await objects.objects(.namespaces).map(\.objectName).sorted() == names)
    for kind in [ResourceKind.serviceAccounts, .configMaps] {
      let made = await objects.objects(kind)
      #expect(made.map(\.objectNamespace).sorted() == names)
      let name = kind == .configMaps ? Self.map : "default"
      #expect(made.allSatisfy { $0.objectName == name })
    }
    for name in names { #expect(await data(in: name) == ["ca.crt": "PEM"]) }
    let count = objects.writes.count
    #expect(count == 14)
    await defaults.prepare()
    #expect(objects.writes.count == count)
  }

  @Test("a certificate that is another's is put right, and the rest of its map stays")
  func repaired() async {
    objects.put(.namespaces, "", "n")
    objects.put(
      .configMaps, "n", Self.map, ["data": ["ca.crt": "OLD"], "metadata": ["labels": ["a": "b"]]])
    await defaults.ensure(inNamespace: "n")
    let map = await objects.object(.configMaps, namespace: "n", name: Self.map)
    #expect(map?["data"] == ["ca.crt": "PEM"])
    #expect(map?.at("metadata", "labels", "a") == "b")
    #expect(
      objects.writes == ["create serviceaccounts n/default", "update configmaps n/\(Self.map)"])
  }

  @Test("nothing is made in a namespace that goes, or that is not there")
  func going() async {
    objects.put(.namespaces, "", "n", ["metadata": Self.gone])
    await defaults.ensure(inNamespace: "n")
    await defaults.ensure(inNamespace: "nosuch")
    #expect(objects.writes.isEmpty)
  }

  @Test(
    "what is removed or changed is put back",
    arguments: ["new", "account", "map", "changed"])
  func watches(what: String) async {
    objects.put(.namespaces, "", "n")
    await defaults.ensure(inNamespace: "n")
    let task = Task { [defaults] in await defaults.run() }
    await eventually { objects.watchers >= 3 }
    switch what {
    case "account": objects.remove(.serviceAccounts, "n", "default")
    case "map": objects.remove(.configMaps, "n", Self.map)
    case "changed": objects.put(.configMaps, "n", Self.map, ["data": [:]])
    default: objects.put(.namespaces, "", "m")
    }
    let namespace = what == "new" ? "m" : "n"
    await eventually { await data(in: namespace) == ["ca.crt": "PEM"] }
    if what == "account" || what == "new" {
      await eventually {
        await objects.object(.serviceAccounts, namespace: namespace, name: "default") != nil
      }
    }
    task.cancel()
  }

  @Test("what is nobody's default is let go")
  func others() async {
    objects.put(.namespaces, "", "n")
    objects.put(.serviceAccounts, "n", "mine")
    objects.put(.configMaps, "n", "mine")
    await defaults.prepare()
    let count = objects.writes.count
    let task = Task { [defaults] in await defaults.run() }
    await eventually { objects.watchers >= 3 }
    objects.put(.configMaps, "n", "mine", ["data": ["a": "b"]])
    objects.remove(.configMaps, "n", "mine")
    objects.remove(.serviceAccounts, "n", "mine")
    // Whatever comes first is done first.
    objects.remove(.configMaps, "n", Self.map)
    await eventually { await data(in: "n") != nil }
    #expect(objects.writes.count == count + 1)
    task.cancel()
  }
}
