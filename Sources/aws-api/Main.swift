import AWSAPI
import Glibc

/// The program aws-api.
@main
enum Main {
  // Not exit(3): its handlers would take OpenSSL away from threads that still work.
  static func main() async { _exit(await AWSAPIMain.run()) }
}
