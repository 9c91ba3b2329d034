#!/usr/bin/env python3
"""Fails when a module imports, or its target depends on, what allowed.txt does not allow.

The table restates the architecture's arrows; the build checks the rest (every import is a declared dependency).
Prints a line for each offence; exit 0 when there is none.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
C_LIBRARIES = {"Glibc", "Musl", "Darwin"}
IMPORT = re.compile(r"^\s*(?:@\S+\s+)*(?:public |package |internal |private |fileprivate )?import\s+(?:(?:struct|class|enum|func|protocol)\s+)?([A-Za-z_]\w*)")


def allowed():
    table = {}
    for line in (pathlib.Path(__file__).parent / "allowed.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            module, _, names = line.partition(":")
            table[module.strip()] = set(names.split())
    return table


def imports(folder):
    for source in sorted(folder.rglob("*.swift")):
        for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
            match = IMPORT.match(line)
            if match:
                yield source.relative_to(ROOT), number, match.group(1)


def main():
    table = allowed()
    offences = []
    manifest = json.loads(subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True).stdout)
    targets = {target["name"]: target for target in manifest["targets"] if target["type"] in ("regular", "executable")}
    swift_targets = {name for name in targets if any((ROOT / "Sources" / name).rglob("*.swift"))}
    for name in sorted(swift_targets - table.keys()):
        offences.append(f"{name}: not in Tests/Imports/allowed.txt")
    for name in sorted(swift_targets & table.keys()):
        for path, number, module in imports(ROOT / "Sources" / name):
            label = "C" if module in C_LIBRARIES else module
            if label not in table[name]:
                offences.append(f"{path}:{number}: {name} may not import {module}")
        for dependency in targets[name]["dependencies"]:
            kind = next(iter(dependency))
            if dependency[kind][0] not in table[name]:
                offences.append(f"Package.swift: {name} may not depend on {dependency[kind][0]}")
        for dependency in targets[name]["dependencies"]:
            if "product" in dependency and not (dependency["product"][3] or {}).get("traits"):
                offences.append(f"Package.swift: {name} takes {dependency['product'][0]} without the condition of a trait")
    print("\n".join(offences) or f"{len(swift_targets)} modules import what they may")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
