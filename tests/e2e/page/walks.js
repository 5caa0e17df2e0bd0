// What a browser does with the API. Every call goes to another origin, with credentials, and returns what the page could
// see of the answer. A call that the browser blocks is a TypeError, which fails the test.

export async function call(api, method, path, { body, headers = {} } = {}) {
  const answer = await fetch(api + path, {
    method,
    credentials: "include",
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: text && (answer.headers.get("content-type") || "").includes("json") ? JSON.parse(text) : text,
  };
}

// The events of a run, as EventSource gives them, until one says that the run has ended.
export function follow(api, run) {
  return new Promise((resolve, reject) => {
    const seen = [];
    const source = new EventSource(api + run + "/events", { withCredentials: true });
    source.addEventListener("status", (event) => {
      seen.push(JSON.parse(event.data).status);
      if (["SUCCEEDED", "FAILED"].includes(seen.at(-1))) {
        source.close();
        resolve(seen);
      }
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) reject(new Error("the stream could not be read"));
    };
  });
}

// The same by fetch, which can send a key.
export async function stream(api, run, headers = {}) {
  const answer = await fetch(api + run + "/events", { credentials: "include", headers });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  const events = [...text.matchAll(/^data: (.*)$/gm)].map((found) => JSON.parse(found[1]).status);
  return { status: answer.status, type: answer.headers.get("content-type"), events };
}

// The status, asked for as often as the API says, until the run has ended.
export async function poll(api, path) {
  const waits = [];
  for (;;) {
    const { status, headers, body } = await call(api, "GET", path);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    if (["SUCCEEDED", "FAILED"].includes(body.status)) return { waits, last: body };
    waits.push(headers["retry-after"]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function loop(api, site, answers, headers = {}) {
  const send = (method, path, body, more = {}) => call(api, method, path, { body, headers: { ...headers, ...more } });
  const brand = await send("POST", "/api/brands", { name: "Marrowby" }, { "idempotency-key": "brand-1" });
  const again = await send("POST", "/api/brands", { name: "Marrowby" }, { "idempotency-key": "brand-1" });
  const of = `/api/brands/${brand.body.id}`;
  const onboarding = await send("PUT", `${of}/onboarding`, { tier: 0, answers_json: answers });
  const source = await send("POST", `${of}/sources`, {
    platform: "web", capability: "crawl_pages", identifier: site,
  });
  const kickoff = await send("POST", `${of}/brandbrain/compile`, {});
  const run = kickoff.body.poll_url.replace(/\/status$/, "");
  const [followed, streamed, polled] = await Promise.all([
    Object.keys(headers).length ? null : follow(api, run),
    stream(api, run, headers),
    Object.keys(headers).length ? null : poll(api, kickoff.body.poll_url),
  ]);
  const latest = await send("GET", `${of}/brandbrain/latest?include=full`);
  const unchanged = await send("GET", `${of}/brandbrain/latest?include=full`, undefined, {
    "if-none-match": latest.headers.etag,
  });
  const overridden = await send("PATCH", `${of}/brandbrain/overrides`, {
    overrides_json: { "positioning.what_we_do": "We save sails." },
    pinned_paths: ["voice.cta_style"],
  });
  const newest = await send("GET", `${of}/brandbrain/latest`);
  const history = await send("GET", `${of}/brandbrain/history`);
  const deleted = await send("DELETE", of);
  const gone = await send("GET", of);
  return {
    brand, again, onboarding, source, kickoff, followed, streamed, polled,
    latest, unchanged, overridden, newest, history, deleted, gone,
  };
}

// What the page sees of each mistake: status, sentence, code, and the id under which it is logged.
export async function mistakes(api, calls) {
  const seen = [];
  for (const [method, path, body, headers] of calls) {
    const answer = await call(api, method, path, { body: body ?? undefined, headers: headers ?? {} });
    const { error, code, request_id } = answer.body;
    seen.push({ status: answer.status, error, code, logged: request_id === answer.headers["x-request-id"] });
  }
  return seen;
}

// Whether the browser lets the page have an answer at all.
export async function isBlocked(api, path) {
  try {
    await fetch(api + path, { credentials: "include" });
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}
