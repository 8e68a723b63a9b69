/** What Node.js has and its type declarations lack. */
declare namespace WebAssembly {
  function instantiate(
    bytes: Uint8Array,
    imports?: Imports,
  ): Promise<{ readonly module: Module; readonly instance: Instance }>;
}
