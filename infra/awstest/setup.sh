#!/bin/sh
# Installs under .build, pinned, the servers and validators that others wrote for `make test-aws` and `make validate`. Safe to run again: what is
# already there in the right version is left alone, and then this takes a fraction of a second. `setup.sh python` installs the Python tools alone, which is
# all that `make test-api` needs.
#
#   .build/venv            moto, sam, cfn-lint, openapi-spec-validator, Schemathesis (requirements.txt)
#   .build/bin             versitygw, aws-lambda-rie
#   .build/dynamodb        Amazon DynamoDB Local (pom.xml)
#
# Needs Go and Python 3.11 or later with venv; Java 17 and Maven for DynamoDB Local. What Debian can supply is installed when this runs as root.
set -eu

versitygw=v1.8.0

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$here/../.." && pwd)/.build
mkdir -p "$build/bin"

say() { echo "awstest: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# done_already NAME KEY: was NAME made from KEY? mark NAME KEY records it.
done_already() { [ "$(cat "$build/.awstest-$1" 2>/dev/null)" = "$2" ]; }
mark() { echo "$2" >"$build/.awstest-$1"; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

# need_debian "WHAT" PACKAGE…: installs Debian packages, or says what is missing.
need_debian() {
    what=$1
    shift
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "$what is missing; install it (on Debian: apt-get install $*) and run this again"
    fi
    say "installing $*"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"; } >"$build/apt.log" 2>&1 ||
        fail "apt-get could not install $*; see $build/apt.log"
}

setup_python() {
    command -v python3 >/dev/null || need_debian "Python 3" python3 python3-venv
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or later is needed; this is $(python3 --version)"
    key=$(digest "$here/requirements.txt")-$(python3 -c 'import sys; print(*sys.version_info[:2], sep=".")')
    if done_already venv "$key" && [ -x "$build/venv/bin/python" ]; then return; fi
    python3 -c 'import venv, ensurepip' 2>/dev/null || need_debian "Python's venv" python3-venv
    say "installing Python tools (about a minute)"
    rm -rf "$build/venv"
    python3 -m venv "$build/venv" || fail "python3 -m venv failed"
    "$build/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r "$here/requirements.txt" ||
        fail "pip could not install $here/requirements.txt"
    mark venv "$key"
}

# The emulator is a program of Amazon's own inside the sam package; no registry has it by itself.
setup_emulator() {
    case $(uname -m) in
    x86_64) machine=x86_64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "the Lambda emulator is not made for $(uname -m)" ;;
    esac
    emulator=$(echo "$build"/venv/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-$machine)
    [ -f "$emulator" ] || fail "the sam package carries no Lambda emulator for $machine"
    cmp -s "$emulator" "$build/bin/aws-lambda-rie" || install -m 755 "$emulator" "$build/bin/aws-lambda-rie"
}

setup_s3() {
    command -v go >/dev/null || fail "Go is missing"
    key=$versitygw-$(go env GOVERSION)
    if done_already versitygw "$key" && [ -x "$build/bin/versitygw" ]; then return; fi
    say "building versitygw $versitygw (some minutes where nothing is cached)"
    GOBIN=$build/bin GOFLAGS=-buildvcs=false go install -ldflags='-s -w' "github.com/versity/versitygw/cmd/versitygw@$versitygw" ||
        fail "go could not install versitygw $versitygw"
    mark versitygw "$key"
}

setup_dynamodb() {
    command -v javac >/dev/null || need_debian "Java 17" openjdk-17-jdk-headless
    key=$(digest "$here/pom.xml" "$here/LoopbackDynamoDB.java")-$(javac -version 2>&1 | cut -d' ' -f2)
    if done_already dynamodb "$key" && [ -d "$build/dynamodb/lib" ]; then return; fi
    command -v mvn >/dev/null || need_debian "Maven" maven
    say "installing DynamoDB Local"
    rm -rf "$build/dynamodb"
    mvn --batch-mode --quiet --file "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$build/dynamodb/lib" ||
        fail "Maven could not fetch DynamoDB Local"
    javac -cp "$build/dynamodb/lib/*" -d "$build/dynamodb" "$here/LoopbackDynamoDB.java" || fail "javac could not compile LoopbackDynamoDB.java"
    mark dynamodb "$key"
}

setup_python
[ "${1-}" = python ] && exit
setup_emulator
setup_dynamodb
setup_s3
say "ready"
