"""Solves one system with bertini2: a request as JSON on stdin, times and counts as JSON on stdout."""

import json
import re
import sys
import time

import bertini
from bertini.nag_algorithm import ZeroDimSolver

request = json.load(sys.stdin)
# The parser refuses a name that begins with another name, such as x10 beside x1.
letters = {name: f"x{k:03}" for k, name in enumerate(request["variables"])}
names = [f"f{k:03}" for k in range(len(request["equations"]))]
text = f"function {', '.join(names)}; variable_group {', '.join(letters.values())};"
for name, equation in zip(names, request["equations"], strict=True):
    renamed = re.sub(r"[a-z]\w*", lambda match: letters[match[0]], equation)
    text += f" {name} = {renamed};"
system = bertini.parse.system(text)
begin, begin_cpu = time.perf_counter(), time.process_time()
solver = ZeroDimSolver(system)
solver.solve()
solutions = solver.finite_solutions()
seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
regular = len(solver.nonsingular_solutions())
print()
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "count": regular}))
