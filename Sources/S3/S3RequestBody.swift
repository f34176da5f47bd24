import AWSDoor
import AWSWire
import Cryptography
import HTTP
import JSON

/// The body of a request whose head was verified: read piece by piece, its encoding taken off.
struct S3RequestBody: Sendable {
  /// Less data of one chunk than this many bytes is gathered.
  private static let smallData = 4096
  private let request: HTTPRequest
  private let payload: S3PayloadHash
  private let authentication: Authenticator.Authentication
  /// The size of the data, where the head says it.
  private let length: Int?
  /// The trailing fields that the head announces, in lower case.
  let trailers: [String]

  /// The body of a request that is signed so.
  init(
    _ request: HTTPRequest, authentication: Authenticator.Authentication
  ) throws(S3Failure) {
    self.request = request
    payload = try S3Authentication.payload(of: request).hash
    self.authentication = authentication
    let isChunked = if case .chunked = payload { true } else { false }
    let encodings = request.headers.all("Content-Encoding")
    guard isChunked || !encodings.contains(where: { $0.bytes.contains("aws-chunked") }) else {
      throw .invalidRequest("aws-chunked needs a x-amz-content-sha256 that begins STREAMING-")
    }
    guard isChunked else {
      length = request.headers["Content-Length"].flatMap { Int($0) }
      trailers = []
      return
    }
    guard let text = request.headers["x-amz-decoded-content-length"] else {
      throw .missingContentLength
    }
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(text) else {
      throw .invalidArgument(
        "The value of x-amz-decoded-content-length is invalid.",
        name: "x-amz-decoded-content-length")
    }
    self.length = length
    trailers = try Self.announced(request)
  }

  /// The names in `x-amz-trailer`: checksums, each once.
  private static func announced(_ request: HTTPRequest) throws(S3Failure) -> [String] {
    let names = request.headers.all("x-amz-trailer")
      .flatMap { $0.lowercased().bytes.split(separator: ",") }
      .map { $0.utf8.filter { $0 != 0x20 } }.map { String(decoding: $0, as: UTF8.self) }
    guard Set(names.map(\.bytes)).count == names.count,
      names.allSatisfy({ name in
        ObjectChecksum.allCases.contains { $0.header.bytes == name.bytes }
      })
    else {
      throw .invalidRequest("The value specified in the x-amz-trailer header is not supported")
    }
    return names
  }

  /// Reads all data, hands it on as it comes, and returns the trailing fields.
  ///
  /// What was handed on counts only once this returns: digest, signatures and length are known at the
  /// end alone.
  func read(
    limit: Int, _ take: (ArraySlice<UInt8>) throws(S3Failure) -> Void
  ) async throws(S3Failure) -> [(name: String, value: String)] {
    if let length, length > limit { throw .tooLarge(length, limit: limit) }
    switch payload {
    case .chunked(let encoding): return try await readChunks(encoding, take)
    case .digest, .unsigned: break
    }
    var hasher: DigestHasher? = payload == .unsigned ? nil : DigestHasher()
    var count = 0
    let pieces = request.makeBodyReader()
    while let piece = try await Self.next(pieces) {
      count += piece.count
      guard count <= limit else { throw .tooLarge(count, limit: limit) }
      hasher?.update(piece)
      try take(piece[...])
    }
    if let digest = hasher?.finish(), payload != .digest(digest) {
      throw .signature(.wrongPayload, isPresigned: authentication.authorization.isPresigned)
    }
    return []
  }

  /// Reads all data.
  func collect(limit: Int) async throws(S3Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try await read(limit: limit) { data throws(S3Failure) in bytes += data }
    return bytes
  }

  private func readChunks(
    _ encoding: AWSChunkedEncoding, _ take: (ArraySlice<UInt8>) throws(S3Failure) -> Void
  ) async throws(S3Failure) -> [(name: String, value: String)] {
    var decoder = AWSChunkedDecoder(
      encoding, decodedLength: length ?? 0, announced: trailers,
      authorization: authentication.authorization, secret: authentication.secretAccessKey)
    let pieces = request.makeBodyReader()
    do {
      while let bytes = try await Self.next(pieces) {
        var piece = bytes[...]
        // Handed on together, for to write each of many small chunks takes longer than to read them.
        var small: [UInt8] = []
        while let data = try decoder.data(in: &piece) {
          if data.count < Self.smallData {
            small += data
            continue
          }
          if !small.isEmpty { try take(small[...]) }
          small.removeAll()
          try take(data)
        }
        if !small.isEmpty { try take(small[...]) }
      }
      return try decoder.finish()
    } catch let failure as AWSChunkedDecoder.Failure {
      throw Self.failure(failure)
    } catch let failure as S3Failure {
      throw failure
    } catch { throw .server("\(error)") }
  }

  private static func next(_ pieces: any HTTPBodyReader) async throws(S3Failure) -> [UInt8]? {
    // The caller has left, or was told already what is wrong.
    do throws(HTTPBodyFailure) { return try await pieces.next() } catch { throw .incompleteBody }
  }

  private static func failure(_ failure: AWSChunkedDecoder.Failure) -> S3Failure {
    switch failure {
    case .malformed, .wrongLength: .incompleteBody
    case .wrongTrailer: .malformedTrailer
    case .wrongSignature:
      .signature(.wrongSignature(canonicalRequest: "", stringToSign: ""), isPresigned: false)
    }
  }
}
