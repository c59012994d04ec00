// Where tiles lie on a grid of twelve columns: what is moved or made larger pushes others down, empty rows close.

export const COLUMNS = 12;
const MOST_HIGH = 24;
const meet = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const between = (low, value, high) => Math.max(low, Math.min(value, high));

/** Return the places with one of them where it should be: ``places`` is a Map from id to {x, y, w, h}. */
export function lay(places, id, wanted) {
  const w = between(1, wanted.w, COLUMNS);
  const moved = { w, h: between(1, wanted.h, MOST_HIGH), x: between(0, wanted.x, COLUMNS - w), y: Math.max(0, wanted.y) };
  const done = new Map([[id, moved]]);
  const others = [...places].filter(([key]) => key !== id).sort(([, a], [, b]) => a.y - b.y || a.x - b.x);
  for (const [key, place] of others) {
    const put = { ...place };
    for (let hit = true; hit;) {
      hit = [...done.values()].find((other) => meet(put, other));
      if (hit) put.y = hit.y + hit.h;
    }
    done.set(key, put);
  }
  return close(done);
}

/** Return the places without rows that nothing lies in. */
function close(places) {
  const used = new Set();
  for (const { y, h } of places.values()) for (let row = y; row < y + h; row += 1) used.add(row);
  const rows = new Map([...used].sort((a, b) => a - b).map((row, at) => [row, at]));
  return new Map([...places].map(([key, place]) => [key, { ...place, y: rows.get(place.y) }]));
}

/** Return the places after one step with an arrow key; up and down change places with what is in the way. */
export function stepped(places, id, key) {
  const own = places.get(id);
  if (key === "ArrowLeft" || key === "ArrowRight") return lay(places, id, { ...own, x: own.x + (key === "ArrowLeft" ? -1 : 1) });
  const by = key === "ArrowUp" ? -1 : 1;
  const next = { ...own, y: own.y + by };
  const hits = [...places].filter(([other, place]) => other !== id && meet(next, place));
  if (!hits.length || next.y < 0) return lay(places, id, next);
  const top = Math.min(...hits.map(([, place]) => place.y));
  if (by < 0) return lay(places, id, { ...own, y: top });
  const bottom = Math.max(...hits.map(([, place]) => place.y + place.h));
  const raised = new Map(places);
  for (const [other, place] of hits) raised.set(other, { ...place, y: place.y - (top - own.y) });
  return lay(raised, id, { ...own, y: bottom - (top - own.y) });
}

/** Return the places after one tile was made larger or smaller with an arrow key. */
export function sized(places, id, key) {
  const own = places.get(id);
  const [w, h] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  return lay(places, id, { ...own, w: between(1, own.w + w, COLUMNS - own.x), h: own.h + h });
}
