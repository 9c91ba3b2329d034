"""A copy of the repository for scripts that break the library on purpose; its build is kept."""
import pathlib
import subprocess

root = pathlib.Path(__file__).resolve().parents[2]


def run(*command, cwd=root):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def refresh(copy):
    """The tracked files, as they are."""
    copy.mkdir(exist_ok=True)
    files = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout.split("\0")
    # A source that is gone here must be gone there.
    wanted = [name for name in files if name and (name == "Package.swift" or name.startswith("Sources/") or name.startswith("Tests/"))]
    for old in [*copy.glob("Sources/**/*"), *copy.glob("Tests/**/*")]:
        if old.is_file() and str(old.relative_to(copy)) not in set(wanted):
            old.unlink()
    for name in wanted:
        source, target = root / name, copy / name
        if not source.is_file():
            continue
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)


def misplaced(name, file, old):
    """What is said of a mutation whose piece is not in its file exactly once; nothing where it is."""
    count = (root / file).read_text().count(old)
    return [] if count == 1 else [f"{name}: its piece is in {file} {count} times instead of once"]
