import NodeAgent
import Platform

/// The program node-agent.
@main
enum Main {
  static func main() {
    Program.run(answer: NodeAgentMain.answer) { await NodeAgentMain.run() }
  }
}
