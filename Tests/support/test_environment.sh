#!/bin/sh
# Makes .venv-tests, the Python environment of the tests that drive Chromium, read QR codes and use the published client
# packages, and brings what the soak and the check of the alert rules need.
#
# Installs what is missing of Debian's packages (asks for root) and of requirements.txt. When everything is there it
# looks and returns at once, so it may run before every test.
set -eu

cd "$(dirname "$0")/../.."
environment=.venv-tests
requirements=Tests/support/requirements.txt
stamp=$environment/requirements.txt

missing=
for package in chromium nginx openssl prometheus python3-venv wrk zbar-tools; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null) || state=
    [ "$state" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    elevate=$([ "$(id -u)" = 0 ] || echo sudo)
    $elevate apt-get update -q
    # shellcheck disable=SC2086 # Words are what these two are for.
    $elevate env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends $missing
fi

# The stamp is written last: an environment that was cut short is made again, one that moved with its folder too.
if cmp -s "$requirements" "$stamp" && "$PWD/$environment/bin/pip" --version > /dev/null 2>&1; then
    exit 0
fi
# Debian's own Python: python3-venv belongs to it, whatever else comes first in PATH.
/usr/bin/python3 -m venv --clear "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$stamp"
