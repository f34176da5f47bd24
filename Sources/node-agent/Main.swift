import Glibc
import NodeAgent

/// The program node-agent.
@main
enum Main {
  static func main() async { exit(await NodeAgentMain.run()) }
}
