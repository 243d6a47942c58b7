#!/bin/bash
# pytest from .venv for ctest; 77 (skipped) where the environment was never made.
python="$(dirname "$0")/../../.venv/bin/python"
if [ ! -x "$python" ]; then
    echo "skipped: no .venv; scripts/setup.sh --test makes it"
    exit 77
fi
exec "$python" -m pytest -q -p no:cacheprovider "$@"
