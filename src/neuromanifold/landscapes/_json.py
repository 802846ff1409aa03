"""A landscape as JSON and back, without losing a bit.

Real numbers are written with the shortest decimals that round-trip, complex ones as pairs
``[re, im]``, and numbers that JSON lacks as the strings ``"nan"``, ``"inf"``, ``"-inf"``.
"""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from neuromanifold._files import write_atomically
from neuromanifold.continuation import Certificate
from neuromanifold.errors import InvalidInputError
from neuromanifold.functions import Dataset
from neuromanifold.landscapes._result import (
    Completeness,
    CompletenessStatus,
    CriticalPoint,
    Landscape,
)
from neuromanifold.landscapes._training import Training
from neuromanifold.models import Model, build_model, describe_model
from neuromanifold.theory import Prediction, Status

_E = TypeVar("_E", bound=Enum)

FORMAT = "neuromanifold landscape 1"


def to_dict(landscape: Landscape) -> dict[str, Any]:
    """The landscape as lists, dictionaries, numbers and strings.

    A model that is a Python function is left out.
    """
    return {
        "format": FORMAT,
        "version": landscape.version,
        "model": landscape.model_name,
        "model_description": None if landscape.model is None else describe_model(landscape.model),
        "n_complex": int(landscape.n_complex),
        "n_real": int(landscape.n_real),
        "n_reachable": int(landscape.n_reachable),
        "n_minima": int(landscape.n_minima),
        "n_certified": int(landscape.n_certified),
        "is_complete": landscape.is_complete,
        "completeness": _completeness(landscape.completeness),
        "dimension": int(landscape.dimension),
        "ambient_dimension": int(landscape.ambient_dimension),
        "coordinates": list(landscape.coordinates),
        "parameter_names": list(landscape.parameter_names),
        "target": _array(landscape.target),
        "metric": _array(landscape.metric),
        "constant": _number(landscape.constant),
        "n_samples": int(landscape.n_samples),
        "prediction": _prediction(landscape.prediction),
        "seed": int(landscape.seed),
        "seconds": _number(landscape.seconds),
        "critical_points": [_point(point) for point in landscape.critical_points],
        "training": _training(landscape.training),
        "data": _data(landscape.data),
    }


