import JSON

/// The variables of AWS in a pod's env: which of them lead SDKs nowhere.
///
/// There are hundreds, and every SDK adds some by which it asks other hosts, sends files or runs
/// programs; so what is known to do none of it is taken, and nothing else that begins with `AWS_`.
package struct AWSVariables {
  /// The addresses that stand for the node's agent.
  private static let agents = [
    "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
  ]
  /// Whether a path of this machine is one of the pod's own files.
  let mounted: (String) -> Bool

  /// Whether a variable leads an AWS SDK to another address, to a file of this machine, or to what
  /// nobody knows.
  func misleads(_ name: String, _ value: String) -> Bool {
    let text = VariableNames.folded(name)
    guard text.hasPrefix("AWS_") else { return false }
    switch text {
    // What an SDK finds in them it sends as it stands in the file.
    case "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE":
      return !mounted(value)
    case "AWS_CONTAINER_CREDENTIALS_FULL_URI": return !Self.agents.contains(value.bytes)
    default: return !Self.harmless.contains(text)
    }
  }

  /// Whether a variable, whatever its value, has SDKs call another address than this stack's.
  package static func leadsElsewhere(_ name: String) -> Bool {
    name.bytes.hasPrefix("AWS_ENDPOINT_URL")
      || [
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
      ].contains(name.bytes)
  }

  /// Regions, retries, a pod's own keys and role, and names of resources as apps are told them.
  private static let harmless = VariableNames(
    """
    AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN \
    AWS_SECURITY_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_CREDENTIAL_SCOPE AWS_ROLE_ARN \
    AWS_ROLE_SESSION_NAME AWS_ACCOUNT_ID AWS_ACCOUNT_ID_ENDPOINT_MODE AWS_PARTITION \
    AWS_MAX_ATTEMPTS AWS_RETRY_MODE AWS_DEFAULTS_MODE AWS_DEFAULT_OUTPUT AWS_EXECUTION_ENV \
    AWS_SDK_LOAD_CONFIG AWS_SDK_UA_APP_ID AWS_STS_REGIONAL_ENDPOINTS \
    AWS_S3_US_EAST_1_REGIONAL_ENDPOINT AWS_S3_USE_ARN_REGION \
    AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS AWS_S3_DISABLE_EXPRESS_SESSION_AUTH \
    AWS_REQUEST_CHECKSUM_CALCULATION AWS_RESPONSE_CHECKSUM_VALIDATION \
    AWS_DISABLE_REQUEST_COMPRESSION AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES
    """,
    """
    AWS_EC2_METADATA_DISABLED AWS_EC2_METADATA_V1_DISABLED AWS_METADATA_SERVICE_TIMEOUT \
    AWS_METADATA_SERVICE_NUM_ATTEMPTS AWS_ENABLE_ENDPOINT_DISCOVERY AWS_SIGV4A_SIGNING_REGION_SET \
    AWS_AUTH_SCHEME_PREFERENCE AWS_BEDROCK_MODEL_ID AWS_NODEJS_CONNECTION_REUSE_ENABLED \
    AWS_CLI_AUTO_PROMPT AWS_CLI_FILE_ENCODING AWS_XRAY_CONTEXT_MISSING AWS_XRAY_TRACING_NAME \
    AWS_XRAY_SDK_ENABLED AWS_ALLOW_HTTP *_BUCKET *_BUCKET_NAME *_REGION *_REGION_NAME *_TABLE \
    *_TABLE_NAME *_QUEUE_NAME *_STREAM_NAME *_TOPIC_ARN *_SECRET_NAME *_KMS_KEY_ID
    """)
}
