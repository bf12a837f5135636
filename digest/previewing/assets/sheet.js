"use strict";
// Every frame as tall as its mail; all widths in one look where the window is wide enough, else one at a time.
const SIDE_BY_SIDE = 1000;  // px; below this a quarter of the window shows too little
const actual = document.getElementById("actual");
function fit() {
  for (const row of document.querySelectorAll(".row")) {
    const frames = [...row.querySelectorAll("iframe")];
    const gaps = (frames.length - 1) * parseFloat(getComputedStyle(row).columnGap) + 2 * frames.length;
    const all = frames.reduce((sum, frame) => sum + Number(frame.width), 0);
    for (const frame of frames) {
      const room = row.clientWidth >= SIDE_BY_SIDE
        ? (row.clientWidth - gaps) / all : (row.clientWidth - 2) / frame.width;
      const scale = actual.checked ? 1 : Math.min(1, room);
      const root = frame.contentDocument && frame.contentDocument.documentElement;
      if (root) frame.height = Math.ceil(root.getBoundingClientRect().height);
      frame.style.transform = `scale(${scale})`;
      const screen = frame.parentElement.style;
      screen.boxSizing = "content-box";  // the border comes on top
      screen.width = `${Math.floor(frame.width * scale)}px`;
      screen.height = `${Math.ceil(frame.height * scale)}px`;
    }
  }
}
document.getElementById("sizing").hidden = false;
actual.addEventListener("change", fit);
addEventListener("resize", fit);
addEventListener("load", fit);
