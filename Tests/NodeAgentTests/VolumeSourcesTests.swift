import JSON
import Platform
import Testing

@testable import Kubelet

/// What the volumes of a pod are made of.
@Suite(.timeLimit(.minutes(10))) struct VolumeSourcesTests {
  private static let map = "/api/v1/namespaces/n/configmaps/m"
  private static let secret = "/api/v1/namespaces/n/secrets/s"
  private static let token = "POST /api/v1/namespaces/n/serviceaccounts/a/token"
  private static let expires = Instant(seconds: 1_800_000_000)

  private static let answers: [String: TestAPI.Answer] = [
    "GET \(map)": (200, ["data": ["k": "text", "j": "x"], "binaryData": ["b": "AQI="]]),
    "GET \(secret)": (200, ["data": ["k": "aGk=", "bad": "?"]]),
    token: (
      201,
      ["status": ["token": "t0", "expirationTimestamp": .string(expires.rfc3339)]]
    ),
  ]

  private static let pod: JSON = [
    "metadata": ["name": "p", "namespace": "n", "uid": "u", "labels": ["app": "x"]],
    "spec": ["serviceAccountName": "a"],
  ]

  /// The files of a volume as `path mode text`, or why it has none.
  private func files(
    _ volume: JSON, _ answers: [String: TestAPI.Answer] = answers
  ) async throws -> (files: [String]?, failure: String?, content: VolumeSources.Content?) {
    let api = try TestAPI(answers)
    let sources = VolumeSources(client: try api.client(), pod: Self.pod)
    var content: VolumeSources.Content?
    var failure: String?
    do throws(VolumeFailure) {
      content = try await sources.content(of: volume, room: 100)
    } catch { failure = error.description }
    await api.stop()
    let files = content?.files.map {
      "\($0.path) \(String($0.mode, radix: 8)) \(String(decoding: $0.bytes, as: UTF8.self))"
    }
    return (files, failure, content)
  }

  @Test(
    "ConfigMaps, Secrets and fields, whole or by items, each with its mode",
    arguments: [
      (["configMap": ["name": "m"]], ["b 644 \u{1}\u{2}", "j 644 x", "k 644 text"]),
      (["configMap": ["name": "m", "items": []]], ["b 644 \u{1}\u{2}", "j 644 x", "k 644 text"]),
      (
        [
          "configMap": [
            "name": "m", "defaultMode": 0o400,
            "items": [["key": "k", "path": "a/k"], ["key": "j", "path": "j", "mode": 0o777]],
          ]
        ], ["a/k 400 text", "j 777 x"]
      ),
      (["secret": ["secretName": "s"]], ["bad 644 ", "k 644 hi"]),
      (["secret": ["secretName": "s", "items": [["key": "k", "path": "f"]]]], ["f 644 hi"]),
      (
        [
          "downwardAPI": [
            "defaultMode": 0o440,
            "items": [
              ["path": "n", "fieldRef": ["fieldPath": "metadata.name"]],
              ["path": "l", "fieldRef": ["fieldPath": "metadata.labels['app']"], "mode": 0o600],
            ],
          ]
        ], ["n 440 p", "l 600 x"]
      ),
      (
        [
          "projected": [
            "defaultMode": 0o444,
            "sources": [
              ["serviceAccountToken": ["path": "t"]],
              [
                "secret": [
                  "name": "s",
                  "items": [
                    ["key": "k", "path": "k", "mode": 0]
                  ],
                ]
              ], ["configMap": ["name": "m", "items": [["key": "j", "path": "j"]]]],
              [
                "downwardAPI": [
                  "items": [
                    ["path": "u", "fieldRef": ["fieldPath": "metadata.uid"]]
                  ]
                ]
              ],
            ],
          ]
        ], ["t 444 t0", "k 0 hi", "j 444 x", "u 444 u"]
      ),
      // A mode that is none counts as not given.
      (
        ["configMap": ["name": "m", "defaultMode": 0o1000, "items": [["key": "j", "path": "j"]]]],
        ["j 644 x"]
      ),
      (["emptyDir": [:]], []), (["hostPath": ["path": "/"]], nil),
      // What may be missing is.
      (["configMap": ["name": "nosuch", "optional": true]], []),
      (
        [
          "configMap": [
            "name": "m", "optional": true,
            "items": [
              ["key": "x", "path": "x"], ["key": "j", "path": "j"],
            ],
          ]
        ], ["j 644 x"]
      ),
    ] as [(JSON, [String]?)])
  func files(volume: JSON, files: [String]?) async throws {
    let found = try await self.files(volume)
    #expect(found.files == files && found.failure == nil)
  }

  @Test(
    "what is missing, nameless or too much keeps the volume away",
    arguments: [
      (
        ["configMap": ["name": "nosuch"]],
        #"configmaps "nosuch": /api/v1/namespaces/n/configmaps/nosuch not found"#
      ),
      (["secret": ["name": "s"]], "a source of secrets has no name"),
      (
        ["configMap": ["name": "m", "items": [["key": "x", "path": "x"]]]],
        #"configmaps "m" references non-existent config key: x"#
      ),
      (
        ["downwardAPI": ["items": [["path": "x", "fieldRef": ["fieldPath": "spec.x"]]]]],
        "downwardAPI item x names no field of the pod"
      ),
    ] as [(JSON, String)])
  func failures(volume: JSON, message: String) async throws {
    #expect(try await files(volume).failure == message)
  }

  @Test("an optional ConfigMap that cannot be read keeps the volume away")
  func optional() async throws {
    var answers = Self.answers
    answers["GET \(Self.map)"] = (403, ["kind": "Status", "message": "no"])
    let found = try await files(["configMap": ["name": "m", "optional": true]], answers)
    #expect(found.failure == #"configmaps "m": no"#)
  }

  @Test("the files together have no more bytes than there is room for", arguments: [50, 51])
  func room(size: Int) async throws {
    var answers = Self.answers
    let text = JSON.string(String(repeating: "x", count: size))
    answers["GET \(Self.map)"] = (200, ["data": ["a": text, "b": text]])
    let found = try await files(["configMap": ["name": "m"]], answers)
    #expect(found.failure == (size == 50 ? nil : VolumeSources.tooLarge.description))
    if size == 50 { #expect(found.content?.size == 100) }
  }

  @Test("what can change is looked at again, what cannot is not")
  func live() async throws {
    func isLive(_ volume: JSON) async throws -> Bool? {
      try await files(volume).content?.isLive
    }
    #expect(try await isLive(["configMap": ["name": "m"]]) == true)
    #expect(try await isLive(["projected": ["sources": [["secret": ["name": "s"]]]]]) == true)
    #expect(try await isLive(["downwardAPI": ["items": []]]) == false)
    let token = try await files(["projected": ["sources": [["serviceAccountToken": [:]]]]])
    #expect(token.content?.isLive == false && token.content?.expires == Self.expires)
    #expect(token.files == ["token 644 t0"])
  }

  @Test("a token is asked for as the volume says, bound to the pod")
  func tokens() async throws {
    let api = try TestAPI(Self.answers)
    let sources = VolumeSources(client: try api.client(), pod: Self.pod)
    let volume: JSON = [
      "projected": [
        "sources": [
          ["serviceAccountToken": ["audience": "x", "expirationSeconds": 700]],
          ["serviceAccountToken": ["audience": ""]],
        ]
      ]
    ]
    _ = try await sources.content(of: volume, room: 100)
    await api.stop()
    let asked = api.bodies(Self.token).compactMap { $0["spec"] }
    let bound: JSON = ["kind": "Pod", "apiVersion": "v1", "name": "p", "uid": "u"]
    #expect(
      asked == [
        ["expirationSeconds": 700, "boundObjectRef": bound, "audiences": ["x"]],
        ["expirationSeconds": 3600, "boundObjectRef": bound],
      ])
    let refused = try await files(
      volume, [Self.token: (403, ["kind": "Status", "message": "not yours"])])
    #expect(refused.failure == "no token for n/a: not yours")
  }
}
