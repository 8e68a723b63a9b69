import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createDnsResolver, systemResolver } from '../../lambda/egress/transport/resolver.ts';

/** Response code and addresses (as bytes) for a question; `null`: no answer at all. */
type Zone = (name: string, type: 'A' | 'AAAA') => { code: number; addresses: number[][] } | null;

let socket: Socket;

/** A name server for one test, on loopback. */
async function nameServer(zone: Zone): Promise<string> {
  socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const question = query.subarray(12, at + 5);
    const answer = zone(labels.join('.'), query.readUInt16BE(at + 1) === 28 ? 'AAAA' : 'A');
    if (answer === null) return;
    const header = Buffer.alloc(12);
    header.writeUInt16BE(query.readUInt16BE(0), 0);
    header.writeUInt16BE(0x8180 | answer.code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answer.addresses.length, 6);
    const records = answer.addresses.map((address) =>
      Buffer.from([
        0xc0,
        12,
        0,
        address.length === 4 ? 1 : 28,
        0,
        1,
        0,
        0,
        0,
        60,
        0,
        address.length,
        ...address,
      ]),
    );
    socket.send(Buffer.concat([header, question, ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(socket.address() as AddressInfo).port}`;
}

afterEach(() => {
  socket.close();
});

const loopback6 = [...new Array(15).fill(0), 1];

describe('names become addresses', () => {
  test('of both kinds, all of them', async () => {
    const server = await nameServer((_, type) => ({
      code: 0,
      addresses:
        type === 'A'
          ? [
              [93, 184, 216, 34],
              [127, 0, 0, 1],
            ]
          : [loopback6],
    }));
    expect(await createDnsResolver([server])('site.test')).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  });

  test('of one kind, where DNS has no other', async () => {
    const server = await nameServer((_, type) => ({
      code: type === 'A' ? 0 : 3,
      addresses: type === 'A' ? [[1, 2, 3, 4]] : [],
    }));
    expect(await createDnsResolver([server])('site.test')).toEqual([
      { address: '1.2.3.4', family: 4 },
    ]);
  });

  test.each([
    ['no such name', 3, 'ENOTFOUND'],
    ['a name without addresses', 0, 'ENOTFOUND'],
    ['a server that fails', 2, 'EAI_AGAIN'],
    ['a server that refuses', 5, 'EAI_AGAIN'],
  ])('or not: %s', async (_, code, expected) => {
    const server = await nameServer(() => ({ code, addresses: [] }));
    await expect(createDnsResolver([server])('site.test')).rejects.toMatchObject({
      code: expected,
    });
  });

  test('or not: a server that is silent', async () => {
    const server = await nameServer(() => null);
    await expect(createDnsResolver([server])('site.test')).rejects.toMatchObject({
      code: 'EAI_AGAIN',
    });
  });

  test('of a trusted origin are those that the system knows', async () => {
    await nameServer(() => null);
    expect(await systemResolver('localhost')).toContainEqual({ address: '127.0.0.1', family: 4 });
  });
});
