import AWSAPI
import Platform

/// The program aws-api.
@main
enum Main {
  static func main() {
    Program.run(answer: AWSAPIMain.answer) { await AWSAPIMain.run() }
  }
}
