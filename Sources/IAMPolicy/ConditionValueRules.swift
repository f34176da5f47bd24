import JSON

/// Which values IAM takes in the conditions of a document, as recorded from AWS.
///
/// A policy that is stored must have a number, a date, an ARN, a range or base64 where its operator
/// reads one. A session policy is held to base64 alone: what else cannot be read matches nothing.
enum ConditionValueRules {
  /// Refuses values; of those that are no date the text is recorded, of the others the code.
  static func check(_ entry: JSON, isSession: Bool) throws(PolicyDocumentError) {
    for (name, keys) in entry["Condition"]?.object ?? [:] {
      guard let parsed = ParsedOperator(name) else { continue }
      for (_, values) in keys.object ?? [:] {
        let areTaken = PolicyStatement.conditionValues(values).allSatisfy {
          isTaken($0, as: parsed.test.operand, isSession: isSession)
        }
        guard areTaken else { throw PolicyDocumentError("The policy failed legacy parsing") }
      }
    }
  }

  private static func isTaken(
    _ value: String, as operand: PolicyConditionTest.Operand, isSession: Bool
  ) -> Bool {
    switch operand {
    case .binary: isBase64(value)
    case .text, .boolean: true
    case .number: isSession || PolicyNumber(value) != nil
    case .date: isSession || PolicyDate(value) != nil
    case .address: isSession || IPRange(value) != nil
    // What a variable stands for is known with the request.
    case .arn: isSession || value.bytes.contains("${") || PolicyPattern(value).isARN([:])
    }
  }

  private static func isBase64(_ text: String) -> Bool {
    let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    let areDigits = text.utf8.dropLast(padding).allSatisfy {
      0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || 0x2F...0x39 ~= $0 || $0 == UInt8(ascii: "+")
    }
    return areDigits && padding <= 2
      && (padding == 0 ? text.utf8.count % 4 != 1 : text.utf8.count % 4 == 0)
  }
}
