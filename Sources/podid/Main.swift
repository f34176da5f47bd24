import Glibc
import PodIdentityCLI

/// The program podid.
@main
enum Main {
  static func main() async { exit(await PodIdentityCLI.run()) }
}
