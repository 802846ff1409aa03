"""Functions as users write them: coefficient vectors or SymPy polynomials, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from numbers import Rational, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq, fmpz

from neuromanifold.errors import InvalidInputError
from neuromanifold.functions._space import FunctionSpace
from neuromanifold.rings import to_float

if TYPE_CHECKING:
    import sympy

Scalar = fmpq | complex

_VARIABLE = re.compile(r"x([1-9][0-9]*)")
# Rounded coefficients satisfy the linear relations of V up to this, relative to the largest one.
_TOLERANCE = 1e-9
_NAMES_SHOWN = 8


@dataclass(frozen=True, eq=False)
class FunctionPoint:
    """A function f = Σ_b c_b φ_b of V as a point.

    Attributes:
        space: V.
        exact: c₁, …, c_N as rational numbers, floats being the dyadic numbers they stand for; None
            if a coefficient is not rational.
        vector: c₁, …, c_N in double precision: float64, or complex128 if one is not real.
    """

    space: FunctionSpace = field(repr=False)
    exact: tuple[fmpq, ...] | None
    vector: np.ndarray


def read_function(space: FunctionSpace, f: Any) -> FunctionPoint:
    """The point of V that a function given by its coefficients or as a polynomial is.

    Args:
        space: V, with coordinates c₁, …, c_N.
        f: either c, a sequence of N numbers (integers, fractions, floats or complex numbers); or a
            SymPy polynomial in x1, x2, … with numbers as coefficients, and for several outputs a
            list of them. The inputs x1, x2, … are numbered in row-major order.

    Raises:
        InvalidInputError: If f lies in another space: it has the wrong length, another variable, a
            monomial that no function of V has, or coefficients that break the linear relations
            between the coefficients of the functions of V; or if it is not a polynomial with
            numbers as coefficients.

    Examples:
        >>> import sympy
        >>> from neuromanifold.functions import FunctionSpace, read_function
        >>> from neuromanifold.models import MLP, monomial
        >>> space = FunctionSpace.of(MLP([2, 2, 1], monomial(2)))
        >>> x1, x2 = sympy.symbols("x1 x2")
        >>> point = read_function(space, (x1 + x2) ** 2 / 2)
        >>> space.coordinates, [str(c) for c in point.exact], point.vector
        (('x1^2', 'x1*x2', 'x2^2'), ['1/2', '1', '1/2'], array([0.5, 1. , 0.5]))
    """
    if isinstance(f, FunctionPoint):
        f = f.vector if f.exact is None else f.exact
    if isinstance(f, str | bytes):
        raise InvalidInputError(
            f"f is the text {f!r}; give a SymPy polynomial in x1, …, x{space.model.n_inputs} or the "
            f"{space.dimension} coefficients in the coordinates of V."
        )
    is_list = (isinstance(f, Iterable) or hasattr(f, "__len__")) and not _is_polynomial(f)
    entries = list(f) if is_list else [f]
    if not is_list or _are_polynomials(space, entries):
        coefficients = _coefficients_of_polynomials(space, entries)
    else:
        if len(entries) != space.dimension:
            raise InvalidInputError(
                f"f has {len(entries)} coefficients, but the functions of {space.model.name} have "
                f"{space.dimension}: those of {_listed(space.coordinates)}."
            )
        coefficients = [_scalar(entry) for entry in entries]
    return FunctionPoint(space, _exact(coefficients), _vector(coefficients))


def as_polynomials(space: FunctionSpace, c: Sequence[Any] | np.ndarray) -> list[sympy.Expr]:
    """The function Σ_b c_b φ_b as SymPy polynomials in x1, x2, …, one for each output.

    Args:
        space: V.
        c: its N coefficients.

    Raises:
        InvalidInputError: If there are not N of them, or one is not a finite number.

    Examples:
        >>> from neuromanifold.functions import FunctionSpace, as_polynomials
        >>> from neuromanifold.models import MLP, monomial
        >>> as_polynomials(FunctionSpace.of(MLP([2, 2, 1], monomial(2))), [1, 0, -1])
        [x1**2 - x2**2]
    """
    import sympy

    point = read_function(space, list(c))
    gens = sympy.symbols(f"x1:{space.model.n_inputs + 1}")
    terms: list[dict[tuple[int, ...], Any]] = [{} for _ in range(space.model.n_outputs)]
    for output, exponents, relation in zip(
        space.expansion.outputs.tolist(),
        space.expansion.exponents.tolist(),
        space.relations,
        strict=True,
    ):
        terms[output][tuple(exponents)] = _to_sympy(_coefficient(relation, point))
    zero = (0,) * len(gens)
    return [sympy.Poly.from_dict(poly or {zero: 0}, *gens).as_expr() for poly in terms]


def _coefficient(relation: Sequence[fmpq], point: FunctionPoint) -> Scalar:
    """Σ_b E_b c_b for one row of E."""
    used = [b for b, e in enumerate(relation) if e != 0]
    if point.exact is None:
        return complex(sum(to_float(relation[b]) * complex(point.vector[b]) for b in used))
    return sum((relation[b] * point.exact[b] for b in used), fmpq(0))


def _coefficients_of_polynomials(space: FunctionSpace, entries: list[Any]) -> list[Scalar]:
    model = space.model
    if len(entries) != model.n_outputs:
        raise InvalidInputError(
            f"f has {len(entries)} polynomials, but the functions of {model.name} have "
            f"{model.n_outputs} outputs; give a list with one polynomial for each output."
        )
    places = {
        (output, *exponents): m
        for m, (output, exponents) in enumerate(
            zip(space.expansion.outputs.tolist(), space.expansion.exponents.tolist(), strict=True)
        )
    }
    coefficients: list[Scalar] = [fmpq(0)] * len(places)
    for output, entry in enumerate(entries):
        for exponents, value in _terms(entry, model.n_inputs):
            place = places.get((output, *exponents))
            if place is not None:
                coefficients[place] = value
            elif value != 0:
                raise InvalidInputError(
                    f"f has the term {_monomial(exponents)}, which no function of {model.name} has "
                    f"in output {output + 1}; the coordinates of V are the coefficients of "
                    f"{_listed(space.coordinates)}."
                )
    rounded = any(_sympified(entry).atoms(_float_type()) for entry in entries)
    _check_relations(space, coefficients, _TOLERANCE if rounded else 0.0)
    return [coefficients[pivot] for pivot in space.pivots]


def _check_relations(space: FunctionSpace, coefficients: list[Scalar], tolerance: float) -> None:
    """Every coefficient is Σ_b E_b c_b, up to a multiple of the largest one."""
    pivots = [coefficients[pivot] for pivot in space.pivots]
    point = FunctionPoint(space, _exact(pivots), _vector(pivots))
    inexact = tolerance > 0 or point.exact is None
    slack = max(tolerance, _TOLERANCE) * max((abs(_to_complex(v)) for v in coefficients), default=0)
    for relation, found, output, exponents in zip(
        space.relations,
        coefficients,
        space.expansion.outputs.tolist(),
        space.expansion.exponents.tolist(),
        strict=True,
    ):
        wanted = _coefficient(relation, point)
        if inexact:
            fits = abs(_to_complex(wanted) - _to_complex(found)) <= slack
        else:
            fits = isinstance(found, fmpq) and wanted == found
        if not fits:
            show = _rounded if inexact else _to_sympy
            raise InvalidInputError(
                f"f has the coefficient {show(found)} at {_monomial(exponents)} in output "
                f"{output + 1}, but every function of {space.model.name} with f's other "
                f"coefficients has {show(wanted)} there; give a function of V."
            )


def _terms(entry: Any, n_inputs: int) -> list[tuple[tuple[int, ...], Scalar]]:
    """Exponents in x1, …, xn and coefficients."""
    import sympy

    expression = _sympified(entry)
    if isinstance(expression, sympy.Poly):
        expression = expression.as_expr()
    variables: dict[Any, Any] = {}
    for symbol in expression.free_symbols:
        match = _VARIABLE.fullmatch(str(symbol))
        if match is None or int(match[1]) > n_inputs:
            raise InvalidInputError(
                f"f contains the variable {symbol}; the inputs are named x1, …, x{n_inputs}."
            )
        variables[symbol] = sympy.Symbol(match[0])  # without assumptions
    gens = sympy.symbols(f"x1:{n_inputs + 1}")
    try:
        polynomial = sympy.Poly(expression.xreplace(variables), *gens)
    except sympy.PolynomialError:
        polynomial = None
    if polynomial is None or any(c.free_symbols for c in polynomial.coeffs()):
        raise InvalidInputError(
            f"f contains {expression}, which is not a polynomial; give polynomials in "
            f"x1, …, x{n_inputs}."
        )
    return [(exponents, _scalar(value)) for exponents, value in polynomial.terms()]


def _sympified(entry: Any) -> Any:
    import sympy

    if _is_polynomial(entry):
        return entry
    value = _scalar(entry)
    return _to_sympy(value) if isinstance(value, fmpq) else sympy.sympify(value)


def _float_type() -> Any:
    import sympy

    return sympy.Float


def _is_polynomial(value: Any) -> bool:
    """Whether it is a SymPy expression that contains variables, or a SymPy polynomial."""
    if hasattr(value, "shape"):  # an array or a matrix of them
        return False
    return bool(getattr(value, "free_symbols", None)) or hasattr(value, "gens")


def _are_polynomials(space: FunctionSpace, entries: list[Any]) -> bool:
    """Whether a list holds a polynomial for each output, and not N numbers."""
    if any(_is_polynomial(entry) for entry in entries):
        return True
    constants = all(hasattr(entry, "free_symbols") for entry in entries)
    return constants and len(entries) == space.model.n_outputs != space.dimension


def _scalar(value: Any) -> Scalar:
    """A finite number, exactly if it is rational or a float."""
    if isinstance(value, fmpq):
        return value
    if isinstance(value, int | np.integer | fmpz):
        return fmpq(int(value))
    if getattr(value, "is_Float", False):
        import sympy

        value = sympy.Rational(value)  # dyadic
    if isinstance(value, Rational):
        return fmpq(int(value.numerator), int(value.denominator))
    try:
        number = complex(value)
    except (TypeError, ValueError):
        raise InvalidInputError(
            f"f has the coefficient {value!r}; coefficients must be numbers."
        ) from None
    if not (isfinite(number.real) and isfinite(number.imag)):
        raise InvalidInputError(f"f has the coefficient {value}; coefficients must be finite.")
    if isinstance(value, Real):
        return fmpq(*number.real.as_integer_ratio())
    return number


def _exact(values: Sequence[Scalar]) -> tuple[fmpq, ...] | None:
    rationals = tuple(value for value in values if isinstance(value, fmpq))
    return rationals if len(rationals) == len(values) else None


def _vector(values: Sequence[Scalar]) -> np.ndarray:
    numbers = [_to_complex(value) for value in values]
    return np.array(numbers if any(z.imag for z in numbers) else [z.real for z in numbers])


def _to_complex(value: Scalar) -> complex:
    return complex(to_float(value)) if isinstance(value, fmpq) else complex(value)


def _to_sympy(value: Scalar) -> Any:
    import sympy

    if isinstance(value, fmpq):
        return sympy.Rational(int(value.p), int(value.q))
    number = complex(value)
    real, imaginary = sympy.Float(number.real), sympy.Float(number.imag)
    return real + sympy.I * imaginary if number.imag else real


def _rounded(value: Scalar) -> str:
    number = _to_complex(value)
    return f"{number:.6g}" if number.imag else f"{number.real:.6g}"


def _monomial(exponents: Sequence[int]) -> str:
    factors = [f"x{i + 1}" + (f"^{e}" if e > 1 else "") for i, e in enumerate(exponents) if e]
    return "*".join(factors) or "1"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown}, …"
