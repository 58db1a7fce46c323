// The image in view: as large as is good to look at, crisp or smooth, zoomed, inverted, dragged, swiped.
// Knows nothing of queries.

const REMEMBERED = "cusp.view";
const ZOOM_STEP = 1.5;
const MOST_ZOOM = 12;
const LEAST_ZOOM = 0.25;
/** From this factor on, pixels are drawn as squares. */
const CRISP = 2;
const SWIPE_PX = 72;

/** How large an image of so many pixels a side is drawn at first: eight huge squares show nobody a digit. */
export const firstSide = (pixels) => 256 + 10 * Math.max(0, pixels - 8);

export class Viewer {
  #stage;
  #frame;
  #image = null;
  /** The size of the stage, known beforehand: to ask while the next image is drawn costs a layout. */
  #room = { width: 0, height: 0 };
  #zoom = 1;
  /** The zoom that fills the stage; whatever is larger is dragged, not swiped. */
  #fill = 1;
  #offset = { x: 0, y: 0 };
  #inverted = false;
  #contrasted = false;
  /** What the person chose for all images: {smooth, zoom}, the zoom never beyond the stage. */
  #chosen = remembered();
  #pointer = null;
  #swipe;
  #word;

  /** `swipe(direction)` returns what a swipe would answer as {name, act}, or null. */
  constructor(stage, frame, word, swipe) {
    this.#stage = stage;
    this.#frame = frame;
    this.#word = word;
    this.#swipe = swipe;
    this.#tellSmooth();
    new ResizeObserver(() => this.#measure()).observe(stage);
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", () => this.#letGo());
    stage.addEventListener("dblclick", (event) => !event.target.closest("button") && this.#toggleZoom());
  }

  /** Swaps a decoded image in, in this very frame. */
  show(image) {
    this.#image = image;
    this.#zoom = this.#chosen.zoom;
    this.#offset = { x: 0, y: 0 };
    this.#fit();
    this.#zoom = Math.min(this.#zoom, Math.max(1, this.#fill));
    this.#setZoom(this.#zoom);
    this.#letGo();
    this.#frame.replaceChildren(image);
    this.#stage.dataset.state = "shown";
  }

  clear() {
    this.#image = null;
    this.#frame.replaceChildren();
    this.#stage.dataset.state = "empty";
  }

  zoomIn() {
    this.#zoomTo(this.#zoom * ZOOM_STEP);
  }

  zoomOut() {
    this.#zoomTo(this.#zoom / ZOOM_STEP);
  }

  reset() {
    this.#zoom = 1;
    this.#zoomTo(1);
  }

  get smooth() {
    return this.#chosen.smooth;
  }

  /** Blends pixels into each other, or shows them as squares; stays so in this browser. */
  toggleSmooth() {
    this.#choose({ smooth: !this.#chosen.smooth });
    this.#fit();
    this.#tellSmooth();
    return this.#chosen.smooth;
  }

  /** Inversion and contrast stay on from image to image. Both return whether they are on now. */
  invert() {
    this.#inverted = !this.#inverted;
    this.#filter();
    return this.#inverted;
  }

  contrast() {
    this.#contrasted = !this.#contrasted;
    this.#filter();
    return this.#contrasted;
  }

  #tellSmooth() {
    this.#stage.closest(".ask").toggleAttribute("data-smooth", this.#chosen.smooth);
  }

  #toggleZoom() {
    if (this.#zoom > 1) this.reset();
    else this.#zoomTo(3);
  }

  #filter() {
    const filters = [this.#contrasted && "contrast(2)", this.#inverted && "invert(1)"].filter(Boolean);
    // For the images of all ways to ask; the style sheets say where it goes.
    this.#stage.closest(".ask").style.setProperty("--filter", filters.join(" ") || "none");
  }

  #measured() {
    return { width: this.#stage.clientWidth, height: this.#stage.clientHeight };
  }

  #measure() {
    this.#room = this.#measured();
    this.#fit();
  }

