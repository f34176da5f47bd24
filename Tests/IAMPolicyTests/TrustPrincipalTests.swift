import Testing

@testable import IAMPolicy

/// Principals that IAM takes in trust policies, by their form.
@Suite struct TrustPrincipalTests {
  private static func refusal(_ principal: String, isStored: Bool = false) -> String? {
    do throws(PolicyDocumentError) {
      _ = try PolicyDocument(
        text:
          #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":\#(principal),"Action":"sts:AssumeRole"}}"#,
        kind: .trust, isStored: isStored)
      return nil
    } catch { return error.message }
  }

  @Test(
    "principals that can exist",
    arguments: [
      #"{"AWS":"111122223333"}"#, #"{"AWS":"*"}"#, #""*""#,
      #"{"AWS":"arn:aws:iam::111122223333:root"}"#,
      #"{"AWS":"arn:aws:iam::111122223333:role/a/b/c+=,.@-_d"}"#,
      #"{"AWS":"arn:aws-us-gov:iam::111122223333:user/x"}"#,
      #"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
      #"{"AWS":"arn:aws:sts::111122223333:federated-user/u"}"#,
      #"{"AWS":"AROAAAAAAAAAAAAAAAAAA"}"#,
      #"{"Service":["pods.eks.amazonaws.com","ec2.amazonaws.com","ecs-tasks.amazonaws.com"]}"#,
      #"{"Service":["eks.amazonaws.com","eks-fargate-pods.amazonaws.com"]}"#,
      #"{"Service":["logs.eu-west-1.amazonaws.com","ec2.cn-north-1.amazonaws.com.cn"]}"#,
      #"{"Service":["delivery.logs.amazonaws.com","lambda.amazonaws.com"]}"#,
      #"{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.example/id/1"}"#,
      #"{"Federated":"cognito-identity.amazonaws.com"}"#,
    ])
  func good(principal: String) { #expect(Self.refusal(principal) == nil) }

  @Test(
    "principals that cannot",
    arguments: [
      ("AWS", "11112222333"), ("AWS", "arn:aws:iam::999999999999999:user/x"),
      ("AWS", "arn:aws:iam::111122223333:role/*"), ("AWS", "arn:aws:iam::*:root"),
      ("AWS", "arn:aws:iam::111122223333:role/"), ("AWS", "arn:aws:iam::111122223333:group/g"),
      ("AWS", "arn:aws:iam::111122223333:role"), ("AWS", "arn:aws:sts::111122223333:role/r"),
      ("AWS", "arn:aws:sts::111122223333:assumed-role/r"), ("AWS", "arn:aws:s3:::b"),
      ("AWS", "arn:nowhere:iam::111122223333:root"), ("AWS", ""), ("AWS", "AROA"), ("AWS", "me"),
      ("AWS", "arn:aws:iam:us-east-1:111122223333:root"),
      ("Service", "pod.eks.amazonaws.com"), ("Service", "pods.eks"), ("Service", "*"),
      ("Service", "pods.eks.amazonaws.com."), ("Service", "amazonaws.com"), ("Service", ""),
      ("Service", "pods.eks.amazonaws.com.evil.example"), ("Service", ".eks.amazonaws.com"),
      ("Service", "podseks.amazonaws.com"), ("Service", "nosuchservice.amazonaws.com"),
    ])
  func bad(kind: String, name: String) {
    let principal = "{\"\(kind)\":\"\(name)\"}"
    let shown = kind == "Service" ? "SERVICE" : kind
    #expect(
      Self.refusal(principal) == "Invalid principal in policy: \"\(shown)\":\"\(name)\"")
    #expect(Self.refusal(principal, isStored: true) == nil)
  }

  @Test("who is federated comes from a domain or a provider's ARN")
  func federated() {
    for name in ["x", "arn:aws:iam::1:oidc-provider/x", "arn:aws:iam::111122223333:role/x"] {
      #expect(
        Self.refusal("{\"Federated\":\"\(name)\"}")
          == "Federated principals must be valid domain names or SAML metadata ARNs")
    }
  }

  @Test(
    "what EKS asks of a trust policy before there is a request: an Allow of the action to the service",
    arguments: [
      ("Allow", #""Principal":{"Service":"P"}"#, #""Action":"sts:AssumeRole""#, true),
      (
        "Allow", #""Principal":{"Service":["ec2.amazonaws.com","P"]}"#,
        #""Action":["sts:TagSession","STS:assumerole"]"#, true
      ),
      ("Allow", #""Principal":"*""#, #""Action":"sts:*""#, true),
      ("Allow", #""Principal":{"Service":"P"}"#, #""NotAction":"sts:TagSession""#, true),
      ("Deny", #""Principal":{"Service":"P"}"#, #""Action":"sts:AssumeRole""#, false),
      ("Allow", #""Principal":{"Service":"ec2.amazonaws.com"}"#, #""Action":"sts:*""#, false),
      ("Allow", #""Principal":{"AWS":"111122223333"}"#, #""Action":"sts:AssumeRole""#, false),
      ("Allow", #""Principal":{"Service":"P"}"#, #""Action":"sts:TagSession""#, false),
      ("Allow", #""Principal":{"Service":"P"}"#, #""NotAction":"sts:AssumeRole""#, false),
      ("Deny", #""NotPrincipal":{"Service":"P"}"#, #""Action":"sts:AssumeRole""#, false),
    ])
  func mayAllow(effect: String, principal: String, action: String, answer: Bool) throws {
    let named = principal.replacing(#""P""#, with: #""pods.eks.amazonaws.com""#)
    let document = try PolicyDocument(
      text: #"{"Version":"2012-10-17","Statement":{"Effect":"\#(effect)",\#(named),\#(action)}}"#,
      kind: .trust, isStored: true)
    #expect(document.mayAllow("sts:AssumeRole", to: "pods.eks.amazonaws.com") == answer)
  }
}
