const root = document.documentElement;

export function read() {
  return root.dataset.theme ?? "system";
}

// A cookie, not local storage: the server writes the attribute into the first paint.
export function choose(theme) {
  if (theme === "system") {
    delete root.dataset.theme;
    document.cookie = "theme=; path=/; max-age=0; samesite=lax";
  } else {
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  }
  window.dispatchEvent(new Event("themechange"));
}
