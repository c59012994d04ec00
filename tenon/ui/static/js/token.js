// One-time links carry their token behind the #, which browsers send to no server: it is posted instead.
import { one } from "./dom.js";

function send() {
  const form = one("[data-token-form]");
  const token = decodeURIComponent(location.hash.slice(1));
  if (!form || token.length < 20) return;
  history.replaceState(null, "", location.pathname);
  one("input[name=token]", form).value = token;
  form.requestSubmit();
}

addEventListener("hashchange", send);
send();
