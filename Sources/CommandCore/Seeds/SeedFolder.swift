import Glibc
import JSON
import Platform

/// A seed: a folder of manifests, AWS things and objects, read and checked as a whole.
package struct SeedFolder: Sendable {
  /// An object for a bucket.
  package struct Object: Sendable {
    let bucket: String
    /// The object's key: the file's path below the bucket's folder.
    package let key: String
    /// The file with the content, which is read when it is put.
    package let path: String
  }

  /// The folder, as it was named.
  package let path: String
  let manifests: [SeedManifest]
  /// The roles and associations of `aws/`.
  package let aws: SeedAWS
  let buckets: [String]
  let objects: [Object]

  /// The rules of `faults.yaml`, as `POST /faults` takes them, perhaps with a `server`.
  let faults: [SeedFaults.Rule]

  /// Reads a folder for a stack of an account.
  /// - Throws: what is wrong with the first bad file, with its line.
  package init(path: String, account: String = SeedAccount.standard) throws(CommandFailure) {
    self.path = path
    guard let root = FolderWalk(path: path) else {
      throw CommandFailure("the seed \(path) is no folder, or a symbolic link")
    }
    // `workshop/` holds further seeds, which are applied by their own names only.
    let known: Set<ByteText> = [
      "kubernetes", "aws", "s3", "faults.yaml", "README.md", "workshop",
    ]
    let names = root.names().sorted { $0.bytes < $1.bytes }
    for name in names where !name.bytes.hasPrefix(".") && !known.contains(name.bytes) {
      throw CommandFailure(
        "\(path)/\(name): a seed holds kubernetes/, aws/, s3/ and faults.yaml only")
    }
    faults =
      names.map(\.bytes).contains("faults.yaml") ? try SeedFaults.read("\(path)/faults.yaml") : []
    var manifests: [SeedManifest] = []
    for document in try Self.documents(in: "\(path)/kubernetes", root: root, "kubernetes") {
      manifests += try SeedManifest.all(in: document.placed(in: account))
    }
    self.manifests = manifests.enumerated().sorted { left, right in
      (left.element.rank, left.offset) < (right.element.rank, right.offset)
    }.map(\.element)
    var aws = SeedAWS()
    for document in try Self.documents(in: "\(path)/aws", root: root, "aws") {
      try aws.add(document.placed(in: account))
    }
    self.aws = aws
    (buckets, objects) = try Self.objects(in: root, path: "\(path)/s3")
  }

  private static func documents(
    in folder: String, root: borrowing FolderWalk, _ name: String
  ) throws(CommandFailure) -> [SeedNode] {
    guard let status = root.status(name) else { return [] }
    guard status.st_mode & S_IFMT == S_IFDIR, let inside = root.folder([name]) else {
      throw CommandFailure("\(folder) is no folder, or a symbolic link")
    }
    var found: [SeedNode] = []
    for name in inside.names().sorted(by: { $0.bytes < $1.bytes })
    where !name.bytes.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      guard [".yaml", ".yml", ".json"].contains(where: name.bytes.hasSuffix) else {
        throw CommandFailure("\(path): only .yaml, .yml and .json are read here")
      }
      found += try SeedNode.documents(of: path, limit: 4 << 20)
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
    for bucket in folder.names().sorted(by: { $0.bytes < $1.bytes })
    where !bucket.bytes.hasPrefix(".") {
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
    for name in folder.names().sorted(by: { $0.bytes < $1.bytes })
    where name.bytes != ".gitkeep" {
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
