import CommandCore
import Testing

/// What is said of a command goes by what it runs, not by its text.
@Suite struct MendCommandTests {
  @Test("kubectl and the aws CLI need the variables of podid env, whatever stands around them")
  func environment() {
    #expect(!MendCommand.podid("seed 'aws kubectl '").needsEnvironment)
    #expect(!MendCommand.shell("rm 'aws x'").needsEnvironment)
    #expect(MendCommand.all(.shell("true"), nil, .aws("iam list-roles")).needsEnvironment)
    #expect(MendCommand.piped([.kubectl("get pods"), .shell("cat")]).needsEnvironment)
  }

  @Test("that a stack is lost is said of the whole")
  func loss() {
    let up = MendCommand.podid("up --detach --ephemeral", losesStack: true)
    #expect(MendCommand.all(.podid("down"), up).losesStack)
    #expect(
      MendCommand.all(.podid("down"), up).text == "podid down && podid up --detach --ephemeral")
    #expect(!MendCommand.podid("up --detach --ephemeral").losesStack)
  }

  @Test("an account is explained, with its pod, in words that a shell takes")
  func explain() {
    #expect(
      MendCommand.explain("a b", pod: "p").text
        == "podid explain --service-account 'a b' --pod p")
  }
}
