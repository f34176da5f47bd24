/// The picture of who calls whom, drawn twice: for a projector, and for a phone held upright.
///
/// Arrows are named as ``ConsoleArrow`` has them, nodes as the servers are.
enum ConsoleDiagram {
  private static let title =
    "kubectl and controllers call kubernetes-api; the AWS CLI, Terraform and SDKs call aws-api, "
    + "which holds the role store. node-agent asks kubernetes-api for pods' tokens, writes them "
    + "to the app as a file, takes the app's GET of credentials, and calls AssumeRoleForPodIdentity "
    + "of aws-api. With the credentials the app calls aws-api itself."

  /// Arrow heads, in the colour of their line; each drawing needs its own while one is hidden.
  private static func tip(_ id: String) -> String {
    """
    <defs><marker id="\(id)" viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="14"
    markerHeight="14" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0 10 5 0 10Z"/></marker></defs>

    """
  }

  /// 840 by 386.
  static let wide =
    """
    <svg class="diagram wide" viewBox="0 0 840 386" role="img" aria-label="\(title)">

    """ + tip("tip-wide") + #"""
      <g class="node client" data-node="clients-kubernetes">
      <rect x="50" y="2" width="240" height="36" rx="18"/>
      <text x="170" y="26">kubectl, controllers</text></g>
      <g class="node client" data-node="clients-aws">
      <rect x="515" y="2" width="290" height="36" rx="18"/>
      <text x="660" y="26">AWS CLI, Terraform, SDKs</text></g>
      <g class="node" data-node="kubernetes-api">
      <rect x="10" y="78" width="310" height="90" rx="12"/>
      <text class="name" x="165" y="116">kubernetes-api</text>
      <text class="what" x="165" y="144">ServiceAccounts, pods, tokens</text></g>
      <g class="node" data-node="aws-api">
      <rect x="500" y="78" width="330" height="90" rx="12"/>
      <text class="name" x="590" y="116">aws-api</text>
      <text class="what" x="590" y="144">EKS Auth, STS, S3</text></g>
      <g class="node store" data-node="store">
      <path d="M722 100v46c0 16 94 16 94 0v-46"/><ellipse cx="769" cy="100" rx="47" ry="11"/>
      <text class="what" x="769" y="140">role store</text></g>
      <g class="node" data-node="node-agent">
      <rect x="10" y="222" width="690" height="76" rx="12"/>
      <text class="name" x="322" y="267">node-agent</text></g>
      <g class="node part" data-node="kubelet">
      <rect x="26" y="236" width="200" height="48" rx="8"/>
      <text x="126" y="266">kubelet</text></g>
      <g class="node part" data-node="agent">
      <rect x="418" y="236" width="266" height="48" rx="8"/>
      <text x="551" y="266">Pod Identity Agent</text></g>
      <g class="node app" data-node="app">
      <rect x="10" y="346" width="820" height="38" rx="12"/>
      <text x="420" y="371">the app: any unmodified AWS SDK</text></g>
      <g class="arrows">
      <path data-arrow="clients-kubernetes" data-to="kubernetes-api" d="M170 38V74"/>
      <path data-arrow="clients-aws" data-to="aws-api" d="M660 38V74"/>
      <path data-arrow="kubernetes-aws" data-to="aws-api" d="M320 108H496"/>
      <path data-arrow="aws-kubernetes" data-to="kubernetes-api" d="M500 150H324"/>
      <path data-arrow="kubernetes-node" data-to="kubelet" d="M76 168V232"/>
      <path data-arrow="node-kubernetes" data-to="kubernetes-api" d="M150 236V172"/>
      <path data-arrow="node-app" data-to="app" d="M126 284V342"/>
      <path data-arrow="app-node" data-to="agent" d="M551 346V288"/>
      <path data-arrow="node-aws" data-to="aws-api" d="M551 236V172"/>
      <path data-arrow="app-aws" data-to="aws-api" d="M769 346V172"/>
      <path data-arrow="aws-store" data-to="store" d="M652 110H718"/>
      </g>
      <g class="labels">
      <text x="408" y="99">associations</text><text x="412" y="141">keys only</text>
      <text class="after" x="86" y="206">pods</text>
      <text class="after" x="160" y="206">TokenRequest</text>
      <text class="after" x="136" y="328">token file</text>
      <text class="before" x="541" y="206">AssumeRoleForPodIdentity</text>
      <text class="before" x="541" y="328">GET /v1/credentials, with the token</text>
      <text class="before" x="759" y="328">signed calls</text>
      </g>
      <g class="travellers"></g>
      </svg>

