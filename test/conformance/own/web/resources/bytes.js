globalThis.bytes = (hex) =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (digits) =>
    Number.parseInt(digits, 16),
  );
