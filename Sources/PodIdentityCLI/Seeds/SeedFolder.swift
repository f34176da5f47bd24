import Glibc
import JSON
import Platform
import YAML

/// A seed: a folder of manifests, AWS things and objects, read and checked as a whole.
struct SeedFolder: Sendable {
  /// An object for a bucket.
  struct Object: Sendable {
    let bucket: String
    let key: String
    let path: String
  }

  let path: String
  let manifests: [SeedManifest]
  let aws: SeedAWS
  let buckets: [String]
  let objects: [Object]

  /// The rules of `faults.yaml`, as `POST /faults` takes them, perhaps with a `server`.
  let faults: [JSONObject]

  /// Reads a folder.
  /// - Throws: what is wrong with the first bad file, with its line.
  init(path: String) throws(CommandFailure) {
    self.path = path
    guard let root = FolderWalk(path: path) else {
      throw CommandFailure("the seed \(path) is no folder, or a symbolic link")
    }
    // `workshop/` holds further seeds, which are applied by their own names only.
    let known: Set<String> = [
      "kubernetes", "aws", "s3", "faults.yaml", "README.md", "workshop",
    ]
    let names = root.names().sorted()
    for name in names where !name.hasPrefix(".") && !known.contains(name) {
      throw CommandFailure(
        "\(path)/\(name): a seed holds kubernetes/, aws/, s3/ and faults.yaml only")
    }
    faults = names.contains("faults.yaml") ? try SeedFaults.read("\(path)/faults.yaml") : []
    var manifests: [SeedManifest] = []
    for (file, documents) in try Self.documents(in: "\(path)/kubernetes", root: root, "kubernetes")
    {
      for document in documents { manifests += try SeedManifest.all(in: document, file: file) }
    }
    self.manifests = manifests.enumerated().sorted { left, right in
      (left.element.rank, left.offset) < (right.element.rank, right.offset)
    }.map(\.element)
    var aws = SeedAWS()
    for (file, documents) in try Self.documents(in: "\(path)/aws", root: root, "aws") {
      for document in documents { try aws.add(document, file: file) }
    }
    self.aws = aws
    (buckets, objects) = try Self.objects(in: root, path: "\(path)/s3")
  }

  /// A file of a seed, and where its words are.
  struct File: Sendable {
    let path: String
    let text: String

    /// A failure at the line where a word is first.
    func failure(at word: String, _ reason: String) -> CommandFailure {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let line = (lines.firstIndex { $0.contains(word) } ?? 0) + 1
      return CommandFailure("\(path):\(line): \(reason)")
    }
  }

  private static func documents(
    in folder: String, root: borrowing FolderWalk, _ name: String
  ) throws(CommandFailure) -> [(File, [JSON])] {
    guard let status = root.status(name) else { return [] }
    guard status.st_mode & S_IFMT == S_IFDIR, let inside = root.folder([name]) else {
      throw CommandFailure("\(folder) is no folder, or a symbolic link")
    }
    var found: [(File, [JSON])] = []
    for name in inside.names().sorted() where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard [".yaml", ".yml", ".json"].contains(where: { name.hasSuffix($0) }) else {
        throw CommandFailure("\(path): only .yaml, .yml and .json are read here")
      }
      let text: String
      do throws(FileError) { text = try SafeFile.readText(path, limit: 4 << 20) } catch {
        throw CommandFailure("\(error)")
      }
      do throws(YAMLError) {
        // JSON is YAML.
        found.append((File(path: path, text: text), try YAML.documents(text)))
      } catch { throw CommandFailure("\(path):\(error.line): \(error.message)") }
    }
    return found
  }

  private static func objects(
    in root: borrowing FolderWalk, path: String
  ) throws(CommandFailure) -> ([String], [Object]) {
    guard root.status("s3") != nil else { return ([], []) }
    guard let folder = root.folder(["s3"]) else {
      throw CommandFailure("\(path) is no folder, or a symbolic link")
    }
    var buckets: [String] = []
    var objects: [Object] = []
    for bucket in folder.names().sorted() where !bucket.hasPrefix(".") {
      guard let inside = folder.folder([bucket]) else {
        throw CommandFailure("\(path)/\(bucket): a bucket is a folder, and no symbolic link")
      }
      let isName =
        (3...63).contains(bucket.utf8.count)
        && bucket.utf8.allSatisfy {
          0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2E
        }
      guard isName else {
        throw CommandFailure("\(path)/\(bucket): this is no valid name of a bucket")
      }
      buckets.append(bucket)
      try collect(inside, bucket, "", "\(path)/\(bucket)", into: &objects)
    }
    return (buckets, objects)
  }

  private static func collect(
    _ folder: borrowing FolderWalk, _ bucket: String, _ start: String, _ path: String,
    into objects: inout [Object]
  ) throws(CommandFailure) {
    for name in folder.names().sorted() where name != ".gitkeep" {
      guard let status = folder.status(name) else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        objects.append(Object(bucket: bucket, key: start + name, path: "\(path)/\(name)"))
      case S_IFDIR:
        if let inside = folder.folder([name]) {
          try collect(inside, bucket, "\(start)\(name)/", "\(path)/\(name)", into: &objects)
        }
      default:
        throw CommandFailure("\(path)/\(name): only files and folders, no symbolic links")
      }
    }
  }
}
