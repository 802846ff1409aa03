"""Solves one system with neuromanifold: a request as JSON on stdin, times and counts as JSON on stdout."""

import json
import sys
import time

import neuromanifold as nm

request = json.load(sys.stdin)
if "parameters" in request:
    monodromy = nm.monodromy
    system = nm.System(request["equations"], request["variables"], request["parameters"])
    begin, begin_cpu = time.perf_counter(), time.process_time()
    result = monodromy(system, None, seed=request["seed"], threads=request["threads"])
else:
    solve = nm.solve
    start = None if request["start"] is None else getattr(nm, request["start"])()
    begin, begin_cpu = time.perf_counter(), time.process_time()
    result = solve(
        request["equations"],
        request["variables"],
        start=start,
        threads=request["threads"],
        certify=request["certify"],
        seed=request["seed"],
    )
answer = {
    "seconds": time.perf_counter() - begin,
    "cpu_seconds": time.process_time() - begin_cpu,
    "count": result.n_distinct,
    "certified": result.n_certified if request["certify"] else None,
}
print(json.dumps(answer))
