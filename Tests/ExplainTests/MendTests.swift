import CommandCore
import Testing

@testable import Explain

@Suite struct RoleMendTests {
  @Test("a role's path is that of its ARN")
  func roles() {
    #expect(
      Mend.createRole("arn:aws:iam::1:role/team/app/x").text.hasPrefix(
        "aws iam create-role --role-name x --path /team/app/ --assume-role-policy-document '{"))
    #expect(Mend.createRole("arn:aws:iam::1:role/x").text.contains("--role-name x --assume"))
  }
}
