/**
 * Another site, whose pages knock on ours.
 *
 * Its host is `localhost` where ours is `127.0.0.1`: both are trustworthy to a browser, and they are two sites.
 */

import { once } from "node:events";
import { createServer } from "node:http";

/** @typedef {{ action: string, fields: Record<string, string> }} Form an address of ours and what is sent to it */

export class OtherSite {
  #server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", this.address);
    const forms = JSON.parse(searchParams.get("forms") ?? "[]");
    const page = searchParams.get("by") === "form" ? formPage(forms[0]) : scriptPage(forms);
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page);
  });

  async open() {
    this.#server.listen(0, "localhost");
    await once(this.#server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    this.address = `http://localhost:${port}`;
    return this;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** A page whose form is sent as a navigation of the window, by its own `knock()`. @param {Form} form */
  formAddress(form) {
    return this.#page("form", [form]);
  }

  /** A page that sends forms from hidden frames and by `fetch`, and says what came of it in its title. @param {Form[]} forms */
  scriptAddress(forms) {
    return this.#page("script", forms);
  }

  /** @param {string} by @param {Form[]} forms */
  #page(by, forms) {
    return `${this.address}/?${new URLSearchParams({ by, forms: JSON.stringify(forms) })}`;
  }
}

export async function openOtherSite() {
  return await new OtherSite().open();
}

/** @param {Form} form @param {string} [target] */
function formMarkup({ action, fields }, target = "_self") {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  return `<form action="${action}" method="post" target="${target}">${inputs.join("")}</form>`;
}

/** @param {Form} form */
function formPage(form) {
  return `<!doctype html><title>other</title>${formMarkup(form)}
    <script>globalThis.knock = () => setTimeout(() => document.forms[0].submit(), 0)</script>`;
}

/** @param {Form[]} forms */
function scriptPage(forms) {
  const framed = forms.map((form, place) => `<iframe name="f${place}"></iframe>${formMarkup(form, `f${place}`)}`);
  const forms64 = Buffer.from(JSON.stringify(forms)).toString("base64");
  return `<!doctype html><title>other</title>${framed.join("")}
    <script>
      const send = ({ action, fields }, mode, headers) =>
        fetch(action, { method: "POST", mode, headers, credentials: "include", body: new URLSearchParams(fields) })
          .then(({ type, status }) => type + " " + status, (error) => error.name);
      onload = async () => {
        const told = [];
        for (const form of document.forms) form.submit();
        for (const form of JSON.parse(atob("${forms64}"))) {
          told.push(await send(form, "no-cors", { "HX-Request": "true" }));
          told.push(await send(form, "cors", { "HX-Request": "true" }));
        }
        setTimeout(() => { document.title = "sent: " + told.join(", "); }, 700);
      };
    </script>`;
}
