#!/bin/sh
# Browsers and system libraries that tests need. Installs what is missing where it may, or says in one sentence what to install.
set -eu

missing=""
need() { # need PACKAGE COMMAND...: the package is missing when none of the commands is there
  package=$1
  shift
  for command in "$@"; do
    if command -v "$command" >/dev/null 2>&1; then return; fi
  done
  missing="$missing $package"
}

need chromium chromium chromium-browser google-chrome
need firefox-esr firefox-esr firefox
# An older one loads no worker that is made of modules.
version=$({ firefox-esr --version || firefox --version; } 2>/dev/null | tr -dc '0-9.' | cut -d . -f 1)
if [ "${version:-999}" -lt 147 ]; then missing="$missing firefox-esr"; fi
need webkit2gtk-driver WebKitWebDriver
need xvfb Xvfb
ldconfig=$(command -v ldconfig || echo /sbin/ldconfig)
if ! "$ldconfig" -p 2>/dev/null | grep -q 'libzbar\.so'; then missing="$missing libzbar0"; fi

if [ -z "$missing" ]; then exit 0; fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi
if [ "$as_root" = no ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Some tests need system packages that are not here; please install them (as root: apt-get install$missing)."
  exit 0
fi
echo "Installing$missing ..."
log=$(mktemp)
install() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends $missing
}
# Package lists may be old, and name browsers that are; without a network they serve as they are.
if ! { $as_root apt-get update --quiet || true; install; } >"$log" 2>&1 </dev/null; then
  tail -n 5 "$log"
  echo "Some tests need system packages that could not be installed:$missing."
fi
rm -f "$log"
