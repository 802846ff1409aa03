"""Write the table of the convolution example from the sunspot numbers shipped with statsmodels.

Run it with `pip install statsmodels` and `python examples/convolution/make_csv.py`.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.datasets import sunspots

PAST, AHEAD = 5, 5

data = sunspots.load_pandas().data
activity = data["SUNACTIVITY"].to_numpy()
scaled = (activity - activity.mean()) / activity.std()
windows = np.lib.stride_tricks.sliding_window_view(scaled, PAST + AHEAD)
table = pd.DataFrame({"year": data["YEAR"].to_numpy(int)[PAST - 1 : -AHEAD]})
for i in range(PAST):
    table[f"x{i + 1}"] = windows[:, i]
table["y"] = windows[:, -1]
table.round(4).to_csv(Path(__file__).with_name("sunspots.csv"), index=False, lineterminator="\n")
