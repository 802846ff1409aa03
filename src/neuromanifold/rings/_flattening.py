"""Turning a traced program into a straight line of ring operations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.extend import core as jax_core
from jax.extend import source_info_util

from neuromanifold.errors import NotPolynomialError
from neuromanifold.rings._equation import Equation, RingOperation
from neuromanifold.rings._primitives import EXACT, LOWERINGS


@dataclass(frozen=True)
class Instruction:
    """results ← operation(operands); all are slots. `unused` are the slots that end here."""

    operation: RingOperation
    operands: tuple[int, ...]
    results: tuple[int, ...]
    unused: tuple[int, ...] = ()


@dataclass(frozen=True)
class StraightLine:
    """Instructions in the order in which they run, over numbered slots."""

    inputs: tuple[int, ...]
    constants: dict[int, np.ndarray]
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]


def flatten(jaxpr: jax_core.ClosedJaxpr) -> StraightLine:
    """Inline calls, unroll loops, evaluate what depends on no input, and drop dead code.

    Raises:
        NotPolynomialError: If an output depends on a primitive that is not polynomial or rational.
    """
    line = _Line()
    inputs = [line.new_value(v.aval.shape) for v in jaxpr.jaxpr.invars]
    outputs = line.inline(jaxpr.jaxpr, jaxpr.consts, inputs, ())
    slots = tuple(line.slot(value) for value in outputs)
    instructions = _without_dead_code(line.steps, slots)
    used = {slot for step in instructions for slot in step.operands}.union(slots)
    return StraightLine(
        inputs=tuple(line.slot(value) for value in inputs),
        constants={slot: value for slot, value in line.constants.items() if slot in used},
        instructions=tuple(_with_last_uses(instructions, slots)),
        outputs=slots,
    )


@dataclass
class _Value:
    """What is known about a variable: its shape, its slot, and its value if it is constant.

    A constant such as 1/3 has both: the value in double precision serves as an index or an
    exponent, and the slot holds the exact quotient in the ring.
    """

    shape: tuple[int, ...]
    known: Any = None
    slot: int | None = None


@dataclass(frozen=True)
class _Unsupported:
    """An equation that no ring can run; an error only if an output depends on it."""

    message: str
    operands: tuple[int, ...]
    results: tuple[int, ...]


@dataclass
class _Line:
    steps: list[Instruction | _Unsupported] = field(default_factory=list)
    constants: dict[int, np.ndarray] = field(default_factory=dict)
    n_slots: int = 0

    def new_value(self, shape: Sequence[int], known: Any = None) -> _Value:
        return _Value(tuple(shape), known, self._new_slot())

    def _new_slot(self) -> int:
        self.n_slots += 1
        return self.n_slots - 1

    def slot(self, value: _Value) -> int:
        if value.slot is None:
            value.slot = self._new_slot()
            self.constants[value.slot] = np.asarray(value.known)
        return value.slot

    def emit(
        self, operation: RingOperation, operands: Sequence[_Value], *shapes: Any
    ) -> list[_Value]:
        results = [self.new_value(shape) for shape in shapes]
        self.steps.append(
            Instruction(
                operation,
                tuple(self.slot(operands[i]) for i in operation.operands),
                tuple(self.slot(result) for result in results),
            )
        )
        return results

    def inline(
        self, jaxpr: Any, consts: Iterable[Any], inputs: Sequence[_Value], calls: tuple[Any, ...]
    ) -> list[_Value]:
        """Append a jaxpr's equations; `calls` are the source positions of the calls around it."""
        values = dict(zip(jaxpr.invars, inputs, strict=True))
        for variable, constant in zip(jaxpr.constvars, consts, strict=True):
            values[variable] = constant if isinstance(constant, _Value) else _constant(constant)

        def read(atom: Any) -> _Value:
            return _constant(atom.val) if isinstance(atom, jax_core.Literal) else values[atom]

        for eqn in jaxpr.eqns:
            operands = [read(atom) for atom in eqn.invars]
            results = self._run(eqn, operands, (*calls, eqn.source_info))
            values.update(zip(eqn.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _run(self, eqn: Any, operands: list[_Value], calls: tuple[Any, ...]) -> list[_Value]:
        name = eqn.primitive.name
        if name == "scan":
            return self._scan(eqn.params, operands, calls)
        if name == "while":
            return self._while(eqn, operands, calls)
        if name == "cond":
            return self._cond(eqn, operands, calls)
        for key in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
            if key in eqn.params:
                inner, consts = _opened(eqn.params[key])
                return self.inline(inner, consts, operands, calls)
        return self._step(eqn, operands, calls)

    def _step(self, eqn: Any, operands: list[_Value], calls: tuple[Any, ...]) -> list[_Value]:
        shapes = tuple(v.aval.shape for v in eqn.outvars)
        name = eqn.primitive.name
        knowns = None
        if all(operand.known is not None for operand in operands):
            knowns = _evaluate(eqn, operands)
            is_number = all(_is_float(v.aval) for v in eqn.outvars)
            is_exact = name in EXACT and all(operand.slot is None for operand in operands)
            if name not in LOWERINGS or is_exact or not is_number:
                return [_Value(s, known) for s, known in zip(shapes, knowns, strict=True)]
        lowering = LOWERINGS.get(name)
        equation = Equation(
            eqn.primitive,
            eqn.params,
            tuple(operand.shape for operand in operands),
            tuple(None if o.known is None else np.asarray(o.known) for o in operands),
            shapes,
        )
        operation = lowering(equation) if lowering else None
        if operation is None:
            if knowns is not None:
                return [_Value(s, known) for s, known in zip(shapes, knowns, strict=True)]
            return self._unsupported(eqn, operands, calls)
        results = self.emit(operation, operands, *shapes)
        for result, known in zip(results, knowns or [], strict=False):
            result.known = known
        return results

    def _unsupported(
        self, eqn: Any, operands: list[_Value], calls: tuple[Any, ...]
    ) -> list[_Value]:
        results = [self.new_value(v.aval.shape) for v in eqn.outvars]
        message = (
            f"the operation '{eqn.primitive.name}' at {_location(calls)} is not polynomial or "
            "rational in the model's parameters and inputs; replace it, for example an activation "
            "by one of neuromanifold.models.monomial and polynomial"
        )
        self.steps.append(
            _Unsupported(
                message,
                tuple(o.slot for o in operands if o.slot is not None),
                tuple(self.slot(result) for result in results),
            )
        )
        return results

    def _scan(
        self, params: dict[str, Any], operands: list[_Value], calls: tuple[Any, ...]
    ) -> list[_Value]:
        inner, consts = _opened(params["jaxpr"])
        n_fixed, n_carry, length = params["num_consts"], params["num_carry"], params["length"]
        fixed, carry = operands[:n_fixed], operands[n_fixed : n_fixed + n_carry]
        sequences = operands[n_fixed + n_carry :]
        rounds = reversed(range(length)) if params["reverse"] else range(length)
        collected: list[list[_Value]] = [[] for _ in inner.outvars[n_carry:]]
        for i in rounds:
            items = [self._item(sequence, i) for sequence in sequences]
            outputs = self.inline(inner, consts, [*fixed, *carry, *items], calls)
            carry = outputs[:n_carry]
            for column, output in zip(collected, outputs[n_carry:], strict=True):
                column.append(output)
        if params["reverse"]:
            collected = [column[::-1] for column in collected]
        avals = [v.aval for v in inner.outvars[n_carry:]]
        return [*carry, *(self._stack(c, a) for c, a in zip(collected, avals, strict=True))]

    def _item(self, sequence: _Value, i: int) -> _Value:
        if sequence.slot is None:
            return _constant(sequence.known[i])
        (item,) = self.emit(
            RingOperation(lambda ring, a: a[i], (0,)), [sequence], sequence.shape[1:]
        )
        item.known = None if sequence.known is None else sequence.known[i]
        return item

    def _stack(self, column: list[_Value], aval: Any) -> _Value:
        shape = (len(column), *aval.shape)
        if not column:
            return _constant(np.zeros(shape, aval.dtype))
        known = None
        if all(value.known is not None for value in column):
            known = np.stack([np.asarray(value.known) for value in column])
            if all(value.slot is None for value in column):
                return _constant(known)
        stacking = RingOperation(lambda ring, *arrays: np.stack(arrays), tuple(range(len(column))))
        (result,) = self.emit(stacking, column, shape)
        result.known = known
        return result

    def _while(self, eqn: Any, operands: list[_Value], calls: tuple[Any, ...]) -> list[_Value]:
        n_condition, n_body = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
        condition, condition_consts = _opened(eqn.params["cond_jaxpr"])
        body, body_consts = _opened(eqn.params["body_jaxpr"])
        fixed = operands[:n_condition]
        body_fixed = operands[n_condition : n_condition + n_body]
        carry = operands[n_condition + n_body :]
        while True:
            (goes_on,) = self.inline(condition, condition_consts, [*fixed, *carry], calls)
            if goes_on.known is None:
                return self._unsupported(eqn, operands, calls)
            if not np.asarray(goes_on.known):
                return carry
            carry = self.inline(body, body_consts, [*body_fixed, *carry], calls)

    def _cond(self, eqn: Any, operands: list[_Value], calls: tuple[Any, ...]) -> list[_Value]:
        index, branches = operands[0].known, eqn.params["branches"]
        if index is None:
            return self._unsupported(eqn, operands, calls)
        chosen = branches[int(np.clip(np.asarray(index), 0, len(branches) - 1))]
        return self.inline(*_opened(chosen), operands[1:], calls)


def _constant(value: Any) -> _Value:
    return _Value(np.shape(value), value)


def _opened(jaxpr: Any) -> tuple[Any, Sequence[Any]]:
    """A jaxpr and its constants, whether or not the constants are bound to it."""
    return (jaxpr.jaxpr, jaxpr.consts) if hasattr(jaxpr, "consts") else (jaxpr, ())


def _is_float(aval: Any) -> bool:
    return jnp.issubdtype(aval.dtype, np.inexact)


# NumPy runs these at once, where JAX would first compile them.
_IN_NUMPY = {
    "add": np.add,
    "eq": np.equal,
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
    "mul": np.multiply,
    "ne": np.not_equal,
    "sub": np.subtract,
}
_MOVES = frozenset({"broadcast_in_dim", "concatenate", "reshape", "slice", "squeeze", "transpose"})


def _evaluate(eqn: Any, operands: list[_Value]) -> list[Any]:
    name, arrays = eqn.primitive.name, [operand.known for operand in operands]
    if name in _IN_NUMPY:
        (dtype,) = (v.aval.dtype for v in eqn.outvars)
        return [np.asarray(_IN_NUMPY[name](*arrays), dtype)]
    if name in _MOVES:
        shapes = tuple(operand.shape for operand in operands)
        results = tuple(v.aval.shape for v in eqn.outvars)
        equation = Equation(eqn.primitive, eqn.params, shapes, tuple(arrays), results)
        move = LOWERINGS[name](equation)
        assert move is not None
        return [move.compute(None, *(np.asarray(a) for a in arrays))]
    outputs = eqn.primitive.bind(*arrays, **eqn.params)
    return list(outputs) if eqn.primitive.multiple_results else [outputs]


def _location(calls: tuple[Any, ...]) -> str:
    """The innermost line of the user's; JAX leaves its own files out."""
    places = [source_info_util.summarize(call) for call in calls]
    known = [place for place in places if "unknown" not in place]
    return known[-1] if known else "an unknown place"


def _without_dead_code(
    steps: Sequence[Instruction | _Unsupported], outputs: Iterable[int]
) -> list[Instruction]:
    needed = set(outputs)
    kept: list[Instruction] = []
    blamed: _Unsupported | None = None
    for step in reversed(steps):
        if needed.isdisjoint(step.results):
            continue
        needed.update(step.operands)
        if isinstance(step, _Unsupported):
            blamed = step
        else:
            kept.append(step)
    if blamed is not None:
        raise NotPolynomialError(blamed.message)
    return kept[::-1]


def _with_last_uses(
    instructions: Sequence[Instruction], outputs: Iterable[int]
) -> list[Instruction]:
    alive = set(outputs)
    marked = []
    for step in reversed(instructions):
        ending = {*step.operands, *step.results} - alive
        alive |= ending
        marked.append(
            Instruction(step.operation, step.operands, step.results, tuple(sorted(ending)))
        )
    return marked[::-1]
