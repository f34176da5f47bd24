import Platform
import Testing

@Suite struct SettingsTests {
  let table = SettingsTable(
    program: "aws-api", summary: "test", subcommands: ["initialize"],
    rows: [
      Setting("listen", .address, repeatable: true, default: "127.0.0.1:4577", "where"),
      Setting("link-local", .toggle, "both"),
      Setting("log-level", .choice(["info", "error"]), default: "info", "how much"),
      Setting("credential-lifetime", .duration, default: "6h", "how long"),
      Setting("rate", .integer(1...10), "how many"),
    ])

  private func parse(_ words: String, _ variables: [String: String] = [:]) throws -> Settings {
    try table.parse(
      words.split(separator: " ").map(String.init), environment: ProcessEnvironment(variables))
  }

  @Test("a flag beats its variable, which beats the default")
  func precedence() throws {
    #expect(try parse("").string("log-level") == "info")
    let variable = ["PODID_AWS_API_LOG_LEVEL": "error"]
    #expect(try parse("", variable).string("log-level") == "error")
    #expect(try parse("--log-level info", variable).string("log-level") == "info")
  }

  @Test("reads repeated flags, comma-separated variables and both ways of writing a value")
  func forms() throws {
    let listen = try parse("--listen=[::1]:0 --listen 127.0.0.1:1 initialize").addresses("listen")
    #expect(listen == [HostPort(host: "::1", port: 0), HostPort(host: "127.0.0.1", port: 1)])
    let settings = try parse(
      "--link-local", ["PODID_AWS_API_LISTEN": "localhost:1,localhost:2"])
    #expect(settings.addresses("listen").count == 2)
    #expect(settings.isOn("link-local"))
    #expect(try !parse("").isOn("link-local"))
    #expect(try parse("initialize").subcommand == "initialize")
    #expect(try parse("").duration("credential-lifetime") == .seconds(21600))
  }

  @Test(
    "names what is wrong in one line",
    arguments: [
      ("--nosuch 1", "unknown flag --nosuch"), ("--listen", "--listen needs a value (HOST:PORT)"),
      ("--listen x", "--listen must be HOST:PORT, not \"x\""),
      ("--rate 11", "--rate must be a whole number from 1 to 10, not \"11\""),
      ("--rate +5", "--rate must be a whole number from 1 to 10, not \"+5\""),
      ("--rate 1 --rate 2", "--rate is given twice"),
      ("--log-level loud", "--log-level must be one of info, error, not \"loud\""),
      ("--credential-lifetime 5x", "must be a duration"), ("stray", "unexpected argument stray"),
    ])
  func errors(words: String, line: String) {
    let error = #expect(throws: UsageError.self) { try parse(words) }
    #expect(error?.description.contains(line) == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("a bad variable is named by its name")
  func badVariable() {
    let error = #expect(throws: UsageError.self) { try parse("", ["PODID_AWS_API_RATE": "x"]) }
    #expect(error?.description.contains("PODID_AWS_API_RATE must be") == true)
  }

  @Test(
    "reads durations",
    arguments: [
      ("90", 90_000), ("90s", 90_000), ("1h30m", 5_400_000), ("250ms", 250), ("1.5s", 1500),
    ] as [(String, Int)])
  func durations(text: String, milliseconds: Int) {
    #expect(Duration(text: text) == .milliseconds(milliseconds))
  }

  @Test("refuses what is no duration", arguments: ["", "s", "1x", "-5s", "1h2", ".5s", "1e9h"])
  func badDurations(text: String) { #expect(Duration(text: text) == nil) }

  @Test(
    "refuses what is no address",
    arguments: ["", "host", "host:", ":80", "host:65536", "::1:80", "[host]:80", "a/b:1", "h:+1"])
  func badAddresses(text: String) { #expect(HostPort(text) == nil) }
}
