#!/usr/bin/env python3
"""Writes XML fragments into a C++ source: embed.py OUTPUT FRAGMENT.xml..."""

import pathlib
import sys

output, *inputs = map(pathlib.Path, sys.argv[1:])
entries = "".join(
    f'        {{"{path.stem}", R"xml({path.read_text(encoding="ascii")})xml"}},\n' for path in inputs
)
output.write_text(
    '#include "daemon/domain/built_in_fragments.hpp"\n\n'
    "namespace kvmtune::domain {\n\n"
    "std::map<std::string, std::string, std::less<>> built_in_fragments() {\n"
    f"    return {{\n{entries}    }};\n"
    "}\n\n"
    "}  // namespace kvmtune::domain\n",
    encoding="ascii",
)
