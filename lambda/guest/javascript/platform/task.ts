/** Asynchronous operations of the platform; the guest's `Host.start` begins them. */

/** Never rejects: its JSON says what went wrong for the guest. */
export type PlatformTask = (
  json: string,
  bytes: Uint8Array,
) => Promise<{ readonly json: string; readonly bytes: Uint8Array }>;

/** Tasks by name, such as `crypto.subtle`. */
export type PlatformTasks = { readonly [name: string]: PlatformTask };
