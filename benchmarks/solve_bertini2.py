"""Solves one system with bertini2: a request as JSON on stdin, times and counts as JSON on stdout."""

import json
import sys
import time

import bertini
from bertini.nag_algorithm import ZeroDimSolver

request = json.load(sys.stdin)
names = [f"f{k}" for k in range(len(request["equations"]))]
text = f"function {', '.join(names)}; variable_group {', '.join(request['variables'])};"
for name, equation in zip(names, request["equations"], strict=True):
    text += f" {name} = {equation};"
system = bertini.parse.system(text)
begin, begin_cpu = time.perf_counter(), time.process_time()
solver = ZeroDimSolver(system)
solver.solve()
solutions = solver.finite_solutions()
seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
regular = len(solver.nonsingular_solutions())
print()
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "count": regular}))
