// The drawing, its title and legend as a picture. The library's own way needs images of the blob scheme, which the page may not load.
export async function savePicture(chart, title) {
  const drawing = chart.element.querySelector("svg.apexcharts-svg");
  const { width, height } = drawing.getBoundingClientRect();
  const copy = drawing.cloneNode(true);
  for (const part of copy.querySelectorAll("foreignObject, .apexcharts-xcrosshairs, .apexcharts-ycrosshairs")) part.remove();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const before = chart.over.querySelector(".chart-before")?.cloneNode();
  if (before) {
    const { stroke, strokeWidth, strokeDasharray } = getComputedStyle(chart.over.querySelector(".chart-before"));
    for (const [name, value] of Object.entries({ stroke, "stroke-width": strokeWidth, "stroke-dasharray": strokeDasharray, fill: "none" })) before.setAttribute(name, value);
    copy.append(before);
  }
  const picture = new Image();
  picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  await picture.decode();
  const [scale, pad, head] = [2, 16, chart.timed() ? 64 : 40];
  const canvas = Object.assign(document.createElement("canvas"), { width: (width + 2 * pad) * scale, height: (height + head + 32) * scale });
  const pen = canvas.getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  pen.scale(scale, scale);
  pen.fillStyle = chart.colour("surface");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = chart.colour("text");
  pen.font = `600 15px ${family}`;
  pen.fillText(title, pad, 26);
  pen.font = `12px ${family}`;
  let left = pad;
  for (const one of chart.timed() ? chart.model.series : []) {
    if (left > width) break;
    pen.fillStyle = chart.colour(`series-${one.colour}`);
    pen.fillRect(left, 40, 10, 10);
    pen.fillStyle = chart.colour("text-muted");
    pen.fillText(one.label, left + 14, 50);
    left += pen.measureText(one.label).width + 32;
  }
  pen.drawImage(picture, pad, head, width, height);
  pen.textAlign = "center";
  pen.fillStyle = chart.colour("text-muted");
  for (const tick of chart.timed() ? chart.axis.children : []) pen.fillText(tick.textContent, pad + parseFloat(tick.style.left), head + height + 12);
  const blob = await new Promise(done => canvas.toBlob(done, "image/png"));
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "")}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
