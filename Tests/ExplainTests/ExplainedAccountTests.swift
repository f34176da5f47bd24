import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says where the namespace or the ServiceAccount is not as it should be.
@Suite(.timeLimit(.minutes(10))) struct ExplainedAccountTests {
  private func stop(
    _ stack: ServedStack, _ account: AccountName = Sample.account, pod: String? = nil
  ) async throws -> ExplainStep? {
    try await stack.stop(account, pod: pod) { explainer throws(ExplainStop) in
      _ = try await explainer.serviceAccount()
    }
  }

  @Test("an account that is there is told with its namespace, and its object goes on")
  func present() async throws {
    var stack = ServedStack()
    stack.putAccount(["a": "b"])
    try await stack.walk { explainer in
      let object = try await explainer.serviceAccount()
      #expect(object.at("metadata", "annotations", "a") == "b")
      #expect(explainer.steps.map(\.hop) == ["namespace", "service account"])
      #expect(explainer.steps.map(\.text) == ["default", "default/app"])
    }
  }

  @Test(
    "a name as tokens have it, or with capitals, is put right before anything is asked",
    arguments: [
      (
        "default", "system:serviceaccount:n:a", "n/a",
        "system:serviceaccount:n:a is how a token names a ServiceAccount (its sub); here it is n/a"
      ),
      (
        "default", "n:a", "n/a",
        "n:a is how a token names a ServiceAccount (its sub); here it is n/a"
      ),
      ("default", "App", "default/app", "names in Kubernetes have no capitals, as default/App has"),
      ("Team", "app", "team/app", "names in Kubernetes have no capitals, as Team/app has"),
    ])
  func spelledOut(namespace: String, name: String, meant: String, text: String) async throws {
    let step = try await stop(
      ServedStack(), AccountName(namespace: namespace, name: name), pod: "p")
    #expect(step?.text == text && step?.hop == "service account")
    #expect(step?.mend?.text == "podid explain --service-account \(meant) --pod p")
  }

  @Test("a namespace that is missing: a near one that has the account, else it is made")
  func missingNamespace() async throws {
    var stack = ServedStack()
    stack.putList("/api/v1/namespaces", [("", "defautl"), ("", "other")])
    let made = try await stop(stack)
    #expect(made?.hop == "namespace")
    #expect(
      made?.mend?.text
        == "kubectl create namespace default && kubectl create serviceaccount app -n default")
    stack.putList("/api/v1/namespaces/defautl/serviceaccounts", [("defautl", "app")])
    let near = try await stop(stack)
    #expect(near?.text.hasSuffix("; namespace defautl has a ServiceAccount app") == true)
    #expect(near?.mend?.text == "podid explain --service-account defautl/app")
  }

  @Test("an account of that very name elsewhere is shown, unless an association waits here")
  func elsewhere() async throws {
    var stack = ServedStack()
    stack.putList("/api/v1/serviceaccounts", [("default", "other"), ("team", "app")])
    for hop in ["namespace", "service account"] {
      let step = try await stop(stack)
      #expect(step?.hop == hop)
      #expect(step?.text.hasSuffix("one of that name in another namespace: team/app") == true)
      #expect(step?.mend?.text == "podid explain --service-account team/app")
      stack.answers["GET /api/v1/namespaces/default"] = [:]
    }
    stack.putAssociation(["roleArn": "r"])
    #expect(try await stop(stack)?.mend?.text == "kubectl create serviceaccount app -n default")
  }

  @Test("an account of almost that name is shown, unless an association waits for this one")
  func near() async throws {
    var stack = ServedStack()
    stack.answers["GET /api/v1/namespaces/default"] = [:]
    stack.putList("/api/v1/namespaces/default/serviceaccounts", [("default", "apps")])
    let step = try await stop(stack)
    #expect(step?.text.hasSuffix("; there is one of almost that name: apps") == true)
    #expect(step?.mend?.text == "podid explain --service-account default/apps")
    stack.putAssociation(["roleArn": "r"])
    #expect(try await stop(stack)?.mend?.text == "kubectl create serviceaccount app -n default")
  }

  @Test("nothing is made of a name that nothing can have")
  func impossible() async throws {
    for (namespace, name, hop) in [
      ("a_b", "app", "namespace"), ("default", "a_b", "service account"),
    ] {
      var stack = ServedStack()
      stack.answers["GET /api/v1/namespaces/default"] = [:]
      let step = try await stop(stack, AccountName(namespace: namespace, name: name))
      #expect(step?.hop == hop)
      #expect(step?.text == "\"a_b\" is no name that an object of Kubernetes can have")
      #expect(step?.mend?.text == "kubectl get serviceaccounts --all-namespaces")
    }
  }

  @Test("what a server refuses is told as its refusal, and not as something missing")
  func refused() async throws {
    var stack = ServedStack()
    stack.statuses["GET /api/v1/namespaces/default"] = 403
    let namespace = try await stop(stack)
    #expect(namespace?.hop == "namespace" && namespace?.mend?.text == "podid status")
    stack.statuses = ["GET /api/v1/namespaces/default/serviceaccounts/app": 403]
    stack.answers["GET /api/v1/namespaces/default"] = [:]
    let account = try await stop(stack)
    #expect(account?.hop == "service account" && account?.mend?.text == "podid status")
  }

  private static let finalizers = "--type merge -p '{\"metadata\":{\"finalizers\":null}}'"

  @Test("an account that its finalizers hold is let go and made anew, with its annotation")
  func heldAccount() async throws {
    var stack = ServedStack()
    stack.putAccount()
    stack.put(
      "serviceaccounts", "app",
      [
        "metadata": [
          "deletionTimestamp": "t", "finalizers": ["x/a", "x/b"],
          "annotations": .object([ServedStack.annotation: "arn"]),
        ]
      ])
    let step = try await stop(stack)
    #expect(step?.text.contains("is only held by its finalizers (x/a, x/b); the") == true)
    #expect(
      step?.mend?.text
        == "kubectl patch serviceaccount app -n default \(Self.finalizers) && "
        + "kubectl create serviceaccount app -n default && kubectl annotate serviceaccount app "
        + "-n default --overwrite \(ServedStack.annotation)=arn")
  }

  @Test("a namespace that is being deleted is let go, with the objects that hold it")
  func heldNamespace() async throws {
    var stack = ServedStack()
    stack.answers["GET /api/v1/namespaces/default"] = ["metadata": ["deletionTimestamp": "t"]]
    let end =
      "kubectl wait --for=delete namespace/default --timeout=30s && kubectl create namespace "
      + "default && kubectl create serviceaccount app -n default"
    let free = try await stop(stack)
    #expect(free?.text.hasPrefix("default is being deleted; nothing new") == true)
    #expect(free?.mend?.text == end)
    stack.answers["GET /api/v1/namespaces/default/secrets"] = [
      "items": [
        ["metadata": ["name": "held", "finalizers": ["x/a"]]],
        ["metadata": ["name": "free", "finalizers": []]], ["metadata": ["name": "bare"]],
      ]
    ]
    let held = try await stop(stack)
    #expect(
      held?.text.hasPrefix(
        "default is being deleted, and 1 of its objects hold it by finalizers; nothing") == true)
    #expect(
      held?.mend?.text == "kubectl patch secrets held -n default \(Self.finalizers) && \(end)")
  }
}
