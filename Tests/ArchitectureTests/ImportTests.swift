import TestSupport
import Testing

/// The rooms may import only what stands above them in this list, and of that only what is theirs.
@Suite struct ImportTests {
  static let rooms = [
    "CSQLite", "COpenSSL", "CYAML", "CLinux", "JSON", "YAML", "Platform", "SQLite", "Cryptography",
    "PodIdentity", "HTTP", "AdminAPI", "IAMPolicy", "AWSWire", "AWSClient",
    "PodAdmission", "KubernetesAPI",
    "AWSDoor", "IAM", "STS", "EKS", "EKSAuth", "S3", "AWSAPI", "KubernetesClient", "Kubelet",
    "NodeAgent", "CommandCore", "Explain", "Doctor", "Console", "PodIdentityCLI", "kubernetes-api",
    "aws-api", "node-agent", "podid",
  ]
  /// Rooms that only these may import.
  static let onlyFor: [String: Set<String>] = [
    "COpenSSL": ["Cryptography"], "CSQLite": ["SQLite"], "CYAML": ["YAML"],
    "YAML": ["CommandCore"], "SQLite": ["KubernetesAPI", "AWSDoor"],
    "PodAdmission": ["KubernetesAPI"], "KubernetesAPI": ["kubernetes-api"],
    "NodeAgent": ["node-agent"],
    // A service of AWS knows the door, and no other service; the door knows none.
    "AWSDoor": ["IAM", "STS", "EKS", "EKSAuth", "S3", "AWSAPI"], "IAM": ["AWSAPI"],
    "STS": ["AWSAPI"], "EKS": ["AWSAPI"], "EKSAuth": ["AWSAPI"], "S3": ["AWSAPI"],
    "AWSAPI": ["aws-api"],
    // Nor do podid's large commands know each other.
    "CommandCore": ["Explain", "Doctor", "Console", "PodIdentityCLI"],
    "Explain": ["PodIdentityCLI"], "Doctor": ["PodIdentityCLI"], "Console": ["PodIdentityCLI"],
    "PodIdentityCLI": ["podid"],
  ]
  /// Rooms that must not know these.
  static let never: [String: Set<String>] = [
    "JSON": ["Platform"], "PodIdentity": ["SQLite", "Cryptography"],
    "HTTP": ["AWSWire", "IAMPolicy", "AdminAPI"],
    "IAMPolicy": ["HTTP", "SQLite", "Cryptography", "AWSWire"],
    "AWSClient": ["AdminAPI", "IAMPolicy", "PodIdentity"],
    "AWSAPI": ["AWSClient"],
    "KubernetesClient": ["AWSWire", "AWSClient", "AdminAPI"],
    "Kubelet": ["AWSWire", "AWSClient", "AdminAPI"],
    "SQLite": ["HTTP", "AWSWire"],
  ]
  /// Modules of the toolchain.
  static let toolchain: Set<String> = [
    "Glibc", "Synchronization", "Dispatch", "Foundation", "FoundationEssentials",
  ]
  /// Where Foundation must not be: the agent and what it is made of.
  static let withoutFoundation: Set<String> = [
    "JSON", "Platform", "Cryptography", "PodIdentity", "HTTP", "AdminAPI", "AWSWire", "AWSClient",
    "KubernetesClient", "Kubelet", "NodeAgent", "node-agent", "Console",
  ]

  private func imports(of path: String) throws -> [String] {
    try Repository.text(path).split(separator: "\n").compactMap { line in
      var words = line.split(separator: " ").map(String.init)
      while let first = words.first, ["package", "internal", "private", "public"].contains(first) {
        words.removeFirst()
      }
      guard words.first == "import", words.count >= 2 else { return nil }
      let name = words[1] == "struct" || words[1] == "func" ? words.last ?? "" : words[1]
      return name.split(separator: ".").first.map(String.init)
    }
  }