def from_dict(document: dict[str, Any]) -> Landscape:
    """The landscape that `to_dict` wrote.

    Raises:
        InvalidInputError: a key is missing or has the wrong type, or the counts contradict the
            points.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidInputError(f"the key 'format' is not '{FORMAT}'")
    try:
        landscape = _landscape(document)
    except KeyError as error:
        raise InvalidInputError(f"the key {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInputError(f"a value has the wrong type ({error})") from error
    for count in ("n_complex", "n_real", "n_certified"):
        said, counted = document.get(count), getattr(landscape, count)
        if said != counted:
            raise InvalidInputError(f"'{count}' is {said} but its points give {counted}")
    return landscape


def save(landscape: Landscape, path: Path) -> None:
    """Write the landscape to `path`, all of it or nothing.

    Raises:
        InvalidInputError: `path` cannot be written.
    """
    write_atomically(path, _layout(to_dict(landscape)))


def load(path: Path) -> Landscape:
    """Read what `save` wrote.

    Raises:
        InvalidInputError: there is no such file, or it is not a saved landscape.
    """
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidInputError(
            f"Cannot read '{path}': {reason}; give a file written by Landscape.save."
        ) from error
    except ValueError as error:
        raise InvalidInputError(
            f"Cannot load '{path}': it is not valid JSON ({error}); "
            "give a file written by Landscape.save."
        ) from error
    try:
        return from_dict(document)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"Cannot load '{path}': {error}; give a file written by Landscape.save."
        ) from error


def _layout(document: dict[str, Any]) -> str:
    # One key a line and one critical point a line: fit for reading and for comparing versions.
    lines = []
    for key, value in document.items():
        if key == "critical_points":
            text = "[\n  " + ",\n  ".join(map(_dumps, value)) + "\n ]" if value else "[]"
        else:
            text = _dumps(value)
        lines.append(f" {_dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _landscape(document: dict[str, Any]) -> Landscape:
    return Landscape(
        critical_points=tuple(_read_point(point) for point in document["critical_points"]),
        completeness=_read_completeness(document["completeness"]),
        model_name=str(document["model"]),
        dimension=int(document["dimension"]),
        ambient_dimension=int(document["ambient_dimension"]),
        coordinates=tuple(map(str, document["coordinates"])),
        parameter_names=tuple(map(str, document["parameter_names"])),
        target=_read_array(document["target"], axes=1),
        metric=_read_array(document["metric"], axes=2),
        constant=float(document["constant"]),
        n_samples=int(document["n_samples"]),
        prediction=_read_prediction(document["prediction"]),
        training=_read_training(document["training"]),
        seed=int(document["seed"]),
        seconds=float(document["seconds"]),
        version=str(document["version"]),
        model=_read_model(document.get("model_description")),
        data=_read_data(document.get("data")),
    )


def _read_model(description: dict[str, Any] | None) -> Model | None:
    return None if description is None else build_model(description)


def _data(data: Dataset | None) -> dict[str, Any] | None:
    if data is None:
        return None
    return {
        "X": data.X.tolist(),
        "Y": data.Y.tolist(),
        "inputs": list(data.inputs),
        "targets": list(data.targets),
    }


def _read_data(document: dict[str, Any] | None) -> Dataset | None:
    if document is None:
        return None
    inputs, targets = (tuple(map(str, document[key])) for key in ("inputs", "targets"))
    return Dataset(
        np.array(document["X"], np.float64),
        np.array(document["Y"], np.float64),
        inputs=inputs,
        targets=targets,
    )


def _point(point: CriticalPoint) -> dict[str, Any]:
    return {
        "loss": _number(point.loss),
        "is_real": bool(point.is_real),
        "has_real_parameters": bool(point.has_real_parameters),
        "index": None if point.index is None else int(point.index),
        "certified": bool(point.is_certified),
        "coefficients": _array(point.coefficients),
        "parameters": _array(point.parameters),
        "certificate": {
            "center": [_number(complex(c)) for c in point.certificate.center],
            "radii": [_number(r) for r in point.certificate.radii],
            "tail": [_number(complex(c)) for c in point.certificate.tail],
            "is_certified": bool(point.certificate.is_certified),
            "is_real": bool(point.certificate.is_real),
            "precision": int(point.certificate.precision),
            "free": list(point.free),
        },
    }


def _read_point(document: dict[str, Any]) -> CriticalPoint:
    certificate = document["certificate"]
    index = document["index"]
    return CriticalPoint(
        parameters=_read_array(document["parameters"], axes=1),
        coefficients=_read_array(document["coefficients"], axes=1),
        loss=_read_number(document["loss"]),
        is_real=_read_bool(document["is_real"]),
        has_real_parameters=_read_bool(document["has_real_parameters"]),
        index=None if index is None else int(index),
        certificate=Certificate(
            center=tuple(complex(_read_number(c)) for c in certificate["center"]),
            radii=tuple(float(r) for r in certificate["radii"]),
            is_certified=_read_bool(certificate["is_certified"]),
            is_real=_read_bool(certificate["is_real"]),
            precision=int(certificate["precision"]),
            tail=tuple(complex(_read_number(c)) for c in certificate.get("tail", ())),
        ),
        free=tuple(int(i) for i in certificate.get("free", ())),
    )


def _completeness(completeness: Completeness) -> dict[str, Any]:
    return {
        "status": completeness.status.name,
        "message": completeness.status.value,
        "n_generic": int(completeness.n_generic),
        "n_arrived": int(completeness.n_arrived),
        "n_trace_points": int(completeness.n_trace_points),
        "trace_residual": _number(completeness.trace_residual),
        "n_loops": int(completeness.n_loops),
    }


def _read_completeness(document: dict[str, Any]) -> Completeness:
    return Completeness(
        status=_member(CompletenessStatus, document["status"]),
        n_generic=int(document["n_generic"]),
        n_arrived=int(document["n_arrived"]),
        n_trace_points=int(document["n_trace_points"]),
        trace_residual=float(document["trace_residual"]),
        n_loops=int(document["n_loops"]),
    )


def _prediction(prediction: Prediction | None) -> dict[str, Any] | None:
    if prediction is None:
        return None
    return {
        "value": int(prediction.value),
        "statement": prediction.statement,
        "source": prediction.source,
        "status": prediction.status.name,
    }


def _read_prediction(document: dict[str, Any] | None) -> Prediction | None:
    if document is None:
        return None
    return Prediction(
        value=int(document["value"]),
        statement=str(document["statement"]),
        source=str(document["source"]),
        status=_member(Status, document["status"]),
    )


def _training(training: Training | None) -> dict[str, Any] | None:
    if training is None:
        return None
    return {
        "runs": training.runs,
        "frequencies": {str(end): share for end, share in training.frequencies.items()},
        "coefficients": _array(training.coefficients),
        "losses": _array(training.losses),
        "critical_point": training.critical_point.tolist(),
        "converged": training.converged.tolist(),
        "seed": int(training.seed),
    }


def _read_training(document: dict[str, Any] | None) -> Training | None:
    if document is None:
        return None
    return Training(
        coefficients=_read_array(document["coefficients"], axes=2),
        losses=_read_array(document["losses"], axes=1),
        critical_point=np.array(document["critical_point"], dtype=np.int64),
        converged=np.array(document["converged"], dtype=np.bool_),
        seed=int(document["seed"]),
    )


def _member(enumeration: type[_E], name: Any) -> _E:
    if name not in enumeration.__members__:
        raise ValueError(f"unknown status {name!r}")
    return enumeration[name]


def _number(value: complex) -> Any:
    if isinstance(value, complex | np.complexfloating):
        return [_number(float(value.real)), _number(float(value.imag))]
    real = float(value)
    return real if np.isfinite(real) else str(real)


def _read_number(value: Any) -> float | complex:
    if isinstance(value, list):
        real, imaginary = value
        return complex(float(real), float(imaginary))
    return float(value)


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is not true or false")
    return value


def _array(array: np.ndarray) -> list[Any]:
    if array.ndim > 1:
        return [_array(row) for row in array]
    return [_number(value) for value in array]


def _read_array(values: list[Any], *, axes: int) -> np.ndarray:
    depth, item = 0, values
    while isinstance(item, list):
        depth, item = depth + 1, item[0] if item else None
    if depth <= axes:
        array = np.array(values, dtype=np.float64)
    else:
        pairs = np.array(values, dtype=np.float64)
        array = np.empty(pairs.shape[:-1], dtype=np.complex128)
        # Assigned part by part: re + 1j·im would turn an infinite part into NaN.
        array.real, array.imag = pairs[..., 0], pairs[..., 1]
    if array.ndim != axes:
        raise ValueError(f"an array of {axes} axes has {array.ndim}")
    return array
