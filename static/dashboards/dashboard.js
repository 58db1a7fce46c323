// The lead's page: live figures, charts, tabs, details, buttons.

import { startActions } from "./actions.js";
import { drawCharts, redrawOnChange } from "./charts.js";
import { startDetails } from "./details.js";
import { startLive } from "./live.js";
import { onSwap, remember } from "./parts.js";
import { startTabs } from "./tabs.js";
import { showTimes } from "./times.js";

const places = JSON.parse(document.getElementById("dashboard-places").textContent);

remember();
showTimes();
startTabs();
startDetails();
startActions();
redrawOnChange(places.plotly);
onSwap((part) => {
  showTimes(part);
  if (part.querySelector("[data-chart]")) drawCharts(places.plotly);
});
drawCharts(places.plotly);
startLive(places.events);
