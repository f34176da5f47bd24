import JSON
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
      Setting("allowed-host", .form(.host), repeatable: true, "a host"),
      Setting(
        "one-of", .form(SettingForm("X") { $0.count > 1 ? "must come once" : nil }),
        repeatable: true, "values that are judged together"),
    ])

  private func parse(_ words: String, _ variables: [ByteText: String] = [:]) throws -> Settings {
    try table.parse(
      words.split(separator: " ").map(String.init), environment: ProcessEnvironment(variables))
  }

  @Test("a flag beats its variable, which beats the default")
  func precedence() throws {
    #expect(try parse("").string("log-level") == "info")
    let variable: [ByteText: String] = ["PODID_AWS_API_LOG_LEVEL": "error"]
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
      ("--one-of a --one-of b", "--one-of must come once"),
      ("--allowed-host *.a --allowed-host a.*", "without a port, not \"a.*\""),
      ("--allowed-host a --allowed-host a:1", "without a port, not \"a:1\""),
      ("--allowed-host=", "--allowed-host must not be empty, not \"\""),
    ])
  func errors(words: String, line: String) {
    let error = #expect(throws: UsageError.self) { try parse(words) }
    #expect(error?.description.contains(line) == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("a value that has a default can be relied on; one that has none is told")
  func required() throws {
    #expect(try parse("").required("log-level") == "info")
    #expect(try parse("--rate 7").required("rate") { Int($0) } == 7)
    let error = #expect(throws: UsageError.self) { try parse("").required("rate") }
    #expect(error?.description == "aws-api: --rate has no value")
  }

  @Test("a variable that is empty, or only commas, says nothing")
  func emptyVariables() throws {
    let settings = try parse("", ["PODID_AWS_API_LISTEN": ",,", "PODID_AWS_API_RATE": ""])
    #expect(settings.strings("listen") == ["127.0.0.1:4577"])
    #expect(!settings.isGiven("rate"))
  }

  @Test(
    "takes hosts by name and by address",
    arguments: [
      ("aws-api.internal", true), ("podid-1_app", true), ("10.0.0.1", true), ("::1", true),
      ("fd00:ec2::23", true), ("a:1", false), ("[::1]", false), ("a/b", false), ("a b", false),
      ("a,b", false), ("*", false), ("é", false), ("http://a", false),
    ])
  func hosts(text: String, isHost: Bool) {
    #expect((SettingForm.host.objection([text]) == nil) == isHost)
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

  @Test(
    "durations that cannot be are refused, and none is beyond a century",
    arguments: [
      "99999999999h", "1e300s", "-1s", "nan", "inf", "9999999999999999999999d", "101y", "1h1",
      "3200000000s", "0x10s", ".5s", "1..5s", "s", "5\u{301}s", "٣s", "1h\0",
    ])
  func hostileDurations(text: String) { #expect(Duration(text: text) == nil) }
}
