"use strict";

// The viewer's dark colours hang on a class: it is that of the system's scheme.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

// Tokens stay in the memory of the page. Requests go to the server of the page and carry nothing that was not put into
// them here: no cookie of the site is sent along.
SwaggerUIBundle({
  url: "../schema/",
  domNode: document.getElementById("docs"),
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  requestInterceptor(request) {
    if (new URL(request.url, location.href).origin !== location.origin) {
      throw new Error("This page asks its own server only.");
    }
    request.credentials = "omit";
    return request;
  },
});
