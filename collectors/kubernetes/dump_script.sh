#!/bin/sh
# kubesurvey: list what a survey reads of a cluster with kubectl, for whoever would rather run it themselves.
#
#   sh kubesurvey-dump.sh CLUSTER [CONTEXT]
#
# CLUSTER is what the survey calls the cluster (letters, digits, dots, dashes). CONTEXT is one of your kubeconfig;
# without it kubectl's current context is asked. NAMESPACES="one two" in the environment names the namespaces to
# ask in where a list of the whole cluster is refused.
#
# It only reads: every request is `kubectl get`, `kubectl version` or `kubectl api-resources`, nothing else is called
# but mkdir, cat, date, cksum, awk, grep, sed, mv and tar. It needs no jq and sends nothing anywhere. It makes the folder
# kubesurvey-CLUSTER and, at its end, kubesurvey-CLUSTER.tar.gz; look through them before you hand them over:
#
#   pods.json    the answer of the API server as kubectl prints it
#   pods.err     what kubectl said beside it
#   pods.asked   what was asked and when, the exit status, and checksums of both
#
# A file that is changed, left out or cut short proves nothing about its kind any more; it does no other harm.
# @SECRETS_SAID@
set -uf
umask 077
LC_ALL=C
export LC_ALL

cluster=${1-}
context=${2-}
namespaces=${NAMESPACES-@NAMESPACES@}
case $cluster in
'' | *[!A-Za-z0-9._-]* | [.-]*)
  echo "usage: sh $0 CLUSTER [CONTEXT]" >&2
  exit 2
  ;;
esac
folder=kubesurvey-$cluster
if ! command -v kubectl >/dev/null; then
  echo 'kubectl is not to be found' >&2
  exit 2
fi
if ! mkdir "$folder"; then
  echo "$folder is there already, or cannot be made: nothing was asked" >&2
  exit 2
fi

complete=0
refused=0

ask_kubectl() {
  if [ -n "$context" ]; then
    kubectl --context "$context" "$@"
  else
    kubectl "$@"
  fi
}

# keep FILE KIND SCOPE ARGUMENTS...: make one request and keep the answer, what was said beside it, and what was asked.
# Of an answer in which $only is set, only the lines that match are kept.
only=
keep() {
  file=$1 kind=$2 scope=$3
  shift 3
  place=$folder/${file%.*}
  started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  ask_kubectl "$@" >"$folder/$file" 2>"$place.err"
  status=$?
  if [ -n "$only" ]; then
    grep -e "$only" "$folder/$file" >"$place.part"
    mv "$place.part" "$folder/$file"
  fi
  {
    printf '%s\n' '@HEADER@' "file: $file" "kind: $kind" "scope: $scope" "command: kubectl $*" \
      "started: $started" "ended: $(date -u +%Y-%m-%dT%H:%M:%SZ)" "status: $status" \
      "answer: $(cksum <"$folder/$file")" "beside: $(cksum <"$place.err")" end
  } >"$place.part"
  mv "$place.part" "$place.asked"
  if [ "$status" -eq 0 ]; then
    complete=$((complete + 1))
  else
    refused=$((refused + 1))
  fi
  return "$status"
}

# served RESOURCE: whether the server has it; taken for granted where the server did not say all that it has.
served() {
  [ "$knows_all" -ne 0 ] && return 0
  case " $resources " in
  *" $1 "*) return 0 ;;
  *) return 1 ;;
  esac
}

# of_cluster KIND RESOURCE: list a kind that belongs to no namespace.
of_cluster() {
  served "$2" || return 0
  echo "$2" >&2
  keep "$2.json" "$1" '*' get "$2" --chunk-size=500 -o json
}

# in_namespaces KIND RESOURCE [FORMAT]: list a kind in all namespaces; where that is forbidden, in each.
in_namespaces() {
  served "$2" || return 0
  echo "$2" >&2
  resource=$2 format=${3:-json}
  keep "$2.json" "$1" '*' get "$2" --all-namespaces --chunk-size=500 -o "$format" && return 0
  grep -qi forbidden "$folder/$2.err" || return 0
  mkdir -p "$folder/$resource"
  for namespace in $namespaces; do
    keep "$resource/$namespace.json" "$1" "$namespace" get "$resource" --namespace "$namespace" --chunk-size=500 -o "$format"
  done
}

# made_up GROUP: list every kind of a group whose kinds the client makes up.
made_up() {
  found=$(awk -v wanted=".$1" "$named"' group == wanted { print $(at + 1) ":" $1 }' "$folder/api-resources.txt")
  for each in $found; do
    of_cluster "$1/${each%%:*}" "${each#*:}.$1"
  done
}

if ! keep version.json '' '' version -o json && ! grep -qi forbidden "$folder/version.err"; then
  cat "$folder/version.err" >&2
  echo 'The API server does not answer: nothing else was asked.' >&2
  exit 1
fi
keep readyz.txt '' '' get --raw '/readyz?verbose'
keep api.json '' '' get --raw /api
keep apis.json '' '' get --raw /apis
only='^apiserver_requested_deprecated_apis'
keep metrics.txt '' '' get --raw /metrics
only=
keep api-resources.txt '' '' api-resources --verbs=list --no-headers -o wide
knows_all=$?

# The columns are NAME SHORTNAMES APIVERSION NAMESPACED KIND VERBS ..., and SHORTNAMES may be empty.
named='{ for (at = 3; at < NF; at++) if ($at == "true" || $at == "false") break
  slash = index($(at - 1), "/"); group = slash ? "." substr($(at - 1), 1, slash - 1) : "" }'
resources=$(awk "$named"' { printf "%s%s ", $1, group }' "$folder/api-resources.txt")

if [ -z "$namespaces" ]; then
  namespaces=$(ask_kubectl get namespaces -o name 2>/dev/null | sed -n 's|^namespace/\([a-z0-9-]*\)$|\1|p')
fi

@LISTS@

if ! tar czf "$folder.tar.gz" "$folder"; then
  echo "The answers are in $folder; they could not be packed." >&2
  exit 1
fi
echo "$complete answers, $refused refused or failed. Hand over $folder.tar.gz" >&2
