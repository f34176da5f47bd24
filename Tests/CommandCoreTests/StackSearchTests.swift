import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import CommandCore

/// Which stack is meant, and whether a file that is merely found is trusted.
@Suite struct StackSearchTests {
  private let known: KnownStack
  private var folder: String { known.folder }

  init() throws { known = try KnownStack() }

  private func project() throws -> String {
    let project = "\(folder)/project"
    try SafeFile.makeFolder(project)
    try SafeFile.makeFolder("\(project)/.podid")
    try SafeFile.makeFolder("\(project)/inner")
    return project
  }

  @Test("the stack file of this folder comes before that of the next one above it")
  func above() throws {
    let project = try project()
    let path = "\(project)/.podid/stack.json"
    #expect(StackFinder.file(above: "\(project)/inner") == nil)
    try SafeFile.write([], to: path)
    for start in [project, "\(project)/inner", "\(project)/.podid"] {
      #expect(StackFinder.file(above: start) == path)
    }
    try SafeFile.makeFolder("\(project)/inner/.podid")
    try SafeFile.write([], to: "\(project)/inner/.podid/stack.json")
    #expect(
      StackFinder.file(above: "\(project)/inner") == "\(project)/inner/.podid/stack.json")
    #expect(StackFinder.file(above: folder) == nil)
  }

  @Test("a file that is found counts as podid wrote it for this user, and not otherwise")
  func found() throws {
    let path = "\(try project())/.podid/stack.json"
    let info = try known.write("a", at: path)
    let finder = StackFinder(try known.context())
    #expect(try finder.found(path).entry?.id == info.id)
    try SafeFile.write(info.fileBytes + [0x20], to: path)
    let error = #expect(throws: CommandFailure.self) { try finder.found(path) }
    #expect(
      error?.description.hasPrefix("\(path) is not as podid up wrote it for this user") == true)
    try known.write("b", at: path, isEntered: false)
    #expect(throws: CommandFailure.self) { try finder.found(path) }
    chmod("\(folder)/home/podid", 0o750)
    let other = #expect(throws: CommandFailure.self) { try finder.found(path) }
    #expect(other?.description.hasPrefix("whose \(path) is cannot be told: ") == true)
  }

  @Test("a file that is used is closed to others, named or found")
  func closed() throws {
    let path = "\(try project())/.podid/stack.json"
    try known.write("a", at: path)
    let finder = StackFinder(try known.context())
    for use in [finder.read, finder.found] {
      chmod(path, 0o644)
      #expect(try use(path).path == path)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("--stack comes before PODID_STACK, and that before what the variables describe")
  func order() throws {
    for digit in ["a", "b"] { try known.write(digit, at: "\(folder)/\(digit).json") }
    try SafeFile.write(Array("{}".utf8), to: "\(folder)/kubeconfig")
    try SafeFile.write(Array("t".utf8), to: "\(folder)/token")
    var environment = known.environment
    environment["PODID_STACK_KUBECONFIG"] = "\(folder)/kubeconfig"
    environment["PODID_STACK_ADMIN_TOKEN_FILE"] = "\(folder)/token"
    func path(_ words: [String], _ stack: String?) throws -> String {
      environment["PODID_STACK"] = stack
      let context = try known.context(words)
      return try StackFinder(
        CommandContext(
          arguments: context.arguments, environment: environment, loops: context.loops)
      ).find().path
    }
    #expect(try path(["--stack", "\(folder)/a.json"], "\(folder)/b.json") == "\(folder)/a.json")
    #expect(try path([], "\(folder)/b.json") == "\(folder)/b.json")
    for none in [nil, ""] { #expect(try path([], none) == "PODID_STACK_KUBECONFIG") }
  }

  @Test("what is no JSON is told so")
  func broken() throws {
    let path = "\(folder)/stack.json"
    try SafeFile.write(Array("{".utf8), to: path)
    let finder = StackFinder(try known.context())
    let error = #expect(throws: CommandFailure.self) { try finder.read(path) }
    #expect(error?.description.hasPrefix("\(path) cannot be read: ") == true)
  }
}
