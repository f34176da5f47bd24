import IAMPolicy
import JSON

/// What comes of a Condition, such as `"StringEquals":{"k":"a"}`, for a request with these keys.
///
/// The document is read as one that was stored: what IAM would refuse can still be there.
func outcome(_ condition: String, _ context: PolicyContext) throws -> PolicyOutcome {
  let document = try PolicyDocument(
    text: """
      {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",\
      "Condition":{\(condition)}}}
      """, kind: .session, isStored: true)
  return document.statements[0].outcome(
    PolicyRequest(action: "s3:GetObject", resource: "*", context: context))
}

/// What comes of one operator with these values of the policy, for a key with one value.
func outcome(_ test: String, _ wanted: [String], _ actual: String) throws -> PolicyOutcome {
  try outcome("\"\(test)\":{\"k\":\(JSON.strings(wanted).text())}", ["k": [actual]])
}
