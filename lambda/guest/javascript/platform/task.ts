/** Operations of the platform that take their time; the guest's `Host.start` begins them. */

/** Never rejects: what went wrong for the guest is told in the JSON. */
export type PlatformTask = (
  json: string,
  bytes: Uint8Array,
) => Promise<{ readonly json: string; readonly bytes: Uint8Array }>;

/** Tasks by name, such as `crypto.subtle`. */
export type PlatformTasks = { readonly [name: string]: PlatformTask };
