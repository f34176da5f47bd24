import JSON
import Platform

/// `node-agent initialize [--undo]`: puts the agent's two addresses on `lo`, and takes them away.
///
/// They have host scope on the loopback interface, so that nobody outside of this host or container
/// reaches them. Needs NET_ADMIN.
enum InitializeCommand {
  private static let usage = """
    Usage: node-agent initialize [--undo]
    Puts 169.254.170.23/32 and fd00:ec2::23/128 on the loopback interface (needs NET_ADMIN).
      --undo  takes them away again

    """
  /// What says that a real platform gives credentials here.
  private static let foreign = [
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "ECS_CONTAINER_METADATA_URI", "ECS_CONTAINER_METADATA_URI_V4",
  ]

  /// Does it; the exit code.
  static func run(_ arguments: [String]) -> Int32 {
    switch arguments.first?.bytes {
    case nil: return initialize()
    case "--undo" where arguments.count == 1: return undo()
    case "--help" where arguments.count == 1, "-h" where arguments.count == 1:
      StandardStreams.write(lines: usage)
      return 0
    default:
      StandardStreams.writeError(
        "node-agent initialize: unknown argument \"\(arguments.joined(separator: " "))\"")
      return 64
    }
  }

  private static func initialize() -> Int32 {
    let environment = ProcessEnvironment.current()
    if let name = foreign.first(where: { environment[$0] != nil }) {
      return fail("\(name) is set: this looks like a real AWS environment, so nothing is changed")
    }
    for address in AgentHosts.standard.map(\.string) where LinkAddresses.isPresent(address) {
      return fail("\(address) is on this host already, so nothing is changed")
    }
    do throws(FileError) {
      let link = try LinkAddresses()
      try link.add(AgentHosts.standard[0].string)
      StandardStreams.write("added 169.254.170.23/32 to lo")
      do throws(FileError) {
        try link.add(AgentHosts.standard[1].string)
        StandardStreams.write("added fd00:ec2::23/128 to lo")
      } catch {
        StandardStreams.writeError("node-agent initialize: warning: no IPv6: \(error)")
      }
      return 0
    } catch { return fail("\(error)") }
  }

  private static func undo() -> Int32 {
    do throws(FileError) {
      let link = try LinkAddresses()
      for address in AgentHosts.standard.map(\.string) where LinkAddresses.isPresent(address) {
        try link.remove(address)
        StandardStreams.write("removed \(address) from lo")
      }
      return 0
    } catch { return fail("\(error)") }
  }

  private static func fail(_ reason: String) -> Int32 {
    StandardStreams.writeError("node-agent initialize: \(reason)")
    return 1
  }
}
