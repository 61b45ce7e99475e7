# shellcheck shell=bash
# Sourced by every script here: where the tree is, and what all of them do alike.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export BUILD=$ROOT/build

# Ends the script with a message and the next step.
die() {
  printf '%s: error: %s\n' "${0##*/}" "$1" >&2
  [[ $# -lt 2 ]] || printf '  hint: %s\n' "$2" >&2
  exit "${3:-2}"
}

# Prints the comment at the top of the script, its help.
usage() { sed -n '2,/^[^#]/{/^#/{s/^# \{0,1\}//;p}}' "$0"; }

# --help prints it and ends the script.
help_wanted() {
  [[ ${1:-} != -h && ${1:-} != --help ]] || { usage; exit 0; }
}

# For scripts without arguments.
no_arguments() {
  help_wanted "$@"
  [[ $# -eq 0 ]] || die "unknown argument: $1" "${0##*/} --help"
}

# C and C++ files that git knows or would add.
sources() {
  git -C "$ROOT" ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' '*.c' '*.h' |
    while IFS= read -r file; do [[ ! -e $ROOT/$file ]] || printf '%s\n' "$file"; done
}

# Bash scripts that git knows or would add.
scripts() {
  git -C "$ROOT" ls-files --cached --others --exclude-standard -- ci .ci |
    while IFS= read -r file; do
      [[ -f $ROOT/$file ]] || continue
      [[ $file == *.sh || $(head -c 15 "$ROOT/$file" | tr -d '\0') == '#!/bin/bash'* ]] &&
        printf '%s\n' "$file"
    done || true
}

# Where kproof keeps kernels (orchestrator/kernel/store.cpp, default_cache()).
kproof_cache() {
  local usual=$HOME/.cache/kproof
  ((EUID != 0)) || usual=/var/cache/kproof
  [[ -z ${XDG_CACHE_HOME:-} ]] || usual=$XDG_CACHE_HOME/kproof
  printf '%s\n' "${KPROOF_CACHE:-$usual}"
}

# The lines of a data file without comments.
data_lines() { sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$ROOT/$1"; }

# Prints "package version" for each package of ci/kernels.txt that apt can fetch.
kernel_candidates() {
  local names
  mapfile -t names < <(data_lines ci/kernels.txt | sed 's/ .*//')
  apt-cache policy "${names[@]}" 2>/dev/null |
    awk '/^[^ ]/ {name = $1; sub(":$", "", name)}
         $1 == "Candidate:" && $2 != "(none)" {print name, $2}'
}
