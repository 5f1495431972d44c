# Copyright 2026 The Kinothek authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house that a program can check: arrows between rooms, who includes which library,
licence lines, headers that stand alone."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(os.environ["KINOTHEK_SOURCE"])
ROOMS = ["base", "music", "orchestra", "film", "story", "spot", "ear", "compose", "orchestrate", "perform", "render",
         "mix", "deliver", "production", "studio", "cli"]
# What a room may not include although it stands earlier in the list.
SIDEWAYS = {"film": {"music", "orchestra"}, "story": {"music", "orchestra"}, "spot": {"music", "orchestra"},
            "ear": {"story", "spot"},
            "cli": set(ROOMS) - {"base", "production", "cli"}}
OWNERS = {"cyaml/": {"base"}, "jansson.h": {"base"}, "utf8proc.h": {"base", "story", "film"}, "libxml/": {"base"},
          "zip.h": {"base"}, "fftw3.h": {"base"}, "soxr.h": {"base"}, "sndfile.h": {"base"}, "nettle/": {"base"},
          "libav": {"film", "deliver"}, "libsw": {"film", "deliver"}, "fluidsynth": {"render"}, "csound/": {"render"}, "ebur128.h": {"base", "mix"},
          "cairo": {"deliver"}, "sqlite3.h": {"production"}, "civetweb.h": {"studio"}}


def sources():
    for folder in ("src", "include"):
        yield from sorted((ROOT / folder).rglob("*.[ch]"))


def arrows():
    faults = []
    for path in sources():
        if path.parts[-3:-1] and "include" in path.relative_to(ROOT).parts[0]:
            continue
        room = path.relative_to(ROOT / "src").parts[0]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+["<]([^">]+)[">]', line)
            if not match:
                continue
            name = match.group(1)
            first = name.split("/")[0]
            where = f"{path.relative_to(ROOT)}:{number}: {room} includes {name}"
            if '"' in line and first in ROOMS:
                if ROOMS.index(first) > ROOMS.index(room) or first in SIDEWAYS.get(room, ()):
                    faults.append(where)
            for library, owners in OWNERS.items():
                if "<" in line and name.startswith(library) and room not in owners:
                    faults.append(where)
    return faults


def public_headers():
    faults = []
    for path in sorted((ROOT / "include").rglob("*.h")):
        for line in path.read_text(encoding="utf-8").splitlines():
            match = re.match(r'\s*#\s*include\s+["<]([^">]+)[">]', line)
            if match and not match.group(1).startswith(("kinothek/", "std")):
                faults.append(f"{path.relative_to(ROOT)} includes {match.group(1)}")
    return faults


def licences():
    faults = []
    for folder in ("src", "include", "test", "demo", "bench", "examples", "tools"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".py"):
                head = path.read_text(encoding="utf-8").splitlines()[:3]
                if not any("SPDX-License-Identifier: GPL-3.0-or-later" in line for line in head):
                    faults.append(str(path.relative_to(ROOT)))
    return faults


def headers_alone():
    flags = subprocess.run(["pkg-config", "--cflags", "libcyaml", "jansson"], capture_output=True, text=True).stdout.split()
    faults = []
    for path in sources():
        if path.suffix == ".h":
            done = subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-fsyntax-only", f"-I{ROOT / 'src'}",
                                   f"-I{ROOT / 'include'}", *flags, "-x", "c", "-"], input=f'#include "{path}"\n',
                                  capture_output=True, text=True)
            if done.returncode:
                faults.append(done.stderr)
    return faults


RULES = {"arrows": arrows, "public_headers": public_headers, "licences": licences, "headers_alone": headers_alone}
found = RULES[sys.argv[1]]()
print("\n".join(found) or "ok")
sys.exit(1 if found else 0)
