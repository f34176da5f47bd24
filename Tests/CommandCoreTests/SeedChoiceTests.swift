import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Which seed is applied, and what is said of it.
@Suite struct SeedChoiceTests {
  private let none = ProcessEnvironment([:])

  @Test("one's own are named as they were given, the default as what it is")
  func text() throws {
    #expect(try SeedChoice(["seed", "/x/../y"], none).text == "seed, /x/../y")
    let variable = try SeedChoice([], ProcessEnvironment(["PODID_SEED_DIR": "/mine"]))
    #expect(variable.text == "/mine" && !variable.isExample)
    let example = try SeedChoice([], none)
    #expect(example.isExample)
    #expect(example.text == "the example that ships with podid: \(Repository.root)/seed")
  }

  @Test("a folder that looks like a seed is told where the example was taken instead")
  func note() throws {
    let example = try SeedChoice([], none)
    let here = try Scratch.folder()
    #expect(example.note(in: here) == nil)
    try SafeFile.makeFolder("\(here)/seed")
    #expect(example.note(in: here) == nil)
    try SafeFile.makeFolder("\(here)/seed/kubernetes")
    let note = example.note(in: here)?.text
    #expect(note == "! the folder seed here is not applied  (podid up --seed seed)")
    #expect(try SeedChoice(["other"], none).note(in: here) == nil)
    // In the checkout, that folder is the example.
    #expect(example.note(in: Repository.root) == nil)
  }
}
