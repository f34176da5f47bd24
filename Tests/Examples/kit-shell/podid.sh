# Functions for shell scripts that test programs as pods; copy this file and read it in: . ./podid.sh
# Any POSIX shell. PODID names another command than podid, such as compose/podid.
#
#   podid_start [--seed DIR]...             a stack of this script's own, gone with it; not needed
#                                           below `podid test`
#   podid_as default/s3-reader-sa CMD...    runs a program as a pod
#   podid_denied CMD...                     succeeds if the program fails
#   podid_advance [1m]                      moves the clock by which credentials expire
#   podid_throttle [N] [FLAG...]            lets the agent refuse the next N requests (1)
#   podid_expect ROLE OPERATION RESOURCE [OUTCOME]
#                                           fails unless the role did that since podid_mark: RESOURCE
#                                           is bucket/key of S3, or - for any; OUTCOME is ok
#   podid_mark                              what podid_expect looks at begins here

podid_command() { ${PODID:-podid} "$@"; }

podid_start() {
  podid_folder=$(mktemp -d) || return 1
  PODID_STACK=$podid_folder/stack.json
  export PODID_STACK
  trap podid_stop EXIT
  # Short, so that what lives on renews them within steps of a minute.
  podid_command up --ephemeral --free-ports --detach --stack-file "$PODID_STACK" \
    --credential-lifetime 60s "$@" >/dev/null && podid_mark
}
podid_stop() {
  podid_command down >/dev/null 2>&1
  rm -rf "$podid_folder"
}

podid_as() {
  podid_account=$1
  shift
  podid_command run --service-account "$podid_account" -- "$@"
}

podid_denied() { if "$@" >/dev/null 2>&1; then return 1; fi; }

podid_advance() { podid_command clock advance "${1:-1m}" >/dev/null; }

podid_throttle() {
  podid_count=${1:-1}
  [ $# -eq 0 ] || shift
  podid_command fault add error ThrottlingException --count "$podid_count" "$@" >/dev/null
}

# Events before this many are not looked at.
podid_mark() { podid_seen=$(podid_command events --json | wc -l); }

podid_expect() {
  podid_new=$(podid_command events --json | tail -n +$((${podid_seen:-0} + 1))) || return 1
  podid_found=$(printf '%s\n' "$podid_new" | grep -F "\"operation\":\"$2\"" |
    grep -F "\"outcome\":\"${4:-ok}\"" | grep -F ":assumed-role/$1/")
  case $3 in
    -) ;;
    */*)
      podid_found=$(printf '%s\n' "$podid_found" | grep -F "\"bucket\":\"${3%%/*}\"" |
        grep -F "\"key\":\"${3#*/}\"")
      ;;
    *) podid_found=$(printf '%s\n' "$podid_found" | grep -F "\"bucket\":\"$3\"") ;;
  esac
  [ -z "$podid_found" ] || return 0
  echo "not seen: $2 by $1 on $3: ${4:-ok}; there were" >&2
  podid_command events | tail -n +$((${podid_seen:-0} + 1)) >&2
  return 1
}
