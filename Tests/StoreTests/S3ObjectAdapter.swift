import AWSTestSupport
import AWSWire
import Cryptography
import Glibc
import HTTP
import Platform
import S3

/// S3's objects of one bucket, by requests: what a write asks of the object that is there is a field.
struct S3ObjectAdapter: ConformingStore {
  /// Each object has a folder, so that a failed write could leave one.
  private static let end = "/in/it"
  private let s3: S3Stack

  init(path: String) async throws {
    s3 = try await S3Stack(path: path)
    try await makeBucket()
  }

  /// Anything that no promise speaks of.
  private struct Unexpected: Error, CustomStringConvertible {
    let description: String
  }

  private func unexpected(_ answer: HTTPResponse) -> Unexpected {
    Unexpected(description: "\(answer.failure)")
  }

  private func makeBucket() async throws {
    let answer = await s3.send("PUT", "/bucket")
    guard answer.status == 200 || answer.status == 409 else { throw unexpected(answer) }
  }

  private func target(_ name: String) -> String {
    "/bucket/" + PercentEncoding.encode(name + Self.end, keeping: "/")
  }

  func create(_ name: String, _ text: String) async throws -> Bool {
    let answer = await s3.send("PUT", target(name), headers: ["If-None-Match": "*"], body: text)
    guard answer.status == 200 || answer.status == 412 else { throw unexpected(answer) }
    return answer.status == 200
  }

  /// The text with its entity tag.
  private func get(_ name: String) async throws -> (text: String, tag: String)? {
    let answer = await s3.send("GET", target(name))
    if answer.status == 404 { return nil }
    guard answer.status == 200 else { throw unexpected(answer) }
    return (answer.text, answer.headers["ETag"] ?? "")
  }

  func read(_ name: String) async throws -> String? { try await get(name)?.text }

  /// Changes what there is; another who was quicker is asked again.
  private func change(_ name: String, _ edit: (String) -> String) async throws -> Bool {
    while let found = try await get(name) {
      let answer = await s3.send(
        "PUT", target(name), headers: ["If-Match": found.tag], body: edit(found.text))
      if answer.status == 200 { return true }
      guard answer.status == 412 || answer.status == 404 else { throw unexpected(answer) }
    }
    return false
  }

  func update(_ name: String, _ text: String) async throws -> Bool {
    try await change(name) { _ in text }
  }

  func append(_ name: String, _ text: String) async throws -> Bool {
    try await change(name) { $0 + text }
  }

  func delete(_ name: String) async throws -> Bool {
    let answer = await s3.send("DELETE", target(name))
    guard answer.status == 204 else { throw unexpected(answer) }
    return true
  }

  func names() async throws -> [String] {
    let answer = await s3.send("GET", "/bucket?list-type=2&encoding-type=url")
    guard answer.status == 200 else { throw unexpected(answer) }
    return answer.text.split(separator: "<Key>").dropFirst().map { part in
      let key = part.split(separator: "</Key>", omittingEmptySubsequences: false)[0]
      return String((PercentEncoding.decode(key) ?? "").dropLast(Self.end.count))
    }
  }

  func reset() async throws {
    try await BucketFolder(path: s3.path).removeAll()
    try await makeBucket()
  }

  /// A folder in the place of an object's metadata, which is written before the object takes its place.
  func breakWrites(of names: [String]) async throws -> (@Sendable () async throws -> Void)? {
    let files = names.map {
      "\(s3.path)/.podid/bucket/\(SHA256.hex(Array(($0 + Self.end).utf8))).json"
    }
    for file in files {
      rename(file, file + ".away")
      try SafeFile.makeFolder(file)
    }
    return {
      for file in files {
        rmdir(file)
        rename(file + ".away", file)
      }
    }
  }

  /// All paths with the size of files.
  func traces() async throws -> [String] {
    var found: [String] = []
    func walk(_ path: String) {
      guard let folder = FolderWalk(path: s3.path + path) else { return }
      for (name, kind) in folder.entries().sorted(by: { $0.name < $1.name }) {
        let size = kind == .file ? folder.status(name)?.st_size : nil
        found.append("\(path)/\(name) \(size ?? 0)")
        if kind != .file { walk("\(path)/\(name)") }
      }
    }
    walk("")
    return found
  }
}

extension StoreKind {
  static let s3Objects = StoreKind(
    name: "S3's objects", order: .bytes,
    exceptions: [
      .deletesNothingAbsent: "DeleteObject of a key that is not there succeeds (S3)",
      .tellsNULApart: "no file's name has a NUL; such a key is refused",
      .failedDeleteLeavesAll: "a file is removed, whatever cannot be written beside it",
      .tellsWhatIsCommitted: "there are no notifications of buckets here",
    ]
  ) { try await S3ObjectAdapter(path: "\($0)/buckets") }
}
