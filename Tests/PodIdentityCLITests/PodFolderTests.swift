import Glibc
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// The folder that `podid pod` holds, and what its health check says.
@Suite struct PodFolderTests {
  @Test("what there is to say of a folder follows what its holder does")
  func problems() throws {
    let folder = PodFolder(path: Scratch.path())
    #expect(folder.problem() == "there is no folder \(folder.path)")
    #expect(FolderLock.isHeld(folder.path) == nil)
    var lock: FolderLock? = try folder.lock()
    #expect(FolderLock.isHeld(folder.path) == true)
    #expect(folder.problem() == "the pod of \(folder.path) is not Ready")
    folder.setReason("the cluster is away")
    #expect(folder.problem() == "the cluster is away")
    try folder.setReady(namespace: "n", name: "p", uid: "u", note: "no identity")
    #expect(folder.problem() == nil && folder.note() == "no identity")
    folder.setNotReady()
    // What was wrong before it was Ready is no reason any more.
    #expect(folder.problem() == "the pod of \(folder.path) is not Ready")
    #expect(folder.note() == nil)
    withExtendedLifetime(lock) {}
    lock = nil
    #expect(FolderLock.isHeld(folder.path) == false)
    #expect(folder.problem() == "nobody holds a pod into \(folder.path)")
  }

  @Test("one holds it at a time, and the next begins with nothing said")
  func exclusive() throws {
    let folder = PodFolder(path: Scratch.path())
    var first: FolderLock? = try folder.lock()
    try folder.setReady(namespace: "n", name: "p", uid: "u", note: nil)
    #expect(folder.note() == nil)
    let error = #expect(throws: CommandFailure.self) { try folder.lock() }
    #expect(error?.description == "\(folder.path): another podid pod writes there")
    // Who holds it goes on being Ready.
    #expect(folder.problem() == nil)
    withExtendedLifetime(first) {}
    first = nil
    let second = try folder.lock()
    #expect(folder.problem() == "the pod of \(folder.path) is not Ready")
    withExtendedLifetime(second) {}
  }

  @Test("what is no folder, or a link to one, is not held")
  func links() throws {
    let (folder, link) = (try Scratch.folder(), Scratch.path())
    #expect(symlink(folder, link) == 0)
    let error = #expect(throws: CommandFailure.self) {
      try FolderLock(path: link, meaning: "taken")
    }
    #expect(error?.description == "\(link): a symbolic link, which is not followed")
    #expect(throws: CommandFailure.self) {
      try FolderLock(path: Scratch.path(), meaning: "taken")
    }
  }

  @Test("a pod without an identity is said to be one")
  func note() throws {
    let account = try AccountName("n/a")
    let identity: JSON = ["spec": ["volumes": [["name": "eks-pod-identity-token"]]]]
    #expect(PodHolder.note(of: identity, account) == nil)
    #expect(
      PodHolder.note(of: [:], account)
        == "n/a has neither an association nor the annotation, so this pod gets no AWS "
        + "credentials; podid explain --service-account n/a tells more, and a new pod is needed "
        + "afterwards")
  }

  @Test("a pod is gone when it is listed no more, removed, or another has its name")
  func gone() {
    func pod(_ uid: String) -> JSON { ["metadata": ["uid": .string(uid)]] }
    for (event, isGone) in [
      (WatchEvent.listed([pod("x"), pod("u")]), false), (.listed([pod("x")]), true),
      (.listed([]), true), (.set(pod("u")), false), (.set(pod("x")), true),
      (.removed(pod("u")), true), (.removed(pod("x")), false),
    ] { #expect(PodHolder.isGone("u", by: event) == isGone, "\(event)") }
  }
}
