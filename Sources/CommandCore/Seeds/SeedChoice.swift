import Glibc
package import Platform

/// The seed folders that a command is to apply: those that were named, or else the default.
package struct SeedChoice: Sendable {
  /// The folders, in the order in which they are applied.
  package let paths: [String]
  /// Whether it is the example that ships with podid, because nobody named a folder.
  let isExample: Bool

  /// The folders of these, which may be none.
  package init(_ given: [String], _ environment: ProcessEnvironment) throws(CommandFailure) {
    isExample = given.isEmpty && (environment["PODID_SEED_DIR"] ?? "").isEmpty
    paths = given.isEmpty ? [try SeedFinder.standard(environment)] : given
  }

  /// What was applied, as people named it.
  package var text: String {
    let list = paths.joined(separator: ", ")
    guard isExample else { return list }
    // It is found beside the programs, by a path with `..` in it.
    guard let resolved = realpath(list, nil) else { return list }
    defer { free(resolved) }
    return "the example that ships with podid: \(String(cString: resolved))"
  }

  /// A line about the folder `seed` of the working directory, where it looks like a seed, and the
  /// example was taken instead; nil where there is nothing to say.
  package func note(in folder: String) -> PrintedLine? {
    let own = "\(folder)/seed"
    let parts = ["kubernetes", "aws", "s3", "faults.yaml"]
    guard isExample, let place = Self.place(own),
      parts.contains(where: { Self.place("\(own)/\($0)") != nil }),
      !paths.contains(where: { Self.place($0) == place })
    else { return nil }
    return "! the folder seed here is not applied  (podid up --seed seed)"
  }

  /// What a file is, whatever path leads to it.
  private static func place(_ path: String) -> [UInt64]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return [UInt64(status.st_dev), UInt64(status.st_ino)]
  }
}
