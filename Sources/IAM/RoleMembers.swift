import AWSDoor
import HTTP
import Platform

/// The wire forms of a role.
extension Role {
  /// The members that every answer has.
  var members: [(name: String, value: QueryValue?)] {
    [
      (name: "Path", value: .text(path)), (name: "RoleName", value: .text(name)),
      (name: "RoleId", value: .text(id)), (name: "Arn", value: .text(arn)),
      (name: "CreateDate", value: .text(created.rfc3339)),
      (name: "AssumeRolePolicyDocument", value: .document(trustText)),
    ]
  }

  /// As CreateRole shows it: no description, no maximum session duration.
  var newMembers: QueryValue { .structure(members + [tagMember]) }

  /// As UpdateRoleDescription shows it: as new, with the description.
  var describedMembers: QueryValue {
    .structure(
      members + [(name: "Description", value: description.map(QueryValue.text)), tagMember])
  }

  /// As ListRoles shows it: no tags.
  var listedMembers: QueryValue { .structure(members + settingMembers) }

  /// As GetRole shows it: everything, the last use being unknown.
  var allMembers: QueryValue {
    .structure(
      members + settingMembers + [tagMember, (name: "RoleLastUsed", value: .structure([]))])
  }

  private var settingMembers: [(name: String, value: QueryValue?)] {
    [
      (name: "Description", value: description.map(QueryValue.text)),
      (name: "MaxSessionDuration", value: .text("\(maxSessionSeconds)")),
    ]
  }

  private var tagMember: (name: String, value: QueryValue?) {
    (name: "Tags", value: tags.isEmpty ? nil : tags.queryList)
  }
}

extension QueryValue {
  /// A policy document: IAM percent-encodes it once before it becomes XML.
  static func document(_ text: String) -> QueryValue { .text(PercentEncoding.encode(text)) }
}

extension [ResourceTag] {
  /// The tags as IAM lists them.
  var queryList: QueryValue {
    .list(map { ["Key": .text($0.key), "Value": .text($0.value)] })
  }
}
