import Cryptography
import JSON

/// Takes the `aws-chunked` encoding off a body, piece by piece: chunks that may each carry a
/// signature, and trailers.
///
/// The signatures chain: each is made over the one before it, the first over that of the head
/// (Amazon S3 API Reference, "Signature calculations: transferring payload in multiple chunks").
/// It holds no more than a line of at most ``lineLimit`` bytes: data is handed on as it comes, before
/// the signature of its chunk is known, so what takes it must be able to throw it away.
package struct AWSChunkedDecoder: ~Copyable {
  /// Why a body is refused.
  package enum Failure: Error, Sendable, Hashable {
    /// The encoding is broken, or ends too early.
    case malformed
    case wrongSignature
    /// More or less data than `x-amz-decoded-content-length` announced.
    case wrongLength
    /// Trailers that were not announced, announced ones that are missing, or bytes behind the end.
    case wrongTrailer
  }

  /// The longest line of a chunk's head or a trailer, in bytes.
  package static let lineLimit = 4096

  private enum State {
    case head
    case data(left: Int)
    /// The line end behind a chunk's data.
    case dataEnd
    case trailers
    case done
  }

  private let encoding: AWSChunkedEncoding
  private let decodedLength: Int
  private let announced: [String]
  private var chain: AWSChunkSignatures?
  private var state = State.head
  private var line: [UInt8] = []
  private var chunkSignature: String?
  private var trailerSignature: String?
  private var length = 0
  /// The trailing fields so far, names in lower case, without the signature.
  private var trailers: [(name: String, value: String)] = []

  /// Decodes a body whose head was verified with this authorization.
  ///
  /// `decodedLength` is what `x-amz-decoded-content-length` says, `announced` the names in
  /// `x-amz-trailer`, in lower case. Without a secret, signatures are not verified.
  package init(
    _ encoding: AWSChunkedEncoding, decodedLength: Int, announced: [String],
    authorization: SigV4Authorization, secret: String?
  ) {
    self.encoding = encoding
    self.decodedLength = decodedLength
    self.announced = announced
    if let secret, encoding.isSigned {
      chain = AWSChunkSignatures(authorization: authorization, secret: secret)
    }
  }

  /// Decodes on in a piece of the body until there is data, which is taken out of the piece; nil once
  /// the piece is used up.
  package mutating func data(
    in piece: inout ArraySlice<UInt8>
  ) throws(Failure) -> ArraySlice<UInt8>? {
    while !piece.isEmpty {
      switch state {
      case .data(let left):
        let data = piece.prefix(left)
        piece = piece.dropFirst(data.count)
        chain?.add(data)
        state = data.count == left ? .dataEnd : .data(left: left - data.count)
        return data
      case .done: throw .wrongTrailer
      case .head, .dataEnd, .trailers:
        guard try readLine(&piece) else { return nil }
        try lineEnded()
        line.removeAll(keepingCapacity: true)
      }
    }
    return nil
  }

  /// The trailing fields, once the whole body was decoded.
  package mutating func finish() throws(Failure) -> [(name: String, value: String)] {
    // The empty line at the end may be missing.
    switch state {
    case .done: break
    case .trailers where line.isEmpty: break
    default: throw .malformed
    }
    guard length == decodedLength else { throw .wrongLength }
    guard trailers.map(\.name.bytes).sorted() == announced.map(\.bytes).sorted() else {
      throw .wrongTrailer
    }
    if encoding == .signedWithTrailer, chain != nil {
      let text = trailers.map { "\($0.name):\($0.value)\n" }.joined()
      guard chain?.acceptTrailer(trailerSignature, Array(text.utf8)) == true else {
        throw .wrongSignature
      }
    }
    return trailers
  }

  /// Moves bytes up to a line end into ``line``; whether the line is whole, its CRLF taken off.
  private mutating func readLine(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> Bool {
    let end = rest.firstIndex(of: 0x0A)
    line += end.map { rest[...$0] } ?? rest
    rest = end.map { rest[($0 + 1)...] } ?? []
    guard line.count <= Self.lineLimit else { throw .malformed }
    guard end != nil else { return false }
    line.removeLast()
    guard line.popLast() == 0x0D else { throw .malformed }
    return true
  }

  private mutating func lineEnded() throws(Failure) {
    switch state {
    case .head: try startChunk()
    case .dataEnd:
      guard line.isEmpty else { throw .malformed }
      try endChunk()
      state = .head
    case .trailers:
      if line.isEmpty { state = .done } else { try addTrailer() }
    case .data, .done: break
    }
  }

  /// `1000;chunk-signature=...`: the size, hexadecimal, and the signature.
  private mutating func startChunk() throws(Failure) {
    guard let text = String(validating: line, as: UTF8.self) else { throw .malformed }
    let (digits, more) = text.bytes.cut(at: ";")
    guard (1...8).contains(digits.utf8.count), let size = Int(digits, radix: 16),
      digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-")
    else { throw .malformed }
    let (name, value) = (more ?? "").bytes.cut(at: "=")
    chunkSignature = name.bytes == "chunk-signature" ? value.map(String.init) : nil
    length += size
    guard length <= decodedLength else { throw .wrongLength }
    state = size > 0 ? .data(left: size) : .trailers
    if size == 0 { try endChunk() }
  }

  private mutating func endChunk() throws(Failure) {
    guard chain != nil else { return }
    guard chain?.acceptChunk(chunkSignature) == true else { throw .wrongSignature }
  }

  private mutating func addTrailer() throws(Failure) {
    guard encoding.hasTrailer, trailers.count <= announced.count else { throw .wrongTrailer }
    guard let text = String(validating: line, as: UTF8.self) else { throw .malformed }
    let (name, rest) = text.bytes.cut(at: ":")
    guard let rest else { throw .malformed }
    let value = Substring(rest.utf8.drop { $0 == 0x20 })
    if name.lowercased().bytes == "x-amz-trailer-signature" {
      guard trailerSignature == nil else { throw .wrongTrailer }
      trailerSignature = String(value)
    } else {
      trailers.append((name.lowercased(), String(value)))
    }
  }
}
