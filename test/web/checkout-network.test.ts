import assert from 'node:assert/strict';
import { openPage, picture } from '../support/browser.ts';
import { openLine } from '../support/line.ts';
import { openNarrowProxy } from '../support/narrow-proxy.ts';
import { newName } from '../support/payments.ts';
import { payCode } from '../support/qr-codes.ts';
import { codeOn, live, paid, receiptsOn, shows, testOnCheckout } from './checkout-support.ts';

testOnCheckout(
  'what is paid while the network is cut is told once and in order when it is back',
  async (t, gateway) => {
    const line = await openLine(t, { host: '127.0.0.1', port: Number(new URL(gateway.url).port) });
    const [counter, order] = [newName('counter'), newName('order')];
    const atCounter = await codeOn(gateway, counter, 'STATIC');
    const toOrder = await codeOn(gateway, order);
    const beyond = `http://127.0.0.1:${line.port}`;
    const { page, context } = await openPage(t, { url: beyond + atCounter });
    const [cutOff, other] = [await context.newPage(), await context.newPage()];
    await cutOff.goto(beyond + toOrder);
    await other.goto(gateway.url + toOrder);
    for (const one of [page, cutOff, other]) await shows(one, live);
    await payCode(gateway, counter, '2001');
    await shows(page, 'Rp 2,001 received');

    line.cut();
    for (const one of [page, cutOff]) await shows(one, 'Connection lost');
    await picture(page, 'checkout-offline');
    await payCode(gateway, counter, '2002');
    await payCode(gateway, counter, '2003');
    await payCode(gateway, order);
    await paid(other);
    assert.deepEqual(await receiptsOn(page), ['Rp 2,001 received']);
    line.restore();
    await paid(cutOff);
    await shows(page, 'Rp 2,003 received');
    assert.deepEqual(await receiptsOn(page), ['Rp 2,003 received', 'Rp 2,002 received', 'Rp 2,001 received']);

    await page.goto('about:blank');
    await payCode(gateway, counter, '2004');
    await page.goBack();
    await shows(page, 'Rp 2,004 received');
    const all = ['Rp 2,004 received', 'Rp 2,003 received', 'Rp 2,002 received', 'Rp 2,001 received'];
    assert.deepEqual(await receiptsOn(page), all);
  },
);

const ways = {
  'where no WebSocket goes through it hears by server-sent events': {
    isRefused: undefined,
    shown: 'Live by server-sent events',
  },
  'where no stream goes through at all it asks': {
    isRefused: ({ url }: { url?: string | undefined }) => url === '/graphql/stream',
    shown: 'Asking every few seconds',
  },
};

for (const [what, { isRefused, shown }] of Object.entries(ways)) {
  testOnCheckout(`${what}, and says so`, async (t, gateway) => {
    const name = newName('order');
    const proxy = await openNarrowProxy(t, gateway.url, isRefused);
    const { page } = await openPage(t, { url: proxy + (await codeOn(gateway, name)) });
    await shows(page, shown);
    await payCode(gateway, name);
    await paid(page);
  });
}
