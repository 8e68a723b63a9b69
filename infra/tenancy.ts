import type { Context } from './context/context.ts';

/**
 * How API Gateway tells Lambda the tenant of a request, in per-tenant isolation mode. Routes that
 * run nobody's code share one tenant of their own, since such a function must not be invoked
 * without any. See "Tenant isolation" in the Lambda Developer Guide.
 * @param who whose tenant: the caller's, as `tenantIdFrom` says, or nobody's in particular
 */
export function tenantMapping(context: Context, who: 'caller' | 'nobody') {
  const header = 'integration.request.header.X-Amz-Tenant-Id';
  const source = context.tenantIdFrom;
  if (source === null) return { integration: {}, method: {} };
  if (who === 'nobody') return { integration: { [header]: "'none'" }, method: {} };
  return {
    integration: { [header]: source },
    // What is mapped must be declared, and is then required: a request without a tenant is a 400.
    method: source.startsWith('method.') ? { [source]: true } : {},
  };
}

/** The header in which callers name their tenant, if they do. */
export function tenantHeader({ tenantIdFrom }: Context): readonly string[] {
  const name = tenantIdFrom?.match(/^method\.request\.header\.(.+)$/)?.[1];
  return name === undefined ? [] : [name];
}
