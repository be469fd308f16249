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

/** What of an image follows the slider. */
function shownAt({ name }, share) {
  if (name === "overlay") return { opacity: share };
  return name === "backdrop" ? { visible: share < 1 } : {};
}

/** Changes of images, as Plotly names them. */
function opacities(images, share) {
  const changes = {};
  images.forEach((image, i) => {
    for (const [name, value] of Object.entries(shownAt(image, share))) {
      if (image[name] !== value) changes[`images[${i}].${name}`] = value;
    }
  });
  return changes;
}

/** The same in a layout that is not drawn yet. */
function withOpacity(layout, share) {
  for (const image of layout.images ?? []) Object.assign(image, shownAt(image, share));
}