  @Test("imports point only upwards in the design's list")
  func direction() throws {
    let files = Repository.files(below: "Sources", suffix: ".swift")
    #expect(files.count > 100)
    for file in files {
      let room = String(file.split(separator: "/")[1])
      let position = try #require(Self.rooms.firstIndex(of: room), "unknown room in \(file)")
      for name in try imports(of: file) {
        if Self.toolchain.contains(name) {
          if name.hasPrefix("Foundation") {
            #expect(!Self.withoutFoundation.contains(room), "\(file) imports \(name)")
          }
          continue
        }
        let target = try #require(Self.rooms.firstIndex(of: name), "\(file) imports \(name)")
        #expect(target < position, "\(file) imports \(name), which stands below it")
        if let allowed = Self.onlyFor[name] {
          #expect(allowed.contains(room), "\(file) imports \(name)")
        }
        #expect(Self.never[room]?.contains(name) != true, "\(file) imports \(name)")
      }
    }
  }

  @Test("what explains and shows a stack is not handed a command's arguments and output")
  func access() throws {
    for room in ["Explain", "Console"] {
      for file in Repository.files(below: "Sources/\(room)", suffix: ".swift") {
        #expect(try Repository.text(file).range(of: "CommandContext") == nil, "\(file)")
      }
    }
  }

  @Test("the manifest names no package")
  func manifest() throws {
    let manifest = try Repository.text("Package.swift")
    #expect(manifest.contains("dependencies: [],\n  targets:"))
    #expect(!manifest.contains(".package("))
  }

  @Test(
    "time, randomness, environment and output are injected",
    arguments: [
      "Date()", "UUID()", "SystemRandomNumberGenerator", "ProcessInfo", "getenv(", "print(",
      "debugPrint(", "clock_gettime(CLOCK_REALTIME", "arc4random", "getrandom(",
    ])
  func injected(word: String) throws {
    let allowed = [
      "Platform", "CommandCore", "PodIdentityCLI", "kubernetes-api", "aws-api", "node-agent",
      "podid",
    ]
    for file in Repository.files(below: "Sources", suffix: ".swift") {
      let room = String(file.split(separator: "/")[1])
      guard !allowed.contains(room) else { continue }
      let lines = try Repository.text(file).split(separator: "\n")
      let hits = lines.filter { line in
        guard let found = line.range(of: word) else { return false }
        let before = line[..<found.lowerBound].last
        let isWord = before.map { $0.isLetter || $0 == "_" || $0 == "." } ?? false
        return !isWord && !line.drop { $0 == " " }.hasPrefix("//")
      }
      #expect(hits.isEmpty, "\(file) has \(word)")
    }
  }

  @Test("what decides for a connection knows no socket, no loop, no task and no clock")
  func machine() throws {
    let files = Repository.files(below: "Sources/HTTP", suffix: ".swift").filter {
      $0.split(separator: "/").last?.hasPrefix("HTTPConnectionMachine") == true
    }
    #expect(files.count > 4)
    for file in files {
      #expect(try imports(of: file).allSatisfy { $0 == "JSON" }, "\(file)")
      let text = try Repository.text(file)
      for word in ["EventLoop", "Transport", "ServerConnection", "Task ", "Task(", "Clock"] {
        #expect(text.range(of: word) == nil, "\(file) has \(word)")
      }
    }
  }

  @Test("no Swift file is longer than 400 lines")
  func length() throws {
    let files =
      Repository.files(below: "Sources", suffix: ".swift")
      + Repository.files(below: "Tests", suffix: ".swift")
    for file in files {
      let count = try Repository.text(file).utf8.count { $0 == 0x0A }
      #expect(count <= 400, "\(file) has \(count) lines")
    }
  }

  @Test("the escape hatches of the compiler are explained where they stand")
  func safety() throws {
    for file in Repository.files(below: "Sources", suffix: ".swift") {
      let text = try Repository.text(file)
      let hatches = ["@unchecked Sendable", "nonisolated(unsafe)", "assumeIsolated"]
      guard hatches.contains(where: { text.range(of: $0) != nil }) else { continue }
      #expect(text.range(of: "Safety:") != nil, "\(file) has no Safety: line")
    }
  }
}

extension StringProtocol {
  /// The first place of `word`, found byte by byte.
  fileprivate func range(of word: String) -> Range<Index>? {
    let bytes = Array(utf8)
    let word = Array(word.utf8)
    guard bytes.count >= word.count else { return nil }
    for start in 0...(bytes.count - word.count)
    where bytes[start] == word[0] && bytes[start..<(start + word.count)].elementsEqual(word) {
      let lower = utf8.index(utf8.startIndex, offsetBy: start)
      return lower..<utf8.index(lower, offsetBy: word.count)
    }
    return nil
  }
}
