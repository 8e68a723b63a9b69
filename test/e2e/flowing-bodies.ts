/**
 * What a script may do with bodies that flow, as bodies of asynchronous functions: each must come to the
 * same in the engine as in Node.js itself, with the same server, whose origin is `origin`.
 */
export const flowingBodies: readonly string[] = [
  // Reading.
  'let text = ""; const decoder = new TextDecoder(); for await (const chunk of (await fetch(origin + "/lines")).body) text += decoder.decode(chunk, { stream: true }); return text',
  'for await (const chunk of (await fetch(origin + "/endless")).body) return [chunk.constructor.name, Object.prototype.toString.call(chunk), new TextDecoder().decode(chunk).slice(0, 9)]',
  'const response = await fetch(origin + "/lines"); const { body } = response; const values = [response.bodyUsed, body === response.body, body instanceof ReadableStream, body.locked]; const reader = body.getReader(); values.push(body.locked, response.bodyUsed); await reader.read(); values.push(response.bodyUsed); await reader.cancel(); return values',
  'const reader = (await fetch(origin + "/lines?count=2")).body.getReader(); let size = 0; for (;;) { const { done, value } = await reader.read(); if (done) return [size, value, await reader.read()]; size += value.length }',
  'return await (await fetch(origin + "/lines")).text()',
  'return await (await fetch(origin + "/json")).json()',
  'return (await (await fetch(origin + "/lines")).arrayBuffer()).byteLength',
  'return [...(await (await fetch(origin + "/lines?count=1")).bytes())]',
  'const blob = await (await fetch(origin + "/lines")).blob(); return [blob.type, blob.size, await blob.text()]',
  'return [...(await (await fetch(origin + "/form")).formData())]',
  'return [(await fetch(origin + "/empty")).body, await (await fetch(origin + "/empty")).text()]',
  'return (await (await fetch(origin + "/large?bytes=1000000")).text()).length',
  'let size = 0; for await (const chunk of (await fetch(origin + "/large?bytes=1000000&length")).body) size += chunk.length; return size',
  'const reader = (await fetch(origin + "/large?bytes=300000")).body.getReader({ mode: "byob" }); let size = 0; let view = new Uint8Array(1000); for (;;) { const { done, value } = await reader.read(view); if (done) return [size, value.length]; size += value.length; view = new Uint8Array(value.buffer) }',
  'const reader = (await fetch(origin + "/lines?count=1")).body.getReader(); const reads = await Promise.all([reader.read(), reader.read()]); return [new TextDecoder().decode(reads[0].value), reads[1]]',
  // Reading twice.
  'const response = await fetch(origin + "/lines"); await response.text(); return response.text()',
  'const response = await fetch(origin + "/lines"); const first = response.text(); try { await response.json() } catch (error) { return [error.name, error.message, (await first).length, response.bodyUsed] }',
  'const response = await fetch(origin + "/lines"); response.body.getReader(); return response.text()',
  'const response = await fetch(origin + "/lines"); for await (const _ of response.body) break; return [response.bodyUsed, response.body.locked, await response.text()]',
  'const response = await fetch(origin + "/lines"); const text = response.text(); return [response.bodyUsed, response.body.locked, (await text).length, response.body.locked]',
  'const response = await fetch(origin + "/lines"); await response.text(); return response.clone()',
  // Streams from it.
  'let text = ""; for await (const piece of (await fetch(origin + "/lines")).body.pipeThrough(new TextDecoderStream())) text += typeof piece + piece; return text.replaceAll("string", "")',
  'const gzip = (await fetch(origin + "/lines")).body.pipeThrough(new CompressionStream("gzip")); return await new Response(gzip.pipeThrough(new DecompressionStream("gzip"))).text()',
  'const chunks = []; await (await fetch(origin + "/lines")).body.pipeTo(new WritableStream({ write(chunk) { chunks.push(...chunk) } })); return new TextDecoder().decode(new Uint8Array(chunks))',
  'const [a, b] = (await fetch(origin + "/lines")).body.tee(); return Promise.all([new Response(a).text(), new Response(b).text()])',
  'const response = await fetch(origin + "/lines"); const clone = response.clone(); return [await response.text(), await clone.text(), clone.url === response.url]',
  'const response = await fetch(origin + "/endless"); const clone = response.clone(); const reader = response.body.getReader(); const { value } = await reader.read(); const other = clone.body.getReader(); const first = await other.read(); reader.cancel(); await other.cancel(); return [value.length > 0, first.value.length > 0]',
  'return await new Response((await fetch(origin + "/lines")).body).text()',
  'return (await Array.fromAsync((await fetch(origin + "/lines")).body)).every((chunk) => chunk instanceof Uint8Array)',
  // Ending it.
  'const { body } = await fetch(origin + "/endless"); await body.cancel("enough"); return [body.locked, await body.getReader().read()]',
  'const reader = (await fetch(origin + "/endless")).body.getReader(); await reader.read(); return [await reader.cancel(), await reader.read(), await reader.closed]',
  'const reader = (await fetch(origin + "/stalled")).body.getReader(); await reader.read(); const pending = reader.read(); await reader.cancel(); return await pending',
  'const controller = new AbortController(); const response = await fetch(origin + "/endless", { signal: controller.signal }); const reader = response.body.getReader(); await reader.read(); controller.abort(); for (;;) await reader.read()',
  'const controller = new AbortController(); const response = await fetch(origin + "/stalled", { signal: controller.signal }); setTimeout(() => controller.abort(new RangeError("why")), 20); return response.text()',
  'const controller = new AbortController(); const response = await fetch(origin + "/stalled", { signal: controller.signal }); controller.abort("a text"); return response.text()',
  'const response = await fetch(origin + "/stalled", { signal: AbortSignal.timeout(50) }); return response.text()',
  'const controller = new AbortController(); const { body } = await fetch(origin + "/endless", { signal: controller.signal }); setTimeout(() => controller.abort(), 30); for await (const _ of body);',
  'const controller = new AbortController(); const response = await fetch(origin + "/lines", { signal: controller.signal }); const text = await response.text(); controller.abort(); return text.length',
  // Its end.
  'return (await fetch(origin + "/gone")).text()',
  'return (await fetch(origin + "/gone?length")).text()',
  'for await (const _ of (await fetch(origin + "/gone")).body);',
  'const reader = (await fetch(origin + "/gone")).body.getReader(); await reader.read(); try { await reader.read() } catch (error) { return [error instanceof TypeError, error.message, await reader.closed.catch((reason) => reason === error), typeof error.stack] }',
  'const [a, b] = (await fetch(origin + "/gone")).body.tee(); return (await Promise.allSettled([new Response(a).text(), new Response(b).text()])).map(({ status, reason }) => [status, reason.name, reason.message])',
  // Compressed.
  ...['gzip', 'deflate', 'br', 'zstd'].flatMap((encoding) => [
    `return (await fetch(\`\${origin}/lines?encoding=${encoding}\`)).text()`,
    `let text = ""; const decoder = new TextDecoder(); for await (const chunk of (await fetch(\`\${origin}/lines?encoding=${encoding}&ms=20\`)).body) text += decoder.decode(chunk, { stream: true }); return text`,
  ]),
  // Bodies of requests.
  'const body = ReadableStream.from(["a", "b", "c"].map((text) => new TextEncoder().encode(text))); return (await fetch(origin + "/collect", { method: "POST", body, duplex: "half" })).json().then(({ method, chunks }) => [method, chunks.join("")])',
  'async function* parts() { for (const text of ["one ", "two ", "three"]) { yield new TextEncoder().encode(text); await new Promise((resolve) => setTimeout(resolve, 20)) } } return (await fetch(origin + "/collect", { method: "PUT", body: parts(), duplex: "half" })).json().then(({ chunks }) => chunks)',
  'const body = new ReadableStream({ start(controller) { controller.enqueue(new Uint8Array([97])); controller.close() } }); const response = await fetch(origin + "/echo", { method: "POST", body, duplex: "half" }); return [response.headers.get("x-encoding"), await response.text()]',
  'return fetch(origin + "/collect", { method: "POST", body: new ReadableStream() })',
  'return fetch(origin + "/collect", { body: new ReadableStream(), duplex: "half" })',
  'const body = new ReadableStream({ start(controller) { controller.error(new RangeError("broken")) } }); return fetch(origin + "/collect", { method: "POST", body, duplex: "half" })',
  'let pulls = 0; const body = new ReadableStream({ pull(controller) { if (pulls++ > 1) controller.error(new RangeError("broken")); else controller.enqueue(new Uint8Array(10)) } }); return fetch(origin + "/collect", { method: "POST", body, duplex: "half" })',
  'const body = new ReadableStream({ start(controller) { controller.close() } }); return (await fetch(origin + "/collect", { method: "POST", body, duplex: "half" })).json()',
  'const stream = new ReadableStream(); stream.getReader(); return fetch(origin + "/collect", { method: "POST", body: stream, duplex: "half" })',
  ...[301, 302, 303, 307, 308].map(
    (status) =>
      `const body = ReadableStream.from([new Uint8Array([97])]); const response = await fetch(\`\${origin}/redirect?status=${status}&to=/collect\`, { method: "POST", body, duplex: "half" }); return [response.status, response.redirected, await response.json()]`,
  ),
  'const first = await fetch(origin + "/lines"); return (await fetch(origin + "/echo", { method: "POST", body: first.body, duplex: "half" })).text()',
  'const request = new Request(origin + "/collect", { method: "POST", body: ReadableStream.from([new Uint8Array([97])]), duplex: "half" }); const response = await fetch(request); return [request.bodyUsed, (await response.json()).chunks]',
  'const controller = new AbortController(); const body = new ReadableStream({ pull() { return new Promise(() => {}) } }); setTimeout(() => controller.abort("enough"), 20); try { await fetch(origin + "/collect", { method: "POST", body, duplex: "half", signal: controller.signal }) } catch (reason) { return reason }',
  // Redirects that lead to a body that flows.
  'const response = await fetch(origin + "/redirect?status=302&to=/lines"); return [response.redirected, new URL(response.url).pathname, await response.text()]',
  'const response = await fetch(origin + "/redirect?status=302&to=/lines", { redirect: "manual" }); return [response.status, await response.text()]',
];
