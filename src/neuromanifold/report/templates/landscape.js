const dark = window.matchMedia("(prefers-color-scheme: dark)");
const narrow = window.matchMedia("(max-width: 640px)");

function theme(id) {
  const ink = dark.matches ? "#d7dce4" : "#2a303a";
  const grid = dark.matches ? "#333b47" : "#e3e7ed";
  const change = { "font.color": ink, "hoverlabel.font.color": ink,
    "hoverlabel.bgcolor": dark.matches ? "#1d232c" : "#ffffff", "hoverlabel.bordercolor": grid };
  const axes = id === "picture" ? ["scene.xaxis", "scene.yaxis", "scene.zaxis"] : ["xaxis", "yaxis"];
  for (const axis of axes) change[`${axis}.gridcolor`] = grid;
  const labels = figures[id].layout.scene?.annotations ?? [];
  labels.forEach((_, i) => { change[`scene.annotations[${i}].bgcolor`] = dark.matches ? "rgba(23,28,35,.65)" : "rgba(255,255,255,.65)"; });
  if (id === "losses") change["xaxis.linecolor"] = change["xaxis.zerolinecolor"] = grid;
  return change;
}

for (const id of ["picture", "losses"]) {
  const element = document.getElementById(id);
  if (!element) continue;
  const { data, layout } = figures[id];
  if (id === "picture" && narrow.matches) {
    layout.font = { ...layout.font, size: 11 };
    for (const axis of ["x", "y", "z"]) layout.scene.camera.eye[axis] *= 1.25;
  }
  const config = { responsive: true, displaylogo: false, displayModeBar: false, scrollZoom: id === "picture" };
  Plotly.newPlot(element, data, layout, config).then(() => Plotly.relayout(element, theme(id)));
  dark.addEventListener("change", () => Plotly.relayout(element, theme(id)));
}
