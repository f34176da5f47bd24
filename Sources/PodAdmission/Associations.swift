/// Where associations are kept: EKS, or a table of a test.
package protocol Associations: Sendable {
  /// Every association of the cluster.
  func list() async throws(AssociationsAPI.Failure) -> [PodIdentityAssociation]
  /// The associations of one account.
  func list(
    namespace: String, account: String
  ) async throws(AssociationsAPI.Failure) -> [PodIdentityAssociation]
  /// One association, with its role.
  func describe(id: String) async throws(AssociationsAPI.Failure) -> PodIdentityAssociation
  /// Makes an association that belongs to `ownerARN`.
  func create(
    namespace: String, account: String, roleARN: String, ownerARN: String
  ) async throws(AssociationsAPI.Failure) -> PodIdentityAssociation
  /// Gives an association another role.
  func update(
    id: String, roleARN: String
  ) async throws(AssociationsAPI.Failure) -> PodIdentityAssociation
  /// Removes an association.
  func delete(id: String) async throws(AssociationsAPI.Failure)
}
