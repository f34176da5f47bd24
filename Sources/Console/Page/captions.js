const meanings = {
  PodIdentityMutation: (event) => "a pod is created; the webhook "
    + (event.kind === "ok" ? "adds the agent's address and the token's volume" : "adds nothing"),
  TokenRequest: (event) => (event.subject?.pod ? "the kubelet" : "a client")
    + ` asks for a token for ${audience(event)}`,
  VolumesWritten: () => "the kubelet writes the token into the pod's file",
  VolumesRenewed: () => "the kubelet writes a new token into the pod's file",
  GetCredentials: (event) => "the app's SDK sends the token to the agent"
    + (event.cached === true ? ", which has credentials already" : ""),
  AssumeRoleForPodIdentity: () =>
    "the agent asks EKS Auth, which looks up association and role",
  PodRemoved: () => "the pod is gone, and its files with it",
  AnnotationAssociation: () => "the controller makes the association of the annotation",
};

function audience(event) {
  const all = [event.claims?.aud ?? []].flat();
  return all.length > 0 ? all.join(", ") : "it";
}

/** What an event is about, besides who asked for it. */
function target(event) {
  return event.bucket ? ` on ${[event.bucket, event.key].filter(Boolean).join("/")}` : "";
}

function meaning(event) {
  const known = meanings[event.operation];
  if (known) return known(event);
  const who = event.way.includes("app-aws") ? "the app, with its credentials,"
    : event.caller?.endsWith(":root") ? "the administrator" : "a client";
  return `${who} calls ${event.operation}${target(event)}`;
}
