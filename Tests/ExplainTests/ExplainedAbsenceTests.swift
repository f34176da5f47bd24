import JSON
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` says of an account that has neither an association nor the annotation.
@Suite(.timeLimit(.minutes(10))) struct ExplainedAbsenceTests {
  private static let text =
    "default/app has neither an association nor the annotation \(ServedStack.annotation)"

  private static func associate(_ role: String) -> String {
    "aws eks create-pod-identity-association --cluster-name local --namespace default "
      + "--service-account app --role-arn \(role)"
  }

  private func stop(
    _ annotations: JSONObject = [:], _ roles: [RoleLookup] = [],
    _ prepare: (inout ServedStack) -> Void = { _ in }
  ) async throws -> ExplainStep? {
    var stack = ServedStack()
    stack.roles = roles
    stack.answers["GET /clusters"] = ["clusters": ["local", "other"]]
    for cluster in ["local", "other"] {
      stack.answers["GET /clusters/\(cluster)/pod-identity-associations?maxResults=100"] = [
        "associations": []
      ]
    }
    prepare(&stack)
    return try await stack.stop { explainer throws(ExplainStop) in
      _ = try await explainer.association(["metadata": ["annotations": .object(annotations)]])
    }
  }

  @Test(
    "an annotation of almost the right key is put right, and the wrong one taken away",
    arguments: [
      "pod-identity.eks.amazonaws.com/role-arn", "pod-identity.eks.amazonaws.com/rolle",
      "podidentity.eks.amazonaws.com/role",
    ])
  func misspelt(key: String) async throws {
    let role = Sample.roles + "app"
    let step = try await stop(["a": "b", key: .string(role)])
    #expect(
      step?.text
        == "default/app has no association, and its annotation \(key) is not "
        + ServedStack.annotation)
    #expect(
      step?.mend?.text
        == "kubectl annotate serviceaccount app -n default --overwrite "
        + "\(ServedStack.annotation)=\(role) && "
        + "kubectl annotate serviceaccount app -n default \(key)-")
  }

  @Test(
    "annotations about something else are not taken for it",
    arguments: [
      ["example.com/role": "arn:aws:iam::1:role/x"], ["pod-identity.eks.amazonaws.com/rol": "x"],
      ["eks.amazonaws.com/sts-regional-endpoints": "arn:aws:iam::1:role/x"],
    ] as [JSONObject])
  func others(annotations: JSONObject) async throws {
    #expect(try await stop(annotations)?.text == Self.text)
  }

  @Test("IRSA's annotation is told for what it is, and its role is associated")
  func irsa() async throws {
    let role = Sample.roles + "app"
    let annotations: JSONObject = ["eks.amazonaws.com/role-arn": .string(role)]
    let step = try await stop(annotations, [try Sample.role("app")])
    #expect(
      step?.text
        == "\(Self.text); eks.amazonaws.com/role-arn (\(role)) is IRSA's annotation, not Pod "
        + "Identity's")
    #expect(step?.mend?.text == Self.associate(role))
    let missing = try await stop(annotations)
    #expect(
      missing?.mend?.text == "\(Mend.createRole(role).text) && \(Self.associate(role))")
  }

  @Test("a role that EKS would refuse gets its trust first")
  func trust() async throws {
    let role = Sample.roles + "app"
    let trust = try Sample.document(
      #"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#)
    let step = try await stop(
      ["eks.amazonaws.com/role-arn": .string(role)], [try Sample.role("app", trust: trust)])
    #expect(step?.mend?.text.hasPrefix("aws iam update-assume-role-policy") == true)
    #expect(step?.mend?.text.hasSuffix(" && \(Self.associate(role))") == true)
  }

  @Test(
    "an association that was likely meant for it: of another cluster, a namespace, a near name",
    arguments: [
      ("default", "app", "other", "the account of that name in cluster other"),
      ("team", "app", "local", "the account of that name in namespace team"),
      ("default", "apps", "local", "default/apps, an account that does not exist,"),
    ])
  func misplaced(namespace: String, name: String, cluster: String, why: String) async throws {
    let role = Sample.roles + "far"
    let step = try await stop([:], [try Sample.role("far")]) {
      $0.putAssociation(
        ["roleArn": .string(role)], namespace: namespace, account: name, cluster: cluster,
        isListed: false)
    }
    #expect(
      step?.text
        == "\(Self.text); \(why) has one with \(role) (a-1, which the command leaves alone)")
    #expect(step?.mend?.text == Self.associate(role))
  }

  @Test("an association of a stranger, or of a near account that exists, is none of this one's")
  func strangers() async throws {
    for (namespace, name, cluster) in [
      ("team", "app", "other"), ("team", "apps", "local"), ("default", "web", "local"),
      ("default", "apps", "local"),
    ] {
      let step = try await stop([:], [try Sample.role("far")]) {
        $0.put("serviceaccounts", "apps", [:])
        $0.putAssociation(
          ["roleArn": "r"], namespace: namespace, account: name, cluster: cluster, isListed: false)
      }
      #expect(step?.text == Self.text, "\(namespace)/\(name) in \(cluster)")
    }
  }

  @Test("associations are looked for on every page")
  func pages() async throws {
    let step = try await stop([:], [try Sample.role("far")]) {
      let path = "GET /clusters/local/pod-identity-associations"
      $0.putAssociation(
        ["roleArn": .string(Sample.roles + "far")], namespace: "team", isListed: false)
      $0.answers["\(path)?maxResults=100&nextToken=n%2F1"] = $0.answers["\(path)?maxResults=100"]
      $0.answers["\(path)?maxResults=100"] = ["associations": [], "nextToken": "n/1"]
    }
    #expect(step?.text.contains("in namespace team has one") == true)
  }

  @Test("the role that is likely meant has the most of the account's name, and takes associations")
  func likely() async throws {
    let deaf = try Sample.document(
      #"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#)
    let roles = [
      try Sample.role("other"), try Sample.role("application"), try Sample.role("app", trust: deaf),
    ]
    #expect(try await stop([:], roles)?.mend?.text == Self.associate(Sample.roles + "application"))
    // The only one will do whatever it is called.
    #expect(
      try await stop([:], [roles[0]])?.mend?.text == Self.associate(Sample.roles + "other"))
    let made = try await stop([:], [roles[0], try Sample.role("ap")])
    #expect(
      made?.mend?.text
        == "\(Mend.createRole(Sample.roles + "app").text) && "
        + Self.associate(Sample.roles + "app"))
  }
}
