// How opaque maps are over the radar image: as the page's slider says, at once. Part of figure.js.

const SLIDER = ".st-key-opacity input[type=range]";

/** Follow the slider, which comes and goes with the panel that holds it. */
function watchSlider(place, plot) {
  plot.slider = new MutationObserver((changes) => {
    if (changes.some(({ target }) => target.matches?.(SLIDER))) setOpacity(place, plot);
  });
  plot.slider.observe(document.body, { subtree: true, attributeFilter: ["value"] });
}

/** What a person has chosen last: the slider may be ahead of the server. */
function chosenOpacity(plot) {
  const slider = document.querySelector(SLIDER);
  return slider ? Number(slider.value) / 100 : plot.opacity;
}

function setOpacity(place, plot) {
  if (!place._fullLayout) return;
  const changes = opacities(place.layout.images ?? [], chosenOpacity(plot));
  if (Object.keys(changes).length) window.Plotly.relayout(place, changes);
}

/** Changes of images, as Plotly names them. */
function opacities(images, share) {
  const changes = {};
  images.forEach(({ name, opacity, visible }, i) => {
    const shown = share < 1;
    if (name === "overlay" && opacity !== share) changes[`images[${i}].opacity`] = share;
    if (name === "backdrop" && visible !== shown) changes[`images[${i}].visible`] = shown;
  });
  return changes;
}

/** The same in a layout that is not drawn yet. */
function withOpacity(layout, share) {
  for (const image of layout.images ?? []) {
    if (image.name === "overlay") image.opacity = share;
    if (image.name === "backdrop") image.visible = share < 1;
  }
}
