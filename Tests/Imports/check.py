#!/usr/bin/env python3
"""Fails when a module imports, or its target depends on, what allowed.txt does not allow.

The table restates the architecture's arrows; the build checks the rest (every import is a declared dependency).
Finds planted offences first. Prints a line for each offence; exit 0 when there is none.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

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
                yield source, number, match.group(1)


def offences(table, root, manifest):
    """(the modules that were looked at, a line for each offence)"""
    found = []
    targets = {target["name"]: target for target in manifest["targets"] if target["type"] in ("regular", "executable")}
    swift_targets = {name for name in targets if any((root / "Sources" / name).rglob("*.swift"))}
    for name in sorted(swift_targets - table.keys()):
        found.append(f"{name}: not in Tests/Imports/allowed.txt")
    for name in sorted(swift_targets & table.keys()):
        for path, number, module in imports(root / "Sources" / name):
            label = "C" if module in C_LIBRARIES else module
            if label not in table[name]:
                found.append(f"{path.relative_to(root)}:{number}: {name} may not import {module}")
        for dependency in targets[name]["dependencies"]:
            kind = next(iter(dependency))
            if dependency[kind][0] not in table[name]:
                found.append(f"Package.swift: {name} may not depend on {dependency[kind][0]}")
        for dependency in targets[name]["dependencies"]:
            if "product" in dependency and not (dependency["product"][3] or {}).get("traits"):
                found.append(f"Package.swift: {name} takes {dependency['product'][0]} without the condition of a trait")
    return swift_targets, found


def misses():
    """What this check does not find in a package with every offence planted, and what it finds beside."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, source in {
            "Number": "public import Words\n@_spi(Testing) import Foundation\n  internal import struct Engine.Budget\nimport Glibc\n",
            "Words": "// import Foundation\n",
            "Stranger": "import Words\n",
        }.items():
            (root / "Sources" / name).mkdir(parents=True)
            (root / "Sources" / name / f"{name}.swift").write_text(source)
        dependencies = [
            {"byName": ["Words", None]}, {"byName": ["Engine", None]}, {"product": ["Words", "words", None, None]},
            {"product": ["Words", "words", None, {"traits": ["Words"]}]},
        ]
        manifest = {"targets": [
            {"name": "Number", "type": "regular", "dependencies": dependencies},
            {"name": "Words", "type": "regular", "dependencies": []},
            {"name": "Stranger", "type": "executable", "dependencies": []},
        ]}
        _, found = offences({"Number": {"Words"}, "Words": set()}, root, manifest)
    return set(found) ^ {
        "Stranger: not in Tests/Imports/allowed.txt",
        "Sources/Number/Number.swift:2: Number may not import Foundation",
        "Sources/Number/Number.swift:3: Number may not import Engine",
        "Sources/Number/Number.swift:4: Number may not import Glibc",
        "Package.swift: Number may not depend on Engine",
        "Package.swift: Number takes Words without the condition of a trait",
    }


def main():
    if missed := misses():
        print("this check is wrong about planted offences:", *sorted(missed), sep="\n")
        return 1
    manifest = json.loads(subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True).stdout)
    modules, found = offences(allowed(), ROOT, manifest)
    print("\n".join(found) or f"{len(modules)} modules import what they may; offences that were planted are found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
