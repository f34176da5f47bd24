import Platform
import PodIdentityCLI

/// The program podid.
@main
enum Main {
  static func main() {
    Program.run(answer: PodIdentityCLI.answer) { await PodIdentityCLI.run() }
  }
}
