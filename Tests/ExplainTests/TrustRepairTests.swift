import IAMPolicy
import JSON
import Testing

@testable import CommandCore
@testable import Explain

@Suite struct TrustRepairTests {
  private static let role = "arn:aws:iam::111122223333:role/app"
  private static let service = "pods.eks.amazonaws.com"
  private static let context: PolicyContext = [
    "aws:SourceAccount": ["111122223333"], "aws:RequestTag/kubernetes-namespace": ["default"],
    "aws:RequestTag/kubernetes-service-account": ["app"],
  ]
  private static let repair = TrustRepair(
    principal: .service(service), named: ["Service": .string(service)],
    actions: TrustRepair.both, role: role, context: context)

  private static func policy(_ statements: String...) throws -> JSON {
    try JSON.parse(
      "{\"Version\":\"2012-10-17\",\"Statement\":[\(statements.joined(separator: ","))]}")
  }

  private static let pods = #""Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"}"#
  private static let both = #""Action":["sts:AssumeRole","sts:TagSession"]"#
  private static let other =
    #"{"Sid":"Build","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"#
    + #""Action":"sts:AssumeRole"}"#

  @Test(
    "changes what is wrong, and nothing else",
    arguments: [
      (#"{\#(pods),"Action":"sts:AssumeRole"}"#, "{\(pods),\(both)}", "adds sts:TagSession"),
      (
        #"{"Effect":"Allow","Principal":{"Service":"pod.eks.amazonaws.com"},\#(both)}"#,
        "{\(pods),\(both)}", "puts pods.eks.amazonaws.com in the place of pod.eks.amazonaws.com"
      ),
      (
        #"{\#(pods),\#(both),"Condition":{"StringEquals":{"aws:SourceAccount":"9"}}}"#,
        #"{\#(pods),\#(both),"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}"#,
        "wants aws:SourceAccount 111122223333"
      ),
      (
        #"{\#(pods),\#(both),"Condition":{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"prod"}}}"#,
        #"{\#(pods),\#(both),"Condition":{"StringEquals":{"aws:RequestTag/kubernetes-namespace":["prod","default"]}}}"#,
        "also takes aws:RequestTag/kubernetes-namespace default"
      ),
      (
        #"{\#(pods),\#(both),"Condition":{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"def*"}}}"#,
        #"{\#(pods),\#(both),"Condition":{"StringLike":{"aws:RequestTag/kubernetes-namespace":"def*"}}}"#,
        "compares aws:RequestTag/kubernetes-namespace by StringLike, which takes * for any text"
      ),
      (
        #"{\#(pods),\#(both),"Condition":{"StringNotEquals":{"aws:RequestTag/kubernetes-namespace":["default","prod"]}}}"#,
        #"{\#(pods),\#(both),"Condition":{"StringNotEquals":{"aws:RequestTag/kubernetes-namespace":"prod"}}}"#,
        "no longer keeps out aws:RequestTag/kubernetes-namespace default"
      ),
    ])
  func repairs(broken: String, wanted: String, change: String) throws {
    let outcome = Self.repair.mended(try Self.policy(Self.other, broken))
    #expect(outcome.document == (try Self.policy(Self.other, wanted)))
    #expect(outcome.changes.joined(separator: "; ") == change)
  }

  @Test("a policy that is well stays as it is")
  func leaves() throws {
    let good = try Self.policy(Self.other, "{\(Self.pods),\(Self.both)}")
    #expect(Self.repair.mended(good).document == good)
    #expect(Self.repair.mended(good).changes == [])
  }

  @Test("who is not named gets a statement of its own")
  func adds() throws {
    let outcome = Self.repair.mended(try Self.policy(Self.other))
    let added =
      #"{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},\#(Self.both)}"#
    #expect(outcome.document == (try Self.policy(Self.other, added)))
  }

  @Test("a denial is narrowed, by its own condition or by one that spares the account alone")
  func denials() throws {
    let allow = "{\(Self.pods),\(Self.both)}"
    let deny = #"{"Effect":"Deny","Principal":"*","Action":"sts:*""#
    let key = #""aws:RequestTag/kubernetes-namespace""#
    let narrowed = Self.repair.mended(
      try Self.policy(allow, deny + #","Condition":{"StringNotEquals":{\#(key):"prod"}}}"#))
    #expect(
      narrowed.document
        == (try Self.policy(
          allow, deny + #","Condition":{"StringNotEquals":{\#(key):["prod","default"]}}}"#)))
    // Whoever differs in the namespace or in the name stays denied.
    let account = #""aws:RequestTag/kubernetes-service-account""#
    let spared = Self.repair.mended(try Self.policy(allow, deny + "}"))
    #expect(
      spared.document
        == (try Self.policy(
          allow, deny + #","Condition":{"StringNotEquals":{\#(key):"default"}}}"#,
          deny + #","Condition":{"StringNotEquals":{\#(account):"app"}}}"#)))
    #expect(
      spared.changes == [
        "spares aws:RequestTag/kubernetes-namespace default with "
          + "aws:RequestTag/kubernetes-service-account app of the denial"
      ])
  }

  @Test("a denial that cannot be evaluated goes, for nothing beside it spares anybody")
  func unevaluable() throws {
    let allow = "{\(Self.pods),\(Self.both)}"
    let deny =
      #"{"Effect":"Deny","Principal":"*","Action":"sts:*","#
      + #""Condition":{"ArnLike":{"aws:SourceArn":"x"}}}"#
    var context = Self.context
    context["aws:SourceArn"] = ["arn:aws:eks:us-east-1:111122223333:cluster/local"]
    let repair = TrustRepair(
      principal: .service(Self.service), named: ["Service": .string(Self.service)],
      actions: TrustRepair.both, role: Self.role, context: context)
    let outcome = repair.mended(try Self.policy(allow, deny))
    #expect(outcome.document == (try Self.policy(allow)))
    #expect(outcome.changes == ["removes statement 2, which denies"])
  }

  @Test("whatever is broken, what comes of it lets the service in")
  func always() throws {
    let principals = [
      #""Principal":{"Service":"eks.amazonaws.com"}"#, #""Principal":"*""#,
      #""Principal":{"AWS":"111122223333"}"#, #""NotPrincipal":{"Service":"ec2.amazonaws.com"}"#,
      #""Principal":{"Service":["pods.eks.amazonaws.com","ec2.amazonaws.com"]}"#,
      #""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/x"}"#,
    ]
    let actions = [
      #""Action":"sts:AssumeRole""#, #""Action":"sts:*""#, #""NotAction":"sts:TagSession""#,
      #""Action":"sts:AssumeRoleWithWebIdentity""#,
    ]
    let tests = PolicyConditionTest.allCases.map { test in
      test == .null
        ? #"{"Null":{"aws:SourceAccount":"true"}}"#
        : test.rawValue.hasPrefix("Date")
          ? #"{"\#(test.rawValue)":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#
          : #"{"\#(test.rawValue)":{"aws:RequestTag/kubernetes-namespace":["default","prod"]}}"#
    }
    var count = 0
    for effect in ["Allow", "Deny"] {
      for principal in principals {
        for action in actions {
          for test in tests + [#"{"ForAllValues:StringLike":{"aws:SourceAccount":["x*"]}}"#] {
            let broken = try Self.policy(
              "{\(Self.pods),\(Self.both)}".replacing(
                "Allow", with: effect == "Deny" ? "Allow" : "Deny"),
              #"{"Effect":"\#(effect)",\#(principal),\#(action),"Condition":\#(test)}"#)
            let outcome = Self.repair.mended(broken)
            let document = try PolicyDocument(
              json: outcome.document, kind: .trust, isStored: true)
            #expect(Self.repair.refusal(document) == nil, "\(broken.text())")
            count += 1
          }
        }
      }
    }
    #expect(count == 2 * 6 * 4 * (PolicyConditionTest.allCases.count + 1))
  }
}

@Suite struct SpellingTests {
  @Test("what was likely meant is near")
  func nearest() {
    #expect(Spelling.distance("kitten", "sitting") == 3)
    #expect(Spelling.distance("", "abc") == 3)
    #expect(
      Spelling.nearest("s3-raeder-sa", among: ["s3-writer-sa", "s3-reader-sa"]) == "s3-reader-sa")
    #expect(Spelling.nearest("app", among: ["app", "web"]) == nil)
    #expect(Spelling.nearest("defualt", among: ["kube-system", "default"]) == "default")
  }
}
