import Platform

extension Command {
  static let version = Command(
    name: "version", usage: "", summary: "print the version"
  ) { context in
    context.print("podid \(Version.current)")
    return 0
  }
}
