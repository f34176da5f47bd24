import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Bodies that kubectl 1.33.1 sent, recorded 2026-11-24 with a stand-in server.
@Suite struct ProtobufGoldenTests {
  @Test("reads what kubectl 1.33 sends", arguments: bodies)
  func recorded(hex: String, expected: String) throws {
    let body = try #require(Hex.decode(hex))
    #expect(try ProtobufObject.decode(body) == JSON.parse(expected))
  }

  private static let bodies: [(String, String)] = [
    (
      "6b3873000a140a027631120e536572766963654163636f756e7412250a230a0c7333"
        + "2d7265616465722d736112001a0764656661756c7422002a003200380042001a0022"
        + "00",
      #"""
      {"kind":"ServiceAccount","apiVersion":"v1","metadata":{"name":"s3-reader-sa",
      "namespace":"default"}}
      """#
    ),
    (
      "6b3873000a280a1861757468656e7469636174696f6e2e6b38732e696f2f7631120c"
        + "546f6b656e52657175657374126a0a100a0012001a0022002a003200380042001250"
        + "0a16706f64732e656b732e616d617a6f6e6177732e636f6d1a330a03506f64120276"
        + "311a027031222431313131313131312d323232322d333333332d343434342d353535"
        + "35353535353535353520b0091a040a0012001a002200",
      #"""
      {"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","metadata":{},
      "spec":{"audiences":["pods.eks.amazonaws.com"],"boundObjectRef":{"kind":"Pod",
      "apiVersion":"v1","name":"p1","uid":"11111111-2222-3333-4444-555555555555"},
      "expirationSeconds":1200},"status":{}}
      """#
    ),
    (
      "6b3873000a0f0a02763112094e616d657370616365121c0a140a047465616d12001a"
        + "0022002a0032003800420012001a020a001a002200",
      #"""
      {"kind":"Namespace","apiVersion":"v1","metadata":{"name":"team"},"spec":{},
      "status":{}}
      """#
    ),
    (
      "6b3873000a0f0a0276311209436f6e6669674d6170121b0a110a016312001a002200"
        + "2a0032003800420012060a01611201621a002200",
      #"""
      {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"c"},"data":{"a":"b"}}
      """#
    ),
    (
      "6b3873000a2d0a1861757468656e7469636174696f6e2e6b38732e696f2f76311211"
        + "53656c665375626a656374526576696577121a0a100a0012001a0022002a00320038"
        + "00420012060a040a0012001a002200",
      #"""
      {"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1","metadata":{},
      "status":{"userInfo":{}}}
      """#
    ),
    (
      "6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753"
        + "656c665375626a656374416363657373526576696577123d0a100a0012001a002200"
        + "2a00320038004200121f0a1d0a0764656661756c7412046c6973741a0022002a0470"
        + "6f647332003a001a08080012001a0020001a002200",
      #"""
      {"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1",
      "metadata":{},"spec":{"resourceAttributes":{"namespace":"default","verb":"list",
      "resource":"pods"}},"status":{"allowed":false,"denied":false}}
      """#
    ),
    (
      "6b3873000a310a17617574686f72697a6174696f6e2e6b38732e696f2f7631121653"
        + "656c665375626a65637452756c657352657669657712230a100a0012001a0022002a"
        + "0032003800420012090a0764656661756c741a04180022001a002200",
      #"""
      {"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1",
      "metadata":{},"spec":{"namespace":"default"}}
      """#
    ),
    (
      "6b3873000a0c0a0276311206536563726574121d0a110a017312001a0022002a0032"
        + "003800420012060a016b1201761a001a002200",
      #"""
      {"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"},"data":{"k":"dg=="}}
      """#
    ),
    (
      "6b3873000a1f0a16636f6f7264696e6174696f6e2e6b38732e696f2f763112054c656173"
        + "65122d0a090a07656c656374656412200a026d65100f1a0908c08df6d706108827220b08"
        + "c78df6d70610959aef3a2800",
      #"""
      {"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"elected"},
      "spec":{"holderIdentity":"me","leaseDurationSeconds":15,
      "acquireTime":"2026-11-18T11:06:40.000005Z","renewTime":"2026-11-18T11:06:47.123456Z",
      "leaseTransitions":0}}
      """#
    ),
    (
      "6b3873000a320a17617574686f72697a6174696f6e2e6b38732e696f2f7631121753"
        + "656c665375626a656374416363657373526576696577122f0a100a0012001a002200"
        + "2a003200380042001211120f0a082f76657273696f6e12036765741a08080012001a"
        + "0020001a002200",
      #"""
      {"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1",
      "metadata":{},"spec":{"nonResourceAttributes":{"path":"/version","verb":"get"}},
      "status":{"allowed":false,"denied":false}}
      """#
    ),
  ]
}
