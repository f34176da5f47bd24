package import JSON

/// A stack file with the least that podid reads.
package enum SampleStack {
  package static let json: JSON = [
    "version": 1, "adminToken": "t", "region": "us-east-1", "state": "/s",
    "kubernetes": ["kubeconfig": "/k"], "aws": ["url": "http://a"], "s3": ["url": "http://s"],
    "agent": ["url": "http://127.0.0.1:1/v1/credentials"],
  ]
}