      """#

  /// 343 by 420.
  static let narrow =
    """
    <svg class="diagram narrow" viewBox="0 0 343 420" role="img" aria-label="\(title)">

    """ + tip("tip-narrow") + #"""
      <g class="node client" data-node="clients-kubernetes">
      <rect x="2" y="2" width="146" height="34" rx="17"/>
      <text x="75" y="24">kubectl</text></g>
      <g class="node client" data-node="clients-aws">
      <rect x="190" y="2" width="151" height="34" rx="17"/>
      <text x="265" y="24">AWS CLI, SDKs</text></g>
      <g class="node" data-node="kubernetes-api">
      <rect x="2" y="76" width="146" height="82" rx="10"/>
      <text class="name" x="75" y="108">kubernetes-api</text>
      <text class="what" x="75" y="134">pods, tokens</text></g>
      <g class="node" data-node="aws-api">
      <rect x="190" y="76" width="151" height="82" rx="10"/>
      <text class="name" x="265" y="100">aws-api</text></g>
      <g class="node store" data-node="store">
      <path d="M262 118v25c0 11 70 11 70 0v-25"/><ellipse cx="297" cy="118" rx="35" ry="7"/>
      <text class="what" x="297" y="142">roles</text></g>
      <g class="node" data-node="node-agent">
      <rect x="2" y="222" width="300" height="86" rx="10"/>
      <text class="name" x="151" y="298">node-agent</text></g>
      <g class="node part" data-node="kubelet">
      <rect x="12" y="232" width="106" height="44" rx="7"/>
      <text x="65" y="260">kubelet</text></g>
      <g class="node part" data-node="agent">
      <rect x="146" y="232" width="146" height="44" rx="7"/>
      <text x="219" y="260">Identity Agent</text></g>
      <g class="node app" data-node="app">
      <rect x="2" y="376" width="339" height="40" rx="10"/>
      <text x="171" y="401">the app, with any AWS SDK</text></g>
      <g class="arrows">
      <path data-arrow="clients-kubernetes" data-to="kubernetes-api" d="M75 36V72"/>
      <path data-arrow="clients-aws" data-to="aws-api" d="M265 36V72"/>
      <path data-arrow="kubernetes-aws" data-to="aws-api" d="M148 104H186"/>
      <path data-arrow="aws-kubernetes" data-to="kubernetes-api" d="M190 138H152"/>
      <path data-arrow="kubernetes-node" data-to="kubelet" d="M30 158V228"/>
      <path data-arrow="node-kubernetes" data-to="kubernetes-api" d="M78 232V162"/>
      <path data-arrow="node-app" data-to="app" d="M40 276V372"/>
      <path data-arrow="app-node" data-to="agent" d="M262 376V280"/>
      <path data-arrow="node-aws" data-to="aws-api" d="M219 232V162"/>
      <path data-arrow="app-aws" data-to="aws-api" d="M325 376V162"/>
      <path data-arrow="aws-store" data-to="store" d="M216 128H258"/>
      </g>
      <g class="labels">
      <text class="after" x="86" y="184">TokenRequest</text>
      <text class="before" x="211" y="208">AssumeRole</text>
      <text class="after" x="48" y="340">token file</text>
      <text class="before" x="254" y="360">GET credentials</text>
      </g>
      <g class="travellers"></g>
      </svg>

      """#
}
