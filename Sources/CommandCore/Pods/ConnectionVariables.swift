import JSON

/// The names of variables that tell programs whom to connect to in place of the host that they ask
/// for, which answer to believe, and whose certificates to trust.
///
/// By them a manifest would see, and answer, what programs on this machine say to anybody.
enum ConnectionVariables {
  /// Whether a variable of this name leads a common program's connections.
  static func isOne(_ name: String) -> Bool {
    let text = VariableNames.folded(name)
    return !harmless.contains(text) && kinds.contains { $0.contains(text) }
  }

  private static let kinds = [proxies, trust, resolver, downloads, identity]

  /// What apps call the switch by which they believe a proxy in front of them.
  private static let harmless = VariableNames(
    "TRUST_PROXY *_TRUST_PROXY USE_PROXY *_USE_PROXY BEHIND_PROXY *_BEHIND_PROXY ENABLE_PROXY")

  private static let proxies = VariableNames(
    """
    *_PROXY HTTPPROXY HTTPSPROXY NOPROXY *_PROXY_EXP SOCKS_SERVER SOCKS5_SERVER SOCKS4_SERVER \
    WS_PROXY_* HTTP_PROXY_* HTTPS_PROXY_* ALL_PROXY_* GSSPROXY_SOCKET CUPS_SERVER PULSE_SERVER
    """)

  /// Certificates, what does without them, and files that hold the keys of connections.
  private static let trust = VariableNames(
    """
    *CA_BUNDLE *SSL_CERT_FILE *SSL_CERT_DIR *_CA_CERTS *KEYLOGFILE *SSL_NO_VERIFY *_SKIP_VERIFY \
    *_REJECT_UNAUTHORIZED *_SSL_NO_REVOKE SSL_CERTS SSLCERTS CTLOG_FILE GNUTLS_* NSS_* CURL_* \
    NODE_USE_SYSTEM_CA NODE_USE_OPENSSL_CA CONSUL_HTTP_SSL_VERIFY CONSUL_CACERT CONSUL_CAPATH \
    VAULT_CACERT VAULT_CAPATH VAULT_CACERT_BYTES VAULT_TLS_SERVER_NAME NOMAD_CACERT NOMAD_CAPATH \
    LDAPTLS_* LDAPRC LDAPCONF GDAL_HTTP_UNSAFESSL GRPC_DEFAULT_SSL_ROOTS_FILE_PATH \
    GRPC_SYSTEM_SSL_ROOTS_DIR GRPC_NOT_USE_SYSTEM_SSL_ROOTS GRPC_SSL_CIPHER_SUITES \
    HEX_CACERTS_PATH HEX_UNSAFE_* FREETDS FREETDSCONF
    """)

  /// The C library's resolver, that of c-ares and gRPC's.
  private static let resolver = VariableNames(
    """
    HOSTALIASES RES_OPTIONS LOCALDOMAIN RESOLV_* CARES_HOSTS GRPC_DNS_RESOLVER GRPC_XDS_* \
    GRPC_EXPERIMENTAL* NIS_PATH NIS_GROUP NIS_DEFAULTS NETRC _NETRC *_NETRC
    """)

  /// Tools that read a file of settings for all that they fetch, and mirrors.
  private static let downloads = VariableNames(
    """
    HTTPIE_CONFIG_DIR XH_CONFIG_DIR HF_ENDPOINT HEX_MIRROR HEX_MIRROR_URL \
    HEX_REPOS_KEY CYPRESS_DOWNLOAD_MIRROR SENTRYCLI_CDNURL SASS_BINARY_SITE *_BINARY_HOST_MIRROR \
    *_DOWNLOAD_MIRROR *_INSTALL_MIRROR TF_TOKEN_* TF_HTTP_* TF_CLOUD_* TF_REGISTRY_* TF_WORKSPACE
    """)

  /// Where libraries of clouds ask who they are, and what they send there.
  private static let identity = VariableNames(
    """
    GOOGLE_APPLICATION_CREDENTIALS GCE_METADATA_* AZURE_AUTHORITY_HOST AZURE_FEDERATED_TOKEN_FILE \
    IDENTITY_ENDPOINT MSI_ENDPOINT IMDS_ENDPOINT IDENTITY_SERVER_THUMBPRINT ARM_OIDC_* \
    ARM_METADATA_* ARM_MSI_* ECS_CONTAINER_METADATA_URI* KUBERNETES_MASTER S3_ENDPOINT_URL \
    PGPASSFILE
    """)
}
