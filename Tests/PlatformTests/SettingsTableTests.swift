import JSON
import Platform
import Testing

/// Kinds of settings at their bounds, and what a table prints.
@Suite struct SettingsTableTests {
  private let table = SettingsTable(
    program: "aws-api", summary: "Serves.", subcommands: ["initialize", "check"],
    rows: [
      Setting("listen", .address, repeatable: true, default: "a:1,b:2", "where"),
      Setting("on", .toggle, default: "true", "whether"), Setting("off", .toggle, "whether"),
      Setting("count", .integer(-1...10), "how many"),
      Setting("level", .choice(["info", "error"]), default: "info", "how much"),
      Setting("time", .duration, variable: false, "how long"),
      Setting("name", placeholder: "N", "what"), Setting("url", .form(.host), "where to"),
    ])

  private func parse(_ words: [String], _ variables: [ByteText: String] = [:]) throws -> Settings {
    try table.parse(words, environment: ProcessEnvironment(variables))
  }

  private func reason(_ words: [String], _ variables: [ByteText: String] = [:]) -> String? {
    #expect(throws: UsageError.self) { try parse(words, variables) }?.description
  }

  @Test("a toggle is on by its name, and on or off by a value or its variable")
  func toggles() throws {
    #expect(try parse([]).isOn("on") && !parse([]).isOn("off"))
    #expect(try parse(["--off"]).isOn("off") && parse(["--off=true"]).isOn("off"))
    #expect(try !parse(["--on=false"]).isOn("on"))
    #expect(try !parse([], ["PODID_AWS_API_ON": "false"]).isOn("on"))
    #expect(try parse(["--off", "check"]).subcommand == "check")
    #expect(
      reason(["--on=yes"])
        == "aws-api: --on must be true or false, not \"yes\"; see aws-api --help")
  }

  @Test(
    "whole numbers are of their range, bounds included", arguments: ["-1", "0", "10", "007"])
  func numbers(text: String) throws {
    #expect(try parse(["--count", text]).string("count") == text)
  }

  @Test("others are refused", arguments: ["-2", "11", "+1", "1.0", "", "1e1", "٣", "0x1"])
  func badNumbers(text: String) { #expect(reason(["--count=" + text]) != nil) }

  @Test("values are those of the flag, the variable or the default, split where they are several")
  func values() throws {
    let settings = try parse(
      ["--listen", "c:3,d:4", "--name", "x,y"].map { $0.replacing(",d:4", with: "") })
    #expect(settings.strings("listen") == ["c:3"] && settings.string("name") == "x,y")
    #expect(settings.isGiven("listen") && !settings.isGiven("level"))
    let none = try parse([])
    #expect(none.strings("listen") == ["a:1", "b:2"] && none.strings("name") == [])
    #expect(none.string("level") == "info" && none.strings("nosuch") == [])
    #expect(
      none.addresses("listen") == [HostPort(host: "a", port: 1), HostPort(host: "b", port: 2)])
    #expect(none.address("listen") == HostPort(host: "a", port: 1))
    #expect(none.duration("time") == nil)
    let variables: [ByteText: String] = [
      "PODID_AWS_API_LISTEN": "e:5,f:6", "PODID_AWS_API_NAME": "x,y",
    ]
    #expect(try parse([], variables).strings("listen") == ["e:5", "f:6"])
    #expect(try parse([], variables).strings("name") == ["x,y"])
    // A row without a variable has none.
    #expect(try !parse([], ["PODID_AWS_API_TIME": "nonsense"]).isGiven("time"))
    #expect(try parse(["--name=a=b"]).string("name") == "a=b")
  }

  @Test("words that do not fit are named")
  func words() {
    let help = "; see aws-api --help"
    for (words, text) in [
      (["check", "initialize"], "unexpected argument initialize"),
      (["check", "check"], "unexpected argument check"), (["-on"], "unexpected argument -on"),
      (["--nosuch=1"], "unknown flag --nosuch"), (["--name"], "--name needs a value (N)"),
      (["--name="], "--name must not be empty, not \"\""),
      (["--time", "x"], "--time must be a duration such as 90s, 15m or 6h, not \"x\""),
      (["--level", "Info"], "--level must be one of info, error, not \"Info\""),
    ] {
      #expect(reason(words) == "aws-api: \(text)\(help)")
    }
    #expect(
      reason([], ["PODID_AWS_API_LISTEN": "a:1,b"])
        == "aws-api: PODID_AWS_API_LISTEN must be HOST:PORT, not \"b\"\(help)")
  }

  @Test("the help names each flag with its value, default and variable")
  func help() {
    #expect(
      table.help
        == """
        aws-api: Serves.

        Usage: aws-api [initialize|check] [FLAGS]

          --listen HOST:PORT (repeatable)
              where (default a:1,b:2) [PODID_AWS_API_LISTEN]
          --on
              whether (default true) [PODID_AWS_API_ON]
          --off
              whether [PODID_AWS_API_OFF]
          --count N
              how many [PODID_AWS_API_COUNT]
          --level info|error
              how much (default info) [PODID_AWS_API_LEVEL]
          --time DURATION
              how long
          --name N
              what [PODID_AWS_API_NAME]
          --url NAME
              where to [PODID_AWS_API_URL]

        """)
    let plain = SettingsTable(program: "p", summary: "S.", rows: [])
    #expect(plain.help == "p: S.\n\nUsage: p [FLAGS]\n\n")
  }

  @Test("the table of the README has a row for each flag")
  func markdown() {
    let lines = table.markdown.split(separator: "\n")
    #expect(lines.count == 10)
    #expect(
      lines[2]
        == "| `--listen HOST:PORT` (repeatable) | `PODID_AWS_API_LISTEN` | `a:1,b:2` | where |")
    #expect(lines[3] == "| `--on` | `PODID_AWS_API_ON` | `true` | whether |")
    #expect(lines[6] == "| `--level info\\|error` | `PODID_AWS_API_LEVEL` | `info` | how much |")
    #expect(lines[7] == "| `--time DURATION` | - | - | how long |")
  }

  @Test("a form judges values by itself or together, and an empty one is none for any")
  func forms() {
    let form = SettingForm("X", "must be x") { $0 == "x" }
    #expect(form.objection(["x", "x"]) == nil && form.objection([]) == nil)
    #expect(form.objection(["x", "y", "z"]) == "must be x, not \"y\"")
    #expect(
      reason(["--url="]) == "aws-api: --url must not be empty, not \"\"; see aws-api --help")
    for (host, isOne) in [
      ("*.a", true), ("_a", true), ("-a", false), (".a", false), ("*.", false), ("a_-.", true),
    ] {
      #expect((SettingForm.host.objection([host]) == nil) == isOne, "\(host)")
    }
  }
}

@Suite struct HostPortTests {
  @Test(
    "places are written as they are read, IPv6 in brackets",
    arguments: [
      ("a:1", "a", 1), ("[::1]:80", "::1", 80), ("a:0", "a", 0),
      ("1.2.3.4:65535", "1.2.3.4", 65535),
    ]
      as [(String, String, UInt16)])
  func texts(text: String, host: String, port: UInt16) {
    let place = HostPort(text)
    #expect(place?.host == host && place?.port == port && place?.text == text)
    #expect(place?.urlHost == (host == "::1" ? "[::1]" : host))
    #expect(HostPort(host: host, port: port) == place)
    #expect(
      HostPort(host: host, port: port &+ 1) != place && HostPort(host: "b", port: port) != place)
  }

  @Test(
    "which hosts are this machine's",
    arguments: [
      ("localhost", true), ("::1", true), ("127.0.0.1", true), ("127.9.9.9", true),
      ("128.0.0.1", false),
      ("127.a", false), ("127.0.0.1.evil", false), ("::2", false), ("Localhost", false),
      ("12.7.0.1", false),
    ])
  func loopback(host: String, isLoopback: Bool) {
    #expect(HostPort(host: host, port: 1).isLoopback == isLoopback)
  }
}
