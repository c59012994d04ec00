// What a public form uses: keys and focus, better inputs. Without any of it the form works all the same.
import "./form.js";
import "./inputs.js";
