import { createClient } from '@supabase/supabase-js';

/** The parts that need no socket: tables, functions, storage. */
export default async ({ origin }) => {
  const client = createClient(origin, 'anon-key', {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  const { data, count, status } = await client
    .from('orders')
    .select('id, lines (sku, count)', { count: 'exact' })
    .eq('state', 'open')
    .in('id', [1, 2])
    .order('id', { ascending: false })
    .range(0, 9);
  const inserted = await client.from('orders').insert({ id: 3, note: 'ü' }).select().single();
  const failed = await client.from('missing').select();
  const called = await client.functions.invoke('hello', { body: { name: 'Ada' } });
  const url = client.storage.from('images').getPublicUrl('a b.png', { transform: { width: 10 } })
    .data.publicUrl;
  const uploaded = await client.storage
    .from('images')
    .upload('a.txt', new Blob(['text']), { contentType: 'text/plain' });
  const { data: session } = await client.auth.getSession();
  return [
    data,
    count,
    status,
    inserted.data,
    failed.error,
    failed.status,
    called.data,
    url.replace(origin, ''),
    Object.keys(uploaded),
    session,
  ];
};
