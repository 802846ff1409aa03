"""Write the table of the MLP example from the Palmer penguins shipped with palmerpenguins.

Run it with `pip install palmerpenguins` and `python examples/mlp/make_csv.py`.
"""

from pathlib import Path

from palmerpenguins import load_penguins

COLUMNS = {
    "bill_length_mm": "bill_length",
    "bill_depth_mm": "bill_depth",
    "flipper_length_mm": "flipper_length",
    "body_mass_g": "body_mass",
}

table = load_penguins()[list(COLUMNS)].rename(columns=COLUMNS).dropna()
table = table / (table**2).mean() ** 0.5
table.round(4).to_csv(Path(__file__).with_name("penguins.csv"), index=False, lineterminator="\n")
