import AWSAPI
import Platform

/// The program aws-api.
@main
enum Main {
  static func main() { Program.run { await AWSAPIMain.run() } }
}
