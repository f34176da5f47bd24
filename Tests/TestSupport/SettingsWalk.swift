import JSON
package import Platform

/// Gives every setting of a server wrong values, by its flag and by its variable.
package struct SettingsWalk {
  private let table: SettingsTable
  private let free: Set<String>

  /// A walk through a table; `free` are the flags that take any text, such as paths.
  package init(_ table: SettingsTable, free: Set<String>) {
    self.table = table
    self.free = free
  }

  /// What is wrong with the table; empty where every wrong value is refused in one clear line.
  package func problems() -> [String] {
    var found = table.rows.flatMap { row in
      defaultProblems(row) + wrongValues(of: row).flatMap { problems(row, value: $0) }
    }
    for row in table.rows {
      if case .text = row.kind, !free.contains(row.flag) {
        found.append("--\(row.flag) takes any text")
      }
    }
    return found
  }

  private func defaultProblems(_ row: Setting) -> [String] {
    guard let fallback = row.fallback else { return [] }
    return refusal(["--\(row.flag)", fallback]).map { ["its own default is refused: \($0)"] } ?? []
  }

  private func problems(_ row: Setting, value: String) -> [String] {
    var found = problems(refusal(["--\(row.flag)=\(value)"]), of: "--\(row.flag)", value)
    if row.hasVariable, !value.isEmpty {
      let name = table.variable(of: row)
      found += problems(refusal([], variables: [name.bytes: value]), of: name, value)
    }
    return found
  }

  private func problems(_ line: String?, of name: String, _ value: String) -> [String] {
    guard let line else { return ["\(name) takes \"\(value)\""] }
    // The end names the flag that shows the help.
    let words = line.bytes.cut(at: ";").0.bytes.split(separator: " ").map(String.init)
    let isClear =
      line.bytes.hasPrefix("\(table.program): \(name) ".bytes) && !line.bytes.contains("\n")
      && words.count { $0.bytes == name.bytes } == 1
      && words.count { $0.bytes == "\(table.program):".bytes } == 1
    return isClear ? [] : ["\(name) with \"\(value)\" is refused as: \(line)"]
  }

  private func refusal(_ flags: [String], variables: [ByteText: String] = [:]) -> String? {
    do throws(UsageError) {
      _ = try table.parse(flags, environment: ProcessEnvironment(variables))
      return nil
    } catch { return error.description }
  }

  private func wrongValues(of row: Setting) -> [String] {
    switch row.kind {
    case .text: [""]
    case .toggle: ["maybe", "TRUE"]
    case .integer(let range):
      ["", "x", "1.5", "+1", "\(range.lowerBound - 1)", "\(range.upperBound + 1)"]
    case .duration: ["", "5x", "-1s", "soon"]
    case .address: ["", "x", "x:y", ":80", "x:65536", "x/y:1"]
    case .choice: ["", "nosuch", "é"]
    case .form: ["", "../x y", "é", "-", "a\u{7F}", "http://", "ftp://x", "a;b"]
    }
  }
}
