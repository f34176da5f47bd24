import TestSupport
import Testing

/// What must stand in one place of the sources, and what a room must not name.
@Suite struct OnePlaceTests {
  /// The lines of a file without comments.
  private func code(_ file: String) throws -> [Substring] {
    try Repository.text(file).split(separator: "\n").filter {
      !$0.drop { $0 == " " }.hasPrefix("//")
    }
  }

  private func files(with word: String) throws -> [String] {
    try Repository.files(below: "Sources", suffix: ".swift").filter { file in
      try code(file).contains { $0.contains(word) }
    }
  }

  @Test("tokens are taken apart in one place: nothing else decodes base64url but keys and pages")
  func tokens() throws {
    #expect(
      try files(with: "Base64.decodeURL(") == [
        "Sources/Cryptography/JWTReading.swift", "Sources/Cryptography/PublicKey.swift",
        "Sources/EKS/Page.swift", "Sources/KubernetesAPI/Verbs/ListObjects.swift",
      ])
    #expect(try files(with: "Base64.decodeGoURL(") == ["Sources/Cryptography/JWTReading.swift"])
  }

  @Test("who reads a Host field asks for its host in one place")
  func hosts() throws {
    #expect(
      try files(with: "HostField(") == [
        "Sources/HTTP/AllowedHosts.swift",
        "Sources/NodeAgent/Credentials/CredentialsEndpoint.swift",
      ])
    let readers = try files(with: #"headers["Host"]"#).filter {
      !$0.hasPrefix("Sources/AWSWire/SigV4") && $0 != "Sources/HTTP/HTTPClientMessages.swift"
        && $0 != "Sources/HTTP/HTTPHeadParser.swift"
    }
    #expect(
      readers == [
        "Sources/Console/ConsoleDoor.swift", "Sources/HTTP/HTTPGuard.swift",
        "Sources/NodeAgent/Credentials/AgentRouting.swift",
      ])
    for file in ["Sources/Console/ConsoleDoor.swift", "Sources/HTTP/HTTPGuard.swift"] {
      #expect(try files(with: "AllowedHosts(").contains(file))
    }
  }

  @Test("the door names no service: a service hands it what is its own")
  func door() throws {
    let names = ["iam", "sts", "eks", "eks-auth", "s3"]
    for file in Repository.files(below: "Sources/AWSDoor", suffix: ".swift") {
      for line in try code(file) {
        // Every second part stands between quotes.
        for text in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        where text.offset % 2 == 1 {
          let words = text.element.split { !($0.isLetter || $0.isNumber || $0 == "-") }
          for name in names {
            #expect(!words.contains { $0 == name }, "\(file) names \(name): \(line)")
          }
        }
      }
    }
  }
}
