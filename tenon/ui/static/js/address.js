// Going to another address of the same list: the part that changes is fetched and morphed in, the address is pushed.

/** Change the question of the address: `change` gets its parameters; the list starts at its first page again. */
export function go(change) {
  const params = new URLSearchParams(location.search);
  change(params);
  params.delete("cursor");
  params.delete("seen");
  return goTo(`${location.pathname}${params.size ? `?${params}` : ""}`);
}

/** Go to an address of this list. */
export function goTo(url) {
  return htmx.ajax("GET", url, { target: "#results", swap: "outerMorph" });
}

/** Show the list of the present address anew. */
export const refresh = () => goTo(location.pathname + location.search);

/** Send a form to our own server, with the token of this session. */
export function send(url, body) {
  const { "X-CSRF-Token": token } = JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
  return fetch(url, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRF-Token": token || "" } });
}

/** Ask our own API, with the token of this session and in the language of the page. */
export function sendJson(url, value) {
  const { "X-CSRF-Token": token } = JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
  return fetch(url, { method: "POST", body: JSON.stringify(value), headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, "X-CSRF-Token": token || "" } });
}

/** Return the elements of a part of a page that our own server made. */
export function parse(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}
