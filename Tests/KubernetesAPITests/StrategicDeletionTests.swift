import JSON
import Testing

@testable import KubernetesAPI

/// What a strategic patch does beside the items that it deletes.
@Suite struct StrategicDeletionTests {
  @Test("an item that is deleted shifts none that the same patch changes")
  func places() throws {
    let pod = try JSON.parse(
      #"{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}]}}"#)
    let patch = try JSON.parse(
      #"{"spec":{"containers":[{"name":"a","$patch":"delete"},{"name":"b","image":"2"},"#
        + #"{"name":"c","$patch":"delete"},{"name":"d","image":"4"}]}}"#)
    let merged = try StrategicMergePatch(.pods).apply(patch, to: pod)
    #expect(
      merged.at("spec", "containers")
        == [["name": "b", "image": "2"], ["name": "d", "image": "4"]])
  }
}
