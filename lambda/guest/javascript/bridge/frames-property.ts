/**
 * The own property of an error that holds QuickJS's stack frames. The build renames QuickJS's
 * `stack` to it, so that `stack` can be what V8 has: name, message and frames. The name has the
 * length of `stack`, as the build patches it in place, and no script uses it by accident.
 */
export const framesProperty = '@site';
