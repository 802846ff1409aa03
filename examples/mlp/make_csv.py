"""Write the table of the MLP example from the Palmer penguins shipped with palmerpenguins.

Run it with `pip install palmerpenguins` and `python examples/mlp/make_csv.py`.
"""

from pathlib import Path

from palmerpenguins import load_penguins

COLUMNS = {
    "flipper_length_mm": "flipper_length",
    "bill_depth_mm": "bill_depth",
    "body_mass_g": "body_mass",
}
LENGTHS = ["flipper_length", "bill_depth"]

table = load_penguins()[list(COLUMNS)].rename(columns=COLUMNS).dropna()
table[LENGTHS] = (table[LENGTHS] - table[LENGTHS].mean()) / table[LENGTHS].std(ddof=0)
table["body_mass"] /= (table["body_mass"] ** 2).mean() ** 0.5
table.insert(len(LENGTHS), "one", 1)
table.round(4).to_csv(Path(__file__).with_name("penguins.csv"), index=False, lineterminator="\n")
