"""Write the table of the attention example from the Grunfeld data shipped with statsmodels.

Run it with `pip install statsmodels` and `python examples/attention/make_csv.py`.
"""

from pathlib import Path

from statsmodels.datasets import grunfeld

FIRMS = {"ge": "General Electric", "wh": "Westinghouse"}
COLUMNS = ("value", "capital", "invest")
TABLE = Path(__file__).parents[2] / "src/neuromanifold/cli/demo/tokens.csv"

panel = grunfeld.load_pandas().data.pivot(index="year", columns="firm")
table = panel.index.astype(int).to_frame(index=True)
for column in COLUMNS:
    for suffix, firm in FIRMS.items():
        series = panel[column, firm]
        table[f"{column}_{suffix}"] = (series - series.mean()) / series.std(ddof=0)
table.round(4).to_csv(TABLE, index=False, lineterminator="\n")
