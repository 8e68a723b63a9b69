/**
 * The message of the RangeError that a script gets where it calls itself too deeply: V8's. The build
 * makes QuickJS throw this, rather than an InternalError, which no other engine has.
 */
export const stackOverflowMessage = 'Maximum call stack size exceeded';
