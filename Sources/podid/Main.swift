import Glibc
import PodIdentityCLI

/// The program podid.
@main
enum Main {
  // Not exit(3): its handlers would take OpenSSL away from threads that still work.
  static func main() async { _exit(await PodIdentityCLI.run()) }
}
