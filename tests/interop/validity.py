"""Is a cleaned file still DICOM that others read? Asked of dciodvfy, DCMTK, pydicom and GDCM."""

import re
import subprocess

from programs import tool
from pydicom import dcmread

SECONDS = 60


# Enhanced images enumerate NO alone for Burned In Annotation. A NO is the sender's claim, which Efface may
# not repeat unproven, and the type forbids to leave the attribute out: YES it is (docs/conformance.md).
CLAIM_NOT_REPEATED = "Error - </BurnedInAnnotation(0028,0301)[1]> - Unrecognized enumerated value "


def iod_errors(path):
    """The errors of dicom3tools' dciodvfy, without the values that it quotes."""
    result = subprocess.run([tool("dciodvfy"), "-new", str(path)], capture_output=True, timeout=SECONDS, check=False)
    lines = (result.stdout + result.stderr).decode("latin-1").splitlines()
    errors = {re.sub(r"<[^>]*>$|= ?<.*", "", line) for line in lines if line.startswith("Error")}
    return errors - {CLAIM_NOT_REPEATED}


def unreadable_by(path):
    """The names of the readers that fail on `path`."""
    failed = []
    for name in ("dcmdump", "gdcmdump"):
        command = [tool(name), "-q" if name == "dcmdump" else "-i", str(path)]
        if subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).returncode != 0:
            failed.append(name)
    try:
        for _ in dcmread(path).iterall():
            pass
    except Exception as error:  # Any exception of any kind is a failure to read.
        failed.append(f"pydicom ({type(error).__name__})")
    return failed
