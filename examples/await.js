// Top-level `await` works in a plain script, and so does the web platform.
const text = 'The quick brown fox jumps over the lazy dog';
const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));

({ text, sha256: hex.join('') });
