import Testing

@testable import CommandCore

@Suite struct StackFinderTests {
  @Test("where no stack is here, those that run elsewhere are named, two at most")
  func elsewhere() {
    #expect(StackFinder.absence([]).hasPrefix("no stack is running here: start one with podid up"))
    let one = StackFinder.absence(["/a b/stack.json"])
    #expect(one.contains("podid list shows 1 elsewhere, use --stack '/a b/stack.json'; or start"))
    let three = StackFinder.absence(["/a", "/b", "/c"])
    #expect(three.contains("use --stack /a or --stack /b, and 1 more; or start"))
  }
}
