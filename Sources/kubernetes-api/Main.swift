import Glibc
import KubernetesAPI

/// The program kubernetes-api.
@main
enum Main {
  static func main() async { exit(await KubernetesAPIMain.run()) }
}
