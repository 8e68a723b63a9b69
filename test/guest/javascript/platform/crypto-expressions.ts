/** Uses of `crypto` that must come to the same in a script here and in Node.js. */

/** What the expressions build on. */
export const cryptoPreamble = `
  const subtle = crypto.subtle;
  const bytes = (text) => new TextEncoder().encode(text);
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const key = bytes('0123456789abcdef');
  const iv = bytes('fedcba987654');
  const both = async (algorithm, sign) => {
    const { privateKey, publicKey } = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const signature = await subtle.sign(sign, privateKey, key);
    const pkcs8 = await subtle.exportKey('pkcs8', privateKey);
    const spki = await subtle.exportKey('spki', publicKey);
    const again = await subtle.importKey('spki', spki, algorithm, false, ['verify']);
    await subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
    return [
      await subtle.verify(sign, again, signature, key),
      await subtle.verify(sign, again, signature, iv),
      privateKey.type, publicKey.extractable, privateKey.algorithm, privateKey.usages,
      Object.keys(await subtle.exportKey('jwk', privateKey)).sort(),
    ];
  };
`;

export const cryptoExpressions: readonly string[] = [
  ...['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'].map(
    (name) => `hex(await subtle.digest('${name}', bytes('abc')))`,
  ),
  `subtle.digest('MD5', key)`,
  `subtle.digest({ name: 'sha-256' }, 'text')`,
  `subtle.digest('SHA-256')`,
  `hex(await subtle.sign('HMAC', await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']), bytes('data')))`,
  `hex(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bytes('aad') }, await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']), bytes('plain')))`,
  `hex(await subtle.encrypt({ name: 'AES-CBC', iv: key }, await subtle.importKey('raw', key, 'AES-CBC', false, ['encrypt']), bytes('plain')))`,
  `hex(await subtle.encrypt({ name: 'AES-CTR', counter: key, length: 64 }, await subtle.importKey('raw', key, 'AES-CTR', false, ['encrypt']), bytes('plain')))`,
  `(async () => { const k = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']); const c = new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, k, key)); c[0] ^= 1; try { await subtle.decrypt({ name: 'AES-GCM', iv }, k, c); } catch (e) { return [e instanceof DOMException, e.name, e.code]; } })()`,
  `hex(await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: iv, iterations: 1000 }, await subtle.importKey('raw', key, 'PBKDF2', false, ['deriveBits']), 256))`,
  `hex(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-512', salt: iv, info: key }, await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']), 128))`,
  `hex(await subtle.exportKey('raw', await subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-1', salt: iv, iterations: 2 }, await subtle.importKey('raw', key, 'PBKDF2', false, ['deriveKey']), { name: 'AES-GCM', length: 256 }, true, ['encrypt'])))`,
  `hex(await subtle.wrapKey('raw', await subtle.importKey('raw', key, 'AES-GCM', true, ['encrypt']), await subtle.importKey('raw', key, 'AES-KW', false, ['wrapKey']), 'AES-KW'))`,
  `both({ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'ECDSA', hash: 'SHA-256' })`,
  `both({ name: 'ECDSA', namedCurve: 'P-521' }, { name: 'ECDSA', hash: 'SHA-512' })`,
  `both({ name: 'Ed25519' }, 'Ed25519')`,
  `both({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }, 'RSASSA-PKCS1-v1_5')`,
  `both({ name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }, { name: 'RSA-PSS', saltLength: 32 })`,
  `(async () => { const a = await subtle.generateKey('X25519', false, ['deriveBits']); const b = await subtle.generateKey('X25519', false, ['deriveBits']); const x = await subtle.deriveBits({ name: 'X25519', public: b.publicKey }, a.privateKey, 256); const y = await subtle.deriveBits({ name: 'X25519', public: a.publicKey }, b.privateKey, 256); return hex(x) === hex(y); })()`,
  `(async () => { const a = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-384' }, true, ['deriveKey']); const k = await subtle.deriveKey({ name: 'ECDH', public: a.publicKey }, a.privateKey, { name: 'AES-GCM', length: 256 }, true, ['encrypt']); return [k.algorithm, k.usages, k.type]; })()`,
  `(async () => { const p = await subtle.generateKey({ name: 'RSA-OAEP', hash: 'SHA-1', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }, false, ['encrypt', 'decrypt']); return hex(await subtle.decrypt('RSA-OAEP', p.privateKey, await subtle.encrypt('RSA-OAEP', p.publicKey, key))) === hex(key); })()`,
  `(async () => { const k = await subtle.importKey('jwk', { kty: 'oct', k: 'AAECAwQFBgcICQoLDA0ODw', alg: 'A128GCM', ext: true }, 'AES-GCM', true, ['decrypt', 'encrypt']); return [k.usages, await subtle.exportKey('jwk', k)]; })()`,
  `subtle.exportKey('raw', await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']))`,
  `subtle.importKey('raw', key, 'AES-GCM', true, [])`,
  `subtle.importKey('raw', key.slice(1), 'AES-GCM', true, ['encrypt'])`,
  `subtle.importKey('raw', key, 'AES-GCM', true, ['sign'])`,
  `subtle.encrypt('AES-GCM', {}, key)`
    .replace('subtle', '(async () => { try { await subtle')
    .replace('key)', 'key); } catch (e) { return e.name; } })()'),
  `subtle.encrypt({ name: 'AES-GCM', iv }, await subtle.importKey('raw', key, 'AES-CBC', true, ['encrypt']), key)`,
  `subtle.generateKey({ name: 'NOPE' }, true, ['sign'])`,
  `(async () => { const k = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']); return [Object.prototype.toString.call(k), k.algorithm === k.algorithm, k.type, k.extractable, structuredClone(k).algorithm]; })()`,
  `/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())`,
  `(() => { const a = new Uint32Array(4); return crypto.getRandomValues(a) === a && a.some((n) => n !== 0); })()`,
  `(() => { try { crypto.getRandomValues(new Uint8Array(65537)); } catch (e) { return e.name; } })()`,
  `(() => { try { crypto.getRandomValues(new Float32Array(1)); } catch (e) { return e.name; } })()`,
  `(() => { const b = new Uint8Array(8); crypto.getRandomValues(b.subarray(4)); return [...b.slice(0, 4)]; })()`,
  `Object.prototype.toString.call(crypto) + Object.prototype.toString.call(subtle)`,
];
