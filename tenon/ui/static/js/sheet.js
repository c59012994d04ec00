// The rows of a list: loaded without end, edited in place, pasted into, widened, ticked and changed together.
import "./endless.js";
import "./grid.js";
import "./widths.js";
import "./paste.js";
import "./bulk.js";
import "./peek.js";
