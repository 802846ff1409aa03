"""Where a traced network applies a function of one variable entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core as jax_core

from neuromanifold.errors import NotPolynomialError
from neuromanifold.geometry._polynomialize._steps import Entrywise, Slot, Step

_POLYNOMIAL = frozenset({"add", "sub", "mul", "neg", "integer_pow", "square", "copy", "copy_p"})
_PASSING = frozenset({"convert_element_type", "stop_gradient", "reduce_precision", "name"})
# fmt: off
_FUNCTIONS = frozenset({
    "abs", "acos", "acosh", "and", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil",
    "clamp", "cos", "cosh", "digamma", "div", "eq", "erf", "erf_inv", "erfc", "exp", "exp2",
    "expm1", "floor", "ge", "gt", "is_finite", "le", "lgamma", "log", "log1p", "logistic", "lt",
    "max", "min", "ne", "nextafter", "not", "or", "pow", "rem", "round", "rsqrt", "select_n",
    "sign", "sin", "sinh", "sqrt", "tan", "tanh", "xor",
})
# fmt: on
_ELEMENTWISE = _POLYNOMIAL | _PASSING | _FUNCTIONS


@dataclass(eq=False)
class SiteProgram:
    """A network as a list of steps, of which the sites are the activations to be replaced."""

    steps: list[Step] = field(default_factory=list)
    inputs: list[Slot] = field(default_factory=list)
    outputs: list[Slot | np.ndarray] = field(default_factory=list)
    n_slots: int = 0
    n_sites: int = 0
    _computed: dict[int, Slot] = field(default_factory=dict)
    _kept: list[Entrywise] = field(default_factory=list)  # so that ids stay unique

    @staticmethod
    def of(jaxpr: jax_core.ClosedJaxpr) -> SiteProgram:
        """Inline calls, unroll loops, and group entrywise operations on one array.

        Raises:
            NotPolynomialError: If an operation that is not polynomial takes two arrays.
        """
        program = SiteProgram()
        program.inputs = [program._slot(v.aval.shape) for v in jaxpr.jaxpr.invars]
        outputs = program._inline(jaxpr.jaxpr, jaxpr.consts, program.inputs)
        program.outputs = [program._array(value) for value in outputs]
        return program

    def sites(self) -> list[Step]:
        """The steps that are sites."""
        return [step for step in self.steps if step.site is not None]

    def run(self, arguments: Sequence[Any], at_site: Callable[[Step, Any], Any]) -> list[Any]:
        """The outputs, where `at_site(step, z)` gives the value of a site."""
        values = dict(zip((slot.index for slot in self.inputs), arguments, strict=True))
        for step in self.steps:
            operands = [values[o.index] if isinstance(o, Slot) else o for o in step.operands]
            results = step.function(*operands) if step.site is None else [at_site(step, *operands)]
            values.update(zip((slot.index for slot in step.results), results, strict=True))
        return [values[o.index] if isinstance(o, Slot) else o for o in self.outputs]

    def _slot(self, shape: Sequence[int]) -> Slot:
        self.n_slots += 1
        return Slot(self.n_slots - 1, tuple(shape))

    def _inline(self, jaxpr: Any, consts: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
        values = dict(zip(jaxpr.invars, inputs, strict=True))
        values.update(
            (v, c if isinstance(c, Slot | Entrywise) else np.asarray(c))
            for v, c in zip(jaxpr.constvars, consts, strict=True)
        )

        def read(atom: Any) -> Any:
            return np.asarray(atom.val) if isinstance(atom, jax_core.Literal) else values[atom]

        for eqn in jaxpr.eqns:
            results = self._equation(eqn, [read(atom) for atom in eqn.invars])
            values.update(zip(eqn.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _equation(self, eqn: Any, operands: list[Any]) -> list[Any]:
        name = eqn.primitive.name
        if name == "scan":
            return self._scan(eqn.params, operands)
        for key in ("jaxpr", "call_jaxpr", "fun_jaxpr"):  # calls
            if key in eqn.params:
                return self._inline(*_opened(eqn.params[key]), operands)
        if all(isinstance(operand, np.ndarray) for operand in operands):
            results = eqn.primitive.bind(*operands, **eqn.params)
            results = results if eqn.primitive.multiple_results else [results]
            return [np.asarray(result) for result in results]
        shape = eqn.outvars[0].aval.shape
        if name in _ELEMENTWISE:
            value = self._entrywise(eqn, operands)
            return [self._two_arrays(eqn, operands, shape) if value is None else value]
        return self._emit(eqn.primitive, eqn.params, operands, [v.aval.shape for v in eqn.outvars])

    def _entrywise(self, eqn: Any, operands: list[Any]) -> Entrywise | None:
        """The operation as a function of one array, if it is one."""
        roots = {_root(o) for o in operands if not isinstance(o, np.ndarray)}
        numbers = [o for o in operands if isinstance(o, np.ndarray)]
        shape = eqn.outvars[0].aval.shape
        if len(roots) > 1 or not all(_is_uniform(o) for o in numbers):
            return None
        (root,) = roots
        if root.shape != shape:
            return None
        name = eqn.primitive.name
        is_polynomial = all(
            not isinstance(o, Entrywise) or o.is_polynomial for o in operands
        ) and _is_polynomial(name, eqn.params, operands)
        value = Entrywise(root, eqn.primitive, eqn.params, tuple(operands), is_polynomial)
        self._kept.append(value)
        return value

    def _two_arrays(self, eqn: Any, operands: list[Any], shape: tuple[int, ...]) -> Any:
        name, params = eqn.primitive.name, eqn.params
        arrays = [self._array(operand) for operand in operands]
        if name in _POLYNOMIAL or _is_polynomial(name, params, operands):
            return self._emit(eqn.primitive, params, arrays, [shape])[0]
        if name == "select_n" and isinstance(arrays[0], np.ndarray):
            return self._emit(eqn.primitive, params, arrays, [shape])[0]
        if name == "div":
            inverse = self._traced(jnp.reciprocal, arrays[1])
            return self._array(self._traced(jnp.multiply, arrays[0], inverse))
        if name in ("max", "min"):
            # max(a, b) = (a + b + |a − b|)/2
            sign = 0.5 if name == "max" else -0.5
            distance = self._traced(jnp.abs, self._traced(jnp.subtract, *arrays))
            half = self._traced(lambda a, b: 0.5 * (a + b), *arrays)
            return self._array(self._traced(lambda h, d: h + sign * d, half, distance))
        raise NotPolynomialError(
            f"the operation '{name}' takes two arrays that depend on parameters or inputs and is not "
            "polynomial; only functions of one variable, applied entry by entry, can be replaced"
        )

    def _traced(self, function: Callable[..., Any], *operands: Any) -> Any:
        arrays = [self._array(operand) for operand in operands]
        jaxpr = jax.make_jaxpr(function)(
            *(jax.ShapeDtypeStruct(array.shape, np.float64) for array in arrays)
        )
        return self._inline(jaxpr.jaxpr, jaxpr.consts, arrays)[0]

    def _array(self, value: Any) -> Slot | np.ndarray:
        """Compute a function of one array: step by step if it is polynomial, else as a site."""
        if not isinstance(value, Entrywise):
            return value
        if id(value) not in self._computed:
            if value.is_polynomial:
                operands = [self._array(operand) for operand in value.operands]
                shapes = [value.root.shape]
                (slot,) = self._emit(value.primitive, value.params, operands, shapes)
            else:
                slot = self._slot(value.root.shape)
                site = Step("site", value, (value.root,), (slot,), self.n_sites)
                self.steps.append(site)
                self.n_sites += 1
            self._computed[id(value)] = slot
        return self._computed[id(value)]

    def _emit(
        self, primitive: Any, params: dict[str, Any], operands: Sequence[Any], shapes: list[Any]
    ) -> list[Slot]:
        def function(*arrays: Any) -> list[Any]:
            results = primitive.bind(*arrays, **params)
            return list(results) if primitive.multiple_results else [results]

        arrays = tuple(self._array(operand) for operand in operands)
        slots = [self._slot(shape) for shape in shapes]
        self.steps.append(Step(primitive.name, function, arrays, tuple(slots), None, params))
        return slots

    def _scan(self, params: dict[str, Any], operands: list[Any]) -> list[Any]:
        inner, consts = _opened(params["jaxpr"])
        n_fixed, n_carry, length = params["num_consts"], params["num_carry"], params["length"]
        fixed, carry = operands[:n_fixed], operands[n_fixed : n_fixed + n_carry]
        sequences = [self._array(o) for o in operands[n_fixed + n_carry :]]
        collected: list[list[Any]] = [[] for _ in inner.outvars[n_carry:]]
        for i in reversed(range(length)) if params["reverse"] else range(length):
            items = [
                s[i] if isinstance(s, np.ndarray) else self._traced(lambda a, i=i: a[i], s)
                for s in sequences
            ]
            outputs = self._inline(inner, consts, [*fixed, *carry, *items])
            carry = outputs[:n_carry]
            for column, output in zip(collected, outputs[n_carry:], strict=True):
                column.append(output)
        if params["reverse"]:
            collected = [column[::-1] for column in collected]
        return [*carry, *(self._traced(lambda *a: jnp.stack(a), *column) for column in collected)]


def _root(value: Slot | Entrywise) -> Slot:
    return value.root if isinstance(value, Entrywise) else value


def _is_uniform(numbers: np.ndarray) -> bool:
    return numbers.size > 0 and bool((numbers == numbers.ravel()[0]).all())


def _is_polynomial(name: str, params: dict[str, Any], operands: Sequence[Any]) -> bool:
    if name == "integer_pow":
        return params["y"] >= 0
    if name == "convert_element_type":
        return np.issubdtype(params["new_dtype"], np.inexact)
    if name == "div":
        return isinstance(operands[1], np.ndarray)
    return name in _POLYNOMIAL or name in _PASSING


def _opened(jaxpr: Any) -> tuple[Any, Sequence[Any]]:
    return (jaxpr.jaxpr, jaxpr.consts) if hasattr(jaxpr, "consts") else (jaxpr, ())