  #fit() {
    const image = this.#image;
    if (!image) return;
    if (!this.#room.width) this.#room = this.#measured();
    const room = this.#room;
    const { naturalWidth: width, naturalHeight: height } = image;
    const ratio = devicePixelRatio || 1;
    const most = Math.min(room.width / width, room.height / height);
    const side = Math.max(width, height);
    let scale = Math.min(most, firstSide(side) / side);
    // Whole device pixels per image pixel keep all of them the same size.
    if (scale >= 2 * CRISP) scale = Math.floor(scale * ratio) / ratio;
    this.#fill = most / scale < 1.05 ? 1 : most / scale;
    image.classList.toggle("crisp", !this.#chosen.smooth && scale * this.#zoom >= CRISP);
    image.style.width = `${width * scale}px`;
    image.style.height = `${height * scale}px`;
    this.#place();
  }

  get #beyond() {
    return this.#zoom > Math.max(1, this.#fill) + 0.01;
  }

  #place({ x, y } = this.#offset) {
    if (!this.#image) return;
    this.#image.style.transform = this.#zoom === 1 && !x && !y ? "" : `translate(${x}px, ${y}px) scale(${this.#zoom})`;
  }

  #setZoom(wanted) {
    const edge = Math.max(1, this.#fill);
    let zoom = Math.min(MOST_ZOOM * edge, Math.max(LEAST_ZOOM, wanted));
    // On the way up and down the image stops at its own size and at the stage's.
    for (const stop of [1, edge]) if ((this.#zoom < stop - 0.01 && zoom > stop) || (this.#zoom > stop + 0.01 && zoom < stop)) zoom = stop;
    this.#zoom = zoom;
    if (!this.#beyond) this.#offset = { x: 0, y: 0 };
    this.#stage.toggleAttribute("data-zoomed", this.#beyond);
    this.#fit();
  }

  #zoomTo(zoom) {
    if (!this.#image) return;
    this.#setZoom(zoom);
    if (!this.#beyond) this.#choose({ zoom: this.#zoom });
  }

  #choose(choice) {
    this.#chosen = { ...this.#chosen, ...choice };
    remember(this.#chosen);
  }

  #down(event) {
    if (!this.#image || event.button || event.target.closest("button")) return;
    if (!this.#beyond && event.pointerType === "mouse") return;
    this.#pointer = { id: event.pointerId, x: event.clientX, y: event.clientY, from: { ...this.#offset } };
    this.#stage.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (event.pointerId !== this.#pointer?.id) return;
    const x = event.clientX - this.#pointer.x;
    const y = event.clientY - this.#pointer.y;
    if (this.#beyond) {
      this.#offset = { x: this.#pointer.from.x + x, y: this.#pointer.from.y + y };
      this.#place();
      return;
    }
    const swipe = this.#meaning(x, y);
    this.#word.hidden = !swipe;
    if (swipe) this.#word.textContent = swipe.name;
    this.#place({ x, y: Math.max(0, y) });
  }

  #up(event) {
    if (event.pointerId !== this.#pointer?.id) return;
    const swipe = !this.#beyond && this.#meaning(event.clientX - this.#pointer.x, event.clientY - this.#pointer.y);
    this.#letGo();
    if (swipe) swipe.act();
  }

  #letGo() {
    this.#pointer = null;
    this.#word.hidden = true;
    this.#place();
  }

  #meaning(x, y) {
    if (Math.abs(x) > Math.abs(y)) return Math.abs(x) < SWIPE_PX ? null : this.#swipe(x < 0 ? "left" : "right");
    return y < SWIPE_PX ? null : this.#swipe("down");
  }
}

const remembered = () => {
  try {
    const { smooth = false, zoom = 1 } = JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
    return { smooth: smooth === true, zoom: zoom >= LEAST_ZOOM && zoom <= MOST_ZOOM ? zoom : 1 };
  } catch {
    return { smooth: false, zoom: 1 };
  }
};

const remember = (chosen) => {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(chosen));
  } catch { /* then every visit begins anew */ }
};
