"""Systems of polynomial equations in named variables and parameters."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq

from neuromanifold.continuation._systems._degrees import degrees_along
from neuromanifold.continuation._systems._numerator import numerators
from neuromanifold.continuation._systems._reading import Names, read_equations
from neuromanifold.continuation._systems._sympy import is_sympy
from neuromanifold.continuation._systems._system_json import (
    map_from_json,
    map_to_json,
    number_from_json,
    number_to_json,
)
from neuromanifold.errors import InvalidInputError
from neuromanifold.rings import Node, PolynomialMap, reachable, to_float

Numbers = Mapping[Any, Any] | Sequence[Any] | np.ndarray


class System:
    """Equations F₁ = … = F_m = 0 in x₁, …, x_n, with parameters p.

    Equations are text ("x^2*y - 1", "x^2 = 3/2", "0.1*x + 2.5j"), SymPy expressions, circuit nodes,
    or one JAX function from the vector of variables (and the vector of parameters) to the values.
    Rational numbers and decimals stay exact; a float is the dyadic number it stands for. A complex
    constant a + b·i is kept as a + b·ι with one more parameter ι whose value is always i, so that
    everything else is rational. Where an equation divides by an expression in the variables, its
    numerator is solved and ends at which a denominator vanishes are counted as excess.

    Args:
        equations: as above.
        variables: names in the order of the coordinates; by default all names in the text that are
            no parameters, in alphabetical order with numbers in numerical order. SymPy symbols are
            names too. For circuit nodes give the input nodes, for a function names or a number.
        parameters: names of the parameters (or input nodes).

    Raises:
        InvalidInputError: an equation cannot be read, a name is unknown or given twice, a
            coefficient is not finite, or an equation contains no variable.
        NotPolynomialError: an equation is no rational function of its variables.

    Examples:
        >>> system = System(["x^2*y - a", "x + y = 2"], parameters=["a"])
        >>> print(system)
        2 equations in 2 variables
        ==========================
        • variables: x, y
        • parameters: a
        • degrees: 3, 1
    """

    def __init__(
        self,
        equations: Any,
        variables: Names | int | None = None,
        parameters: Names | int = (),
    ) -> None:
        read = read_equations(equations, variables, parameters)
        self.variables = read.variables
        self.parameters = read.parameters
        nodes, self.denominators = numerators(read.outputs)
        inputs = read.parameter_nodes if read.iota is None else (*read.parameter_nodes, read.iota)
        self.map = PolynomialMap(tuple(nodes), read.variable_nodes, inputs)
        self._has_iota = read.iota is not None
        self._values: tuple[fmpq | complex, ...] | None = None
        if not self.parameters:
            self._values = (1j,) * self._has_iota
        self._check()

    variables: tuple[str, ...]
    """Names of x₁, …, x_n."""
    parameters: tuple[str, ...]
    """Names of the parameters."""
    map: PolynomialMap
    """The polynomials; its parameters are those of the system, then ι where constants need it."""
    denominators: tuple[Node, ...]
    """What the given equations divide by."""

    @property
    def n_equations(self) -> int:
        """The number of polynomials."""
        return len(self.map.outputs)

    @property
    def n_variables(self) -> int:
        """The number of unknowns."""
        return len(self.variables)

    @property
    def exact_values(self) -> tuple[fmpq | complex, ...]:
        """Values of all parameters of `map`, exact.

        Raises:
            InvalidInputError: a parameter has no value.
        """
        if self._values is None:
            raise InvalidInputError(
                f"The system has the parameters {', '.join(self.parameters)} without values; give "
                f"them, for example parameters={{{self.parameters[0]!r}: 1.5}}."
            )
        return self._values

    @property
    def values(self) -> np.ndarray:
        """Values of all parameters of `map`, in double precision."""
        return np.array(
            [to_float(v) if isinstance(v, fmpq) else v for v in self.exact_values], np.complex128
        )

    @property
    def has_real_constants(self) -> bool:
        """No imaginary unit among the constants."""
        return not self._has_iota

    @property
    def is_real(self) -> bool:
        """All coefficients and parameter values are real numbers."""
        return self.has_real_constants and all(
            isinstance(v, fmpq) or v.imag == 0 for v in self.exact_values
        )

    @cached_property
    def degrees(self) -> tuple[int, ...]:
        """Total degree of each polynomial in the variables; cancellation is seen."""
        rows = degrees_along(self.map, [range(self.n_variables)], self._values, self._has_iota)
        return tuple(int(d) for d in rows[:, 0])

    def multidegrees(self, groups: Sequence[Sequence[int]]) -> np.ndarray:
        """Degree of each polynomial in each group of variables, (m, number of groups)."""
        return degrees_along(self.map, groups, self._values, self._has_iota)

    def bound(self, parameters: Numbers) -> System:
        """The same equations with values for the parameters, by name or in order.

        Raises:
            InvalidInputError: a parameter is missing, unknown, or its value is not finite.

        >>> System(["x^2 - a"], parameters=["a"]).bound({"a": 2}).values
        array([2.+0.j])
        """
        values = tuple(_exact_number(v) for v in self._in_order(parameters))
        clone = copy.copy(self)
        clone.__dict__.pop("degrees", None)
        clone._values = (*values, *((1j,) * self._has_iota))
        return clone

    def with_polynomials(
        self, outputs: Sequence[Node], degrees: tuple[int, ...] | None = None
    ) -> System:
        """Other polynomials in the same variables and parameters.

        Args:
            outputs: the polynomials.
            degrees: theirs, where they are known.
        """
        clone = copy.copy(self)
        clone.__dict__.pop("degrees", None)
        if degrees is not None:
            clone.degrees = degrees
        clone.map = PolynomialMap(tuple(outputs), self.map.variables, self.map.parameters)
        return clone

    def parameter_vectors(self, values: Any) -> np.ndarray:
        """Rows of values of the named parameters (K, k) as parameters of `map`, in double precision."""
        rows = np.asarray(values, np.complex128)
        if rows.ndim == 1 and len(self.parameters) == 1:
            rows = rows[:, None]
        if rows.ndim != 2 or rows.shape[1] != len(self.parameters):
            raise InvalidInputError(
                f"Parameter values have shape {rows.shape}; give one row of "
                f"{len(self.parameters)} numbers for each problem."
            )
        if not np.isfinite(rows).all():
            raise InvalidInputError("Parameter values must be finite numbers.")
        return np.hstack([rows, np.full((len(rows), int(self._has_iota)), 1j)])

    def to_json(self) -> dict[str, Any]:
        """A JSON document from which `from_json` makes an equal system."""
        return {
            "variables": self.variables,
            "parameters": self.parameters,
            "has_iota": self._has_iota,
            "values": None if self._values is None else [*map(number_to_json, self._values)],
            **map_to_json(self.map, self.denominators),
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> System:
        """The system that `to_json` wrote.

        Raises:
            InvalidInputError: the document is something else.

        >>> system = System(["x^2 - 3/7"])
        >>> System.from_json(system.to_json()).to_json() == system.to_json()
        True
        """
        system = cls.__new__(cls)
        try:
            system.variables = tuple(map(str, document["variables"]))
            system.parameters = tuple(map(str, document["parameters"]))
            system._has_iota = bool(document["has_iota"])
            values = document["values"]
            system._values = None if values is None else tuple(map(number_from_json, values))
        except (KeyError, ValueError, TypeError) as error:
            raise InvalidInputError(
                "The system in the file cannot be read; save it again from a result."
            ) from error
        system.map, system.denominators = map_from_json(document)
        system._check()
        return system

    def _in_order(self, parameters: Numbers) -> list[Any]:
        if isinstance(parameters, Mapping):
            by_name = {str(name): value for name, value in parameters.items()}
            unknown = [name for name in by_name if name not in self.parameters]
            missing = [name for name in self.parameters if name not in by_name]
            if unknown or missing:
                what = f"{unknown[0]} is no parameter" if unknown else f"{missing[0]} has no value"
                raise InvalidInputError(
                    f"{what}; the parameters of the system are {', '.join(self.parameters)}."
                )
            return [by_name[name] for name in self.parameters]
        values = list(parameters)
        if len(values) != len(self.parameters):
            raise InvalidInputError(
                f"{len(values)} parameter values were given; the system has "
                f"{len(self.parameters)} parameters ({', '.join(self.parameters)})."
            )
        return values

    def _check(self) -> None:
        for node in reachable([*self.map.outputs, *self.denominators]):
            if node.is_constant and not _fits_double(node.value):
                raise InvalidInputError(
                    f"The coefficient {_power_of_ten(node.value)} is beyond the range of double "
                    "precision; rescale the equations or the variables."
                )
        if not self.map.outputs:
            raise InvalidInputError("The system has no equations; give at least one.")
        for i, degree in enumerate(self.degrees):
            if degree < 0:
                raise InvalidInputError(f"Equation {i + 1} is 0 = 0; leave it out.")
            if degree == 0:
                raise InvalidInputError(
                    f"Equation {i + 1} contains no variable, so it is never or always true; leave it "
                    f"out or name its variables (the variables are {', '.join(self.variables)})."
                )

    def __str__(self) -> str:
        title = _count(self.n_equations, "equation") + " in " + _count(self.n_variables, "variable")
        lines = [title, "=" * len(title), f"• variables: {', '.join(self.variables)}"]
        if self.parameters:
            lines.append(f"• parameters: {', '.join(self.parameters)}")
        lines.append(f"• degrees: {', '.join(map(str, self.degrees))}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"System({_count(self.n_equations, 'equation')} in {', '.join(self.variables)}"
            + (f"; parameters {', '.join(self.parameters)}" if self.parameters else "")
            + ")"
        )


def _exact_number(value: Any) -> fmpq | complex:
    """A rational number, or a complex number in double precision (exact as it stands)."""
    if isinstance(value, fmpq):
        return value
    try:
        if is_sympy(value) and value.is_Rational:
            return fmpq(int(value.p), int(value.q))
        number = complex(value)
    except (TypeError, ValueError):
        raise InvalidInputError(f"The parameter value {value!r} is no number.") from None
    if not (math.isfinite(number.real) and math.isfinite(number.imag)):
        raise InvalidInputError(f"The parameter value {value!r} is not finite.")
    if number.imag:
        return number
    if hasattr(value, "numerator") and hasattr(value, "denominator"):
        return fmpq(int(value.numerator), int(value.denominator))
    return fmpq(*number.real.as_integer_ratio())


def _fits_double(value: fmpq) -> bool:
    try:
        return math.isfinite(to_float(value))
    except OverflowError:
        return False


def _power_of_ten(value: fmpq) -> str:
    return f"of about 10^{len(str(abs(int(value.p)) // int(value.q))) - 1}"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
