/** What a browser keeps for a page over a reload; for as long as the page lives where it may keep nothing. */

const meanwhile = new Map();

const store = () => {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
};

export function read(name) {
  return store()?.getItem(name) ?? meanwhile.get(name) ?? null;
}

export function write(name, text) {
  try {
    store().setItem(name, text);
  } catch {
    meanwhile.set(name, text);
  }
}

export function forget(name) {
  meanwhile.delete(name);
  store()?.removeItem(name);
}

export function names(prefix) {
  return [...new Set([...Object.keys(store() ?? {}), ...meanwhile.keys()])].filter((name) => name.startsWith(prefix));
}
