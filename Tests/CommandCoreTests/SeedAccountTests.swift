import JSON
import Testing

@testable import CommandCore

@Suite struct SeedAccountTests {
  @Test(
    "the documentation's account stands for the stack's, where it stands by itself",
    arguments: [
      (#""arn:aws:iam::111122223333:role/a""#, #""arn:aws:iam::022233334444:role/a""#),
      (#""111122223333""#, #""022233334444""#), ("111122223333", #""022233334444""#),
      (#""1111222233334""#, #""1111222233334""#), (#""9111122223333""#, #""9111122223333""#),
      (#""111122223333111122223333""#, #""111122223333111122223333""#),
      (#""111122223333 111122223333""#, #""022233334444 022233334444""#),
      (
        #"{"a:111122223333":[{"b":"x-111122223333-y"}],"c":true,"d":null,"e":1.5}"#,
        #"{"a:022233334444":[{"b":"x-022233334444-y"}],"c":true,"d":null,"e":1.5}"#
      ),
    ])
  func placed(given: String, wanted: String) throws {
    let document = try JSON.parse(given)
    #expect(SeedAccount.placed(document, in: "022233334444") == (try JSON.parse(wanted)))
    #expect(SeedAccount.placed(document, in: SeedAccount.standard) == document)
  }

  @Test("a number without quotes stays one where the account can be")
  func number() {
    #expect(SeedAccount.placed(111_122_223_333, in: "444455556666") == 444_455_556_666)
  }
}

@Suite struct SeedRoleOrderTests {
  private func role(_ name: String, _ trusted: String...) -> SeedAWS.Role {
    let principals = trusted.map {
      "arn:aws:\($0.hasPrefix("assumed") ? "sts" : "iam")::111122223333:\($0)"
    }
    return SeedAWS.Role(
      name: name,
      trust: [
        "Version": "2012-10-17",
        "Statement": [
          [
            "Effect": "Allow", "Principal": ["AWS": .strings(principals + ["444455556666"])],
            "Action": "sts:AssumeRole",
          ]
        ],
      ], policies: [], place: "")
  }

  @Test("a role comes after those that its trust names")
  func order() {
    let order = SeedRoleOrder([
      role("c", "role/team/B", "role/elsewhere"), role("b", "assumed-role/a/s"), role("a", "root"),
    ])
    #expect(order.roles.map(\.name) == ["a", "b", "c"])
    #expect(order.circular.isEmpty)
  }

  @Test("of a circle one is made with a closed trust, and of a role that names itself that one")
  func circles() {
    let order = SeedRoleOrder([role("x", "role/y"), role("y", "role/x"), role("s", "role/s")])
    #expect(Set(order.roles.map(\.name)) == ["x", "y", "s"])
    #expect(order.circular.map(\.string).sorted() == ["s", "x"])
  }
}
