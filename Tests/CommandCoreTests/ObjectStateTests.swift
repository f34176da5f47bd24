import JSON
import PodIdentity
import Testing

@testable import CommandCore

/// What is read of answers: objects of the cluster, faults, events, ARNs.
@Suite struct ObjectStateTests {
  @Test(
    "an object is Ready by that condition being True",
    arguments: [
      ([["type": "Ready", "status": "True"]], true),
      ([["type": "Ready", "status": "False"]], false),
      ([["type": "Initialized", "status": "True"]], false),
      (
        [["type": "Ready", "status": "Unknown"], ["type": "Initialized", "status": "True"]], false
      ),
      ([["type": "Initialized", "status": "False"], ["type": "Ready", "status": "True"]], true),
      ([], false), (nil, false),
    ] as [(JSON?, Bool)])
  func ready(conditions: JSON?, isReady: Bool) {
    var status = JSONObject()
    status["conditions"] = conditions
    #expect(ObjectState.isReady(["status": .object(status)]) == isReady)
  }

  @Test("a pod has an identity by the volume that admission gave it")
  func identity() {
    func pod(_ volumes: String...) -> JSON {
      ["spec": ["volumes": .array(volumes.map { ["name": .string($0)] })]]
    }
    #expect(ObjectState.hasIdentity(pod("a", "eks-pod-identity-token")))
    #expect(!ObjectState.hasIdentity(pod("a")) && !ObjectState.hasIdentity(pod()))
    #expect(!ObjectState.hasIdentity(["spec": [:]]))
  }

  @Test("a fault is spent once it was met as often as it was to be")
  func faults() {
    for (json, isSpent) in [
      (["count": 2, "met": 1], false), (["count": 2, "met": 2], true),
      (["count": 2, "met": 3], true), (["met": 5], false), (["count": 1], false), ([:], false),
    ] as [(JSON, Bool)] {
      #expect(StackFaults.isSpent(json) == isSpent)
    }
    func fault(_ service: String, _ id: String, met: Int64, isSpent: Bool = false)
      -> StackFaults.Fault
    {
      StackFaults.Fault(service: service, id: id, text: "t", met: met, isSpent: isSpent)
    }
    let before = StackFaults(all: [fault("a", "1", met: 2), fault("b", "1", met: 0)])
    let after = StackFaults(all: [
      fault("a", "1", met: 2, isSpent: true), fault("b", "1", met: 1), fault("a", "2", met: 1),
      fault("a", "3", met: 0),
    ])
    #expect(after.metSince(before).map { $0.service + $0.id } == ["b1", "a2"])
    #expect(after.active.map { $0.service + $0.id } == ["b1", "a2", "a3"])
    #expect(after.all[0].mend.text == "podid fault clear 1")
    #expect(after.all[0].notice == "a has a fault set: t")
  }

  @Test("a call is an app's unless the event says otherwise, or it exchanges a token")
  func origins() {
    let exchange = JSON.string(EventOperation.assumeRoleForPodIdentity)
    for (event, isApp) in [
      (["operation": "GetObject"], true), (["operation": "GetObject", "origin": "app"], true),
      (["operation": "GetObject", "origin": "stack"], false), (["operation": exchange], false),
      (["operation": "GetObject", "origin": "unheard-of"], true),
    ] as [(JSON, Bool)] {
      #expect(CallOrigin.isApp(event) == isApp)
    }
    for (arn, isRoot) in [
      ("arn:aws:iam::111122223333:root", true), ("arn:aws:iam::111122223333:role/root", false),
      ("x:root", false), ("arn:aws:iam::111122223333:rooted", false),
    ] {
      #expect(CallOrigin.isRoot(arn) == isRoot)
    }
  }

  @Test(
    "a role's ARN has a path from slash to slash and a name",
    arguments: [
      ("arn:aws:iam::1:role/a", "/", "a"), ("arn:aws:iam::1:role/x/y/a", "/x/y/", "a"),
      ("a", "/", "a"), ("", "/", ""),
    ])
  func roles(arn: String, path: String, name: String) {
    #expect(RoleLookup.pathAndName(arn) == (path, name))
  }

  @Test("a policy of an answer is percent-encoded JSON, or none")
  func policies() {
    #expect(PolicyText.json("%7B%22a%22%3A%20%22%2B%22%7D") == ["a": "+"])
    #expect(PolicyText.json("%7B") == nil && PolicyText.json("%zz") == nil)
  }
}
