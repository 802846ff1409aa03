"""The tables of a specification file, as pydantic models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from neuromanifold.landscapes import LandscapeOptions
    from neuromanifold.models import AbstractActivation, Model

Size = Annotated[int, Field(ge=1, lt=2**31)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]


class Table(BaseModel):
    """A TOML table: no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Monomial(Table):
    """``{monomial = r}``: x ↦ xʳ."""

    monomial: Size

    def build(self) -> AbstractActivation:
        """The activation."""
        from neuromanifold.models import monomial

        return monomial(self.monomial)


class Polynomial(Table):
    """``{polynomial = [c0, c1, …]}``: x ↦ Σ cₖ xᵏ."""

    polynomial: Annotated[list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=1)]

    def build(self) -> AbstractActivation:
        """The activation."""
        from neuromanifold.models import polynomial

        return polynomial(self.polynomial)


def _activation_tag(value: Any) -> str | None:
    # The prefix keeps tags apart from keys of the file in the locations that pydantic reports.
    if value == "identity":
        return "tag:identity"
    if isinstance(value, Table):
        value = value.model_dump()
    if isinstance(value, dict):
        return next((f"tag:{key}" for key in ("monomial", "polynomial") if key in value), None)
    return None


ActivationTable = Annotated[
    Annotated[Literal["identity"], Tag("tag:identity")]
    | Annotated[Monomial, Tag("tag:monomial")]
    | Annotated[Polynomial, Tag("tag:polynomial")],
    Discriminator(
        _activation_tag,
        custom_error_type="activation",
        custom_error_message="it must be a polynomial activation: "
        '"identity", {monomial = 2} or {polynomial = [0, 1, 1]}',
    ),
]


def _build_activation(table: Any) -> AbstractActivation:
    from neuromanifold.models import identity

    return identity() if table == "identity" else table.build()


class MLPTable(Table):
    """``family = "mlp"``."""

    family: Literal["mlp"]
    widths: Annotated[list[Size], Field(min_length=2)]
    activation: ActivationTable = "identity"
    bias: bool = False

    def build(self) -> Model:
        """The model."""
        from neuromanifold.models import MLP

        return MLP(tuple(self.widths), _build_activation(self.activation), bias=self.bias)


class ConvolutionTable(Table):
    """``family = "convolution"``."""

    family: Literal["convolution"]
    filters: Annotated[list[Size], Field(min_length=1)]
    strides: Annotated[list[Size], Field(min_length=1)]
    activation: ActivationTable = "identity"
    outputs: Size = 1

    @model_validator(mode="after")
    def _one_stride_per_filter(self) -> ConvolutionTable:
        if len(self.filters) != len(self.strides):
            raise PydanticCustomError(
                "lengths",
                "filters has {filters} entries and strides has {strides}; "
                "give one stride for each filter",
                {"filters": len(self.filters), "strides": len(self.strides)},
            )
        return self

    def build(self) -> Model:
        """The model."""
        from neuromanifold.models import Convolution

        return Convolution(
            tuple(self.filters),
            tuple(self.strides),
            _build_activation(self.activation),
            outputs=self.outputs,
        )


class LightningAttentionTable(Table):
    """``family = "lightning-attention"``."""

    family: Literal["lightning-attention"]
    d: Size
    a: Size
    d_out: Size
    tokens: Size
    layers: Size = 1

    def build(self) -> Model:
        """The model."""
        from neuromanifold.models import LightningAttention

        return LightningAttention(
            d=self.d, a=self.a, d_out=self.d_out, tokens=self.tokens, layers=self.layers
        )


FAMILIES: dict[str, type[Table]] = {
    "mlp": MLPTable,
    "convolution": ConvolutionTable,
    "lightning-attention": LightningAttentionTable,
}


class RandomTable(Table):
    """``random = {samples, seed}``: standard normal inputs and targets."""

    samples: Size
    seed: Seed = 0


class DataTable(Table):
    """``[data]``: the columns of a CSV file, or random numbers."""

    csv: Annotated[str, Field(min_length=1)] | None = None
    inputs: Annotated[list[str], Field(min_length=1)] | None = None
    targets: Annotated[list[str], Field(min_length=1)] | None = None
    random: RandomTable | None = None

    @model_validator(mode="after")
    def _one_source(self) -> DataTable:
        if (self.csv is None) == (self.random is None):
            given = "neither 'csv' nor 'random'" if self.csv is None else "both 'csv' and 'random'"
            raise PydanticCustomError(
                "source",
                "it has {given}; give exactly one of "
                'csv = "file.csv" and random = {samples = 20, seed = 0}',
                {"given": given},
            )
        if self.csv is not None:
            for key in ("inputs", "targets"):
                if getattr(self, key) is None:
                    raise PydanticCustomError(
                        "columns",
                        "it has 'csv' but no '{key}'; list the names of the {key} columns",
                        {"key": key},
                    )
        elif self.inputs is not None or self.targets is not None:
            raise PydanticCustomError(
                "columns",
                "'inputs' and 'targets' name columns of a CSV file; remove them beside 'random'",
            )
        return self


class SolveTable(Table):
    """``[solve]``: the seed, the number of training runs, and how hard to look."""

    seed: Seed = 0
    train: Annotated[int, Field(ge=0, lt=2**31)] = 0
    quiet_loops: Size | None = None
    max_loops: Size | None = None
    max_rounds: Size | None = None
    threads: Size | None = None

    def options(self) -> LandscapeOptions:
        """The options given, the library's own for the rest."""
        from neuromanifold.landscapes import LandscapeOptions

        given = self.model_dump(exclude={"seed", "train"}, exclude_none=True)
        return LandscapeOptions(**given)


class SpecTable(Table):
    """A whole specification file."""

    model: Annotated[
        MLPTable | ConvolutionTable | LightningAttentionTable, Field(discriminator="family")
    ]
    data: DataTable | None = None
    solve: SolveTable = SolveTable()
