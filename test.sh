#!/usr/bin/env bash
# Builds everything and runs every test. Needs the .NET SDK and Node; gets Redis and Chromium from the system's packages.
# CONSOLE_SHARED_DATA=<folder> adds the tests over outside data; TEST_FILTER=<expression> runs some of them.
set -euo pipefail
cd "$(dirname "$0")"

need() { # command, package
  command -v "$1" >/dev/null 2>&1 && return
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "test.sh: $1 is missing and this system has no apt-get; install it and run again" >&2
    exit 1
  fi
  local root=""
  [ "$(id -u)" = 0 ] || root="sudo"
  echo "Installing $2"
  [ -n "${APT_UPDATED:-}" ] || { $root apt-get update -qq; APT_UPDATED=1; }
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

need redis-server redis-server
need chromium chromium

dotnet build Console.sln --nologo --verbosity quiet
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
dotnet test Console.sln --no-build --nologo --logger "console;verbosity=minimal" --logger trx --results-directory "$results" ${TEST_FILTER:+--filter "$TEST_FILTER"} || status=$?

# Nothing counts as passed that did not run.
count() { cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*>" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'; }
total=$(count total) passed=$(count passed)
[ "$total" -gt 0 ] || { echo "test.sh: no test ran" >&2; status=1; }
[ "$total" = "$passed" ] || status=1
cat "$results"/*.trx 2>/dev/null | grep -o '<UnitTestResult [^>]*outcome="Failed"' | sed 's/.*testName="\([^"]*\)".*/failed: \1/' || true
echo "$passed passed, $((total - passed)) failed"
exit $status
