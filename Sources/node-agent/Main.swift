import Glibc
import NodeAgent

/// The program node-agent.
@main
enum Main {
  // Not exit(3): its handlers would take OpenSSL away from threads that still work.
  static func main() async { _exit(await NodeAgentMain.run()) }
}
