import JSON
import Platform

extension CommandContext {
  /// The file that programs get as AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, so that they read
  /// none of the user's own: an empty one beside the kubeconfig that they are handed.
  ///
  /// Some programs, such as dvc, insist on a regular file. Where there is no private place for one, it
  /// is /dev/null.
  func emptyAWSFile(besideKubeconfig kubeconfig: String, _ stack: StackInfo) -> String {
    guard kubeconfig.bytes != stack.kubeconfig.bytes else { return "/dev/null" }
    let path = "\(StackFile.folder(of: kubeconfig))/no-aws-config"
    // What a program wrote into it is not for the next one.
    if let found = try? SafeFile.readOwn(path, limit: 1), found.bytes.isEmpty,
      found.mode & 0o077 == 0
    {
      return path
    }
    do {
      try SafeFile.write([], to: path, isSynced: false)
      return path
    } catch { return "/dev/null" }
  }
}
