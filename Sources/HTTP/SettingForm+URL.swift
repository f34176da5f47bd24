package import Platform

extension SettingForm {
  /// An address to call, with or without TLS.
  package static let url = SettingForm("URL", "must be an http or https URL") {
    HTTPURL($0) != nil
  }

  /// An address to call with TLS.
  package static let secureURL = SettingForm("URL", "must be an https URL") {
    HTTPURL($0)?.isSecure == true
  }
}
