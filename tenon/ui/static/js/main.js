// Everything every page uses; each module looks after one thing.
import "./theme.js";
import "./drawer.js";
import "./popover.js";
import "./dialog.js";
import "./palette.js";
import "./combobox.js";
import "./rows.js";
import "./list.js";
import "./form.js";
import "./upload.js";
import "./toast.js";
import "./keys.js";
import "./token.js";
import "./select.js";
import "./neighbours.js";
import "./frame.js";
import "./pulse.js";
