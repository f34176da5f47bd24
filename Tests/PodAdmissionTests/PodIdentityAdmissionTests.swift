import JSON
import Platform
import PodIdentity
import Testing

@testable import PodAdmission

/// Whether a new pod has pod identity, and what its event says of that.
@Suite struct PodIdentityAdmissionTests {
  private struct Away: Error, CustomStringConvertible {
    let description = "nobody answers"
  }

  /// What becomes of a pod of the account `n/s`: whether it was changed, and its event.
  private func admitted(
    _ metadata: JSONObject = ["name": "p"], annotation: String? = nil, isHonoured: Bool = true,
    isAssociated: PodIdentityAdmission.AssociationLookup?
  ) async -> (isChanged: Bool, event: JSON) {
    let events = EventLog(service: "t")
    let admission = PodIdentityAdmission(
      mutation: PodIdentityMutation(region: "eu-west-1", randomness: .seeded(1)),
      isAssociated: isAssociated, honoursAnnotation: isHonoured, events: events)
    var account: JSONObject = ["name": "s", "namespace": "n"]
    if let annotation {
      account["annotations"] = .object([PodIdentityAdmission.roleAnnotation: .string(annotation)])
    }
    var pod: JSONObject = [
      "metadata": .object(metadata), "spec": ["containers": [["name": "c"]]],
    ]
    await admission.admit(&pod, account: ["metadata": .object(account)], namespace: "n")
    let told = events.entries(after: 0).map(\.json)
    #expect(told.count == 1 && told.first?["operation"] == "PodIdentityMutation")
    return (pod["metadata"]?.at("labels", "eks.amazonaws.com/pod-identity") != nil, told[0])
  }

  @Test("an association gives it, whose account alone is asked about")
  func associated() async {
    let found = await admitted { namespace, name in namespace == "n" && name == "s" }
    #expect(found.isChanged && found.event["outcome"] == "ok")
    #expect(found.event["reason"] == "the ServiceAccount has an association")
    #expect(found.event.at("subject", "namespace") == "n")
    #expect(found.event.at("subject", "serviceAccount") == "s")
    #expect(found.event.at("subject", "pod") == "p")
  }

  @Test("the annotation gives it without a question, where it is honoured")
  func annotated() async {
    let found = await admitted(annotation: "arn:r") { _, _ in throw Away() }
    #expect(found.isChanged && found.event["role"] == "arn:r" && found.event["outcome"] == "ok")
    let other = await admitted(annotation: "arn:r", isHonoured: false) { _, _ in false }
    #expect(!other.isChanged && other.event["outcome"] == "skipped")
    #expect(other.event["check"] == "association" && other.event["role"] == nil)
  }

  @Test("without either a pod passes as it is, and where nobody can say too")
  func neither() async {
    for lookup in [nil, { _, _ in false }] as [PodIdentityAdmission.AssociationLookup?] {
      let found = await admitted(isAssociated: lookup)
      #expect(!found.isChanged && found.event["outcome"] == "skipped")
      #expect(
        found.event["reason"]
          == "the ServiceAccount has neither an association nor the annotation")
    }
    let away = await admitted { _, _ in throw Away() }
    #expect(!away.isChanged && away.event["outcome"] == "ignored")
    #expect(away.event["check"] == "association")
    #expect(
      away.event["reason"]
        == "associations cannot be looked up, so the pod passes unmutated: nobody answers")
  }

  @Test("the label keeps the webhook away, before anything else is asked")
  func skipped() async {
    let labels: JSON = ["eks.amazonaws.com/skip-pod-identity-webhook": "false"]
    let found = await admitted(
      ["generateName": "p-", "labels": labels], annotation: "arn:r"
    ) { _, _ in true }
    #expect(!found.isChanged && found.event["outcome"] == "skipped")
    #expect(found.event["check"] == nil && found.event.at("subject", "pod") == "p-")
    #expect(
      found.event["reason"]
        == "the pod has the label eks.amazonaws.com/skip-pod-identity-webhook")
  }
}
