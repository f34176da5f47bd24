import AWSDoor
import AWSTestSupport
import HTTP
import IAMPolicy
import JSON
import PodIdentity
import Testing

@testable import AWSAPI

/// The table of services.
@Suite struct ServicesTests {
  @Test("a service names the operations that its form has")
  func operations() async throws {
    let served = try await AWSStack().services.served
    #expect(served.map(\.service.signingName) == Services.all.map(\.signingName))
    for served in served {
      #expect(served.service.operations == served.form.operations, "\(served.service.signingName)")
    }
  }

  @Test("podid and its console know the operations that there are, and no others")
  func vocabulary() {
    #expect(Services.all.map(\.signingName) == AWSOperations.all.map(\.service))
    for service in Services.all {
      let listed = AWSOperations.of(service.signingName)?.operations
      #expect(service.operations.sorted() == listed, "\(service.signingName)")
    }
  }

  @Test(
    "a service declares the condition keys that its requests have",
    arguments: [
      ("sts", []),
      ("iam", ["aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys", "iam:ResourceTag/"]),
      ("eks", ["aws:ResourceTag/", "iam:PassedToService"]),
      (
        "eks-auth",
        [
          "aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys", "sts:ExternalId",
          "sts:RoleSessionName", "sts:TransitiveTagKeys",
        ]
      ),
      (
        "s3",
        [
          "s3:ResourceAccount", "s3:authType", "s3:delimiter", "s3:max-keys", "s3:prefix",
          "s3:signatureAge", "s3:signatureversion",
        ]
      ),
    ])
  func conditionKeys(name: String, keys: [String]) throws {
    let service = try #require(Services.all.first { $0.signingName == name })
    let declared = service.conditionKeys.all
    #expect(declared.map(\.name).filter { !$0.hasPrefix("s3:x-amz-") }.sorted() == keys)
    for key in declared {
      // podid evaluates policies by AWS's list alone.
      #expect(PolicyContext().isMultivalued(key.name) == key.isMultivalued, "\(key.name)")
    }
  }

  @Test("every service's signature leads to it, and another's is told which there are")
  func services() async throws {
    let stack = try await AWSStack()
    for service in Services.all {
      let answer = await stack.send(service.signingName, "GET", "/clusters")
      #expect(!answer.text.contains("No service"), "\(service.signingName)")
    }
    let answer = await stack.send("sqs", "POST", "/", body: Array("{}".utf8))
    #expect(
      answer.failure
        == Failure(
          404, "UnknownOperationException",
          "No service sqs answers here; this address has sts, iam, eks, eks-auth and s3."))
    #expect(stack.lastEvent?["operation"] == "unknown")
    #expect(stack.lastEvent?["outcome"] == "UnknownOperationException")
    let form = await stack.send(
      "sns", "POST", "/", headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: Array("Action=X".utf8))
    #expect(form.element("Code") == "UnknownOperationException")
    for (name, isXML) in [("route53", true), ("cloudfront", true), ("lambda", false)] {
      let body = await stack.send(name, "GET", "/").text
      #expect(body.hasPrefix(isXML ? "<ErrorResponse" : "{"), "\(name)")
      #expect(body.contains("UnknownOperationException"))
    }
  }
}
