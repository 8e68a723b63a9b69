/**
 * The own property under which errors have the frames that QuickJS gives them. The build renames
 * QuickJS's `stack` to it, so that `stack` can be what V8 has: name, message and frames. As long as
 * `stack`, and no name that a script would come upon.
 */
export const framesProperty = '@site';
