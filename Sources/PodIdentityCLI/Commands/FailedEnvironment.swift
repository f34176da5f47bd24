import Glibc
import JSON
import Platform
import PodIdentity

/// What `podid env` prints for a shell where it fails.
///
/// `eval "$(podid env)"` of a guide or a script is followed by commands that are meant for the stack.
/// Without one they would reach the user's own AWS account and cluster, so they are led nowhere.
enum FailedEnvironment {
  /// Nothing listens at tcpmux's port; the path says in an SDK's error where that comes from.
  private static let nowhere = "http://127.0.0.1:1/podid-env-failed"
  private static let key = "podid-env-failed"
  /// A file below what is no folder: a missing one would lead kubectl to localhost:8080.
  private static let kubeconfig = "/dev/null/podid-env-failed"

  private static let variables = [
    ("AWS_ENDPOINT_URL", nowhere), ("AWS_ENDPOINT_URL_S3", nowhere), ("AWS_ACCESS_KEY_ID", key),
    ("AWS_SECRET_ACCESS_KEY", key), ("AWS_REGION", StackDefaults.region),
    ("AWS_DEFAULT_REGION", StackDefaults.region), ("AWS_MAX_ATTEMPTS", "1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_CONFIG_FILE", "/dev/null"), ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ("KUBECONFIG", kubeconfig),
  ]

  /// Whether these words of a command line ask for variables in the form of a shell.
  static func isMeant(_ words: [String]) -> Bool {
    words.first?.bytes == "env" && !words.contains("--delete".bytes)
      && !words.contains("--unset".bytes)
      && !words.contains {
        ["dotenv", "json", "--format=dotenv", "--format=json"].contains($0.bytes)
      }
  }

  /// Prints it, if these words of the command line ask for variables in the form of a shell.
  static func tell(_ words: [String]) {
    guard isMeant(words) else { return }
    // Nobody's shell reads what a person sees.
    guard isatty(1) == 0 else { return }
    let told = EnvironmentText.shellWord(
      "podid: kubectl and the AWS CLI lead nowhere in this shell until podid env works, or "
        + "eval \"$(podid env --unset)\"")
    let text = ShellTake(ProcessEnvironment.current()).text(variables)
    StandardStreams.write(data: "\(text)\necho \(told) >&2\nfalse")
  }
}
