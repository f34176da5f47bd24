import AWSDoor
import Glibc
import HTTP
import Platform

/// An object that is open for reading: it stays whole whatever replaces or removes it meanwhile.
final class ObjectFile: Sendable {
  let object: StoredObject
  private let file: Int32

  /// How much is read at once, in bytes.
  private static let piece = 128 << 10

  /// An object in an open file, which is closed with this value.
  init(_ object: StoredObject, taking file: Int32) {
    self.object = object
    self.file = file
  }

  deinit { close(file) }

  /// The body of an answer with a range of the object: at once where it is small, else as the other
  /// end takes it.
  func body(_ range: Range<Int>) throws(S3Failure) -> HTTPResponse.Body {
    guard range.count > Self.piece else { return .bytes(try bytes(range)) }
    return .stream(length: range.count) { [self] writer in
      // Files block, so the loop is left.
      try await withTaskExecutorPreference(globalConcurrentExecutor) {
        var rest = range
        while !rest.isEmpty {
          let piece = rest.prefix(Self.piece)
          try await writer.write(bytes(piece))
          rest = rest.dropFirst(piece.count)
        }
      }
    }
  }

  /// The bytes of a range.
  private func bytes(_ range: Range<Int>) throws(S3Failure) -> [UInt8] {
    guard let bytes = FileBytes.read(file, range), bytes.count == range.count else {
      throw .system(object.key)
    }
    return bytes
  }
}

/// Bytes of open files.
enum FileBytes {
  /// The bytes of a range; fewer where the file ends before it; nil where it cannot be read.
  static func read(_ file: Int32, _ range: Range<Int>) -> [UInt8]? {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let more = pread(
          file, buffer.baseAddress?.advanced(by: count), range.count - count,
          off_t(range.lowerBound + count))
        if more < 0 && errno == EINTR { continue }
        failed = more < 0
        if more <= 0 { break }
        count += more
      }
    }
    return failed ? nil : bytes
  }
}
