import JSON
import Testing

@testable import KubernetesAPI

@Suite struct FieldSelectorTests {
  private static let pods = ResourceKind.pods

  private static func pod(_ name: String) -> JSON { ["metadata": ["name": .string(name)]] }

  @Test(
    "values are read with their backslashes, and compared",
    arguments: [
      ("metadata.name=a", "a", true), ("metadata.name==a", "a", true),
      ("metadata.name!=a", "a", false),
      (#"metadata.name=a\,b\=c\\"#, #"a,b=c\"#, true),
      (#"metadata.name=a\,metadata.name\!=x"#, "a", false),
      (",metadata.name=a,,", "a", true), ("metadata.name=a,metadata.name!=b", "a", true),
      ("metadata.name=", "", true),
    ])
  func values(_ text: String, _ name: String, _ matches: Bool) throws {
    guard !text.contains(#"\!"#) else {
      #expect(throws: StatusError.self) { try FieldSelector(text, for: Self.pods) }
      return
    }
    #expect(try FieldSelector(text, for: Self.pods).matches(Self.pod(name)) == matches)
  }

  @Test(
    "what has no meaning is refused with the text of apimachinery",
    arguments: [
      ("metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"),
      (#"metadata.name=a\b"#, #"invalid field selector: invalid escape sequence: \b"#),
      (#"metadata.name=a\"#, #"invalid field selector: invalid escape sequence: \"#),
      ("metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
      ("spec.x=1", "field label not supported: spec.x"),
    ])
  func refusals(_ text: String, _ message: String) {
    let error = #expect(throws: StatusError.self) { try FieldSelector(text, for: Self.pods) }
    #expect(error?.message == message)
  }
}
