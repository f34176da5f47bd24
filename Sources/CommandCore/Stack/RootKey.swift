import AWSWire
import JSON
import Platform

extension AccessKeyFile {
  /// Where aws-api keeps the root's key, if that is random.
  static func ofRoot(state: String) -> AccessKeyFile {
    AccessKeyFile(of: "root", in: "\(state)/aws-api")
  }
}

extension StackInfo {
  /// The stack with the root's key of this moment, after a reset renewed it; a stack file is
  /// written anew.
  package func withRenewedKey(_ context: CommandContext) throws -> StackInfo {
    guard isOwn else { return try context.stack() }
    guard accessKeyID.bytes != "test" else { return self }
    let key = try AccessKeyFile.ofRoot(state: state).read()
    guard var content = json.object, var aws = json["aws"]?.object else { return self }
    aws["accessKeyId"] = .string(key.accessKeyID)
    aws["secretAccessKey"] = .string(key.secretAccessKey)
    content["aws"] = .object(aws)
    var renewed = try StackInfo(json: .object(content), path: path)
    if let entry {
      renewed.entry = try StackRegister(context.environment).renew(entry, bytes: renewed.fileBytes)
    }
    try SafeFile.write(renewed.fileBytes, to: path)
    return renewed
  }
}
