import AWSAPI
import Glibc

/// The program aws-api.
@main
enum Main {
  static func main() async { exit(await AWSAPIMain.run()) }
}
