import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outgoingUrlProblem } from '../../src/model/outgoing-url.ts';

const nowhere = 'must lead to a host on the internet';
const noHttps = 'must be an https address without credentials';
const odd = 'must have no blanks, backslashes or control characters';

/** What the internet alone may be, and what leads elsewhere in every spelling that a parser somewhere knows. */
const onTheInternet: [url: string, problem: string | undefined][] = [
  ['https://merchant.co.id/hook?a=b#c', undefined],
  ['HTTPS://Merchant.CO.ID:8443/', undefined],
  ['https://merchant.co.id./', undefined],
  ['https://tokó.id/', undefined],
  ['https://93.184.215.14/', undefined],
  ['https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/', undefined],
  ['https://internal.merchant.id/?next=http://127.0.0.1', undefined],
  [`https://merchant.id/${'x'.repeat(2_028)}`, undefined],
  [`https://merchant.id/${'x'.repeat(2_029)}`, 'must have at most 2048 characters'],
  ['http://merchant.id/', noHttps],
  ['ftp://merchant.id/', noHttps],
  ['javascript:alert(1)', noHttps],
  ['data:text/html,a', noHttps],
  ['file:///etc/passwd', noHttps],
  ['gopher://merchant.id/', noHttps],
  ['//merchant.id/', noHttps],
  ['merchant.id', noHttps],
  ['', noHttps],
  ['https:merchant.id', noHttps],
  ['https:///merchant.id', noHttps],
  ['https://', noHttps],
  ['https://user@merchant.id/', noHttps],
  ['https://user:secret@merchant.id/', noHttps],
  ['https://@merchant.id/', noHttps],
  ['https://merchant.id@127.0.0.1/', noHttps],
  ['https://merchant.id:99999/', noHttps],
  ['https://merchant.id\\@127.0.0.1/', odd],
  ['https:\\\\127.0.0.1', odd],
  [' https://merchant.id', odd],
  ['https://mer\tchant.id', odd],
  ['https://merchant.id/\r\nx-evil: 1', odd],
  ['https://merchant.id/\0', odd],
  ['https://merchant.id/\u202e', odd],
  ['https://merchant.id/\ud800', odd],
  ['https://127.0.0.1/', nowhere],
  ['https://127.1/', nowhere],
  ['https://127.0.1/', nowhere],
  ['https://2130706433/', nowhere],
  ['https://0x7f000001/', nowhere],
  ['https://0x7f.0.0.1/', nowhere],
  ['https://0177.0.0.1/', nowhere],
  ['https://017700000001/', nowhere],
  ['https://127.0.0.1./', nowhere],
  ['https://%31%32%37.0.0.1/', nowhere],
  ['https://①②⑦.0.0.1/', nowhere],
  ['https://127。0。0。1/', nowhere],
  ['https://0.0.0.0/', nowhere],
  ['https://0/', nowhere],
  ['https://10.1.2.3/', nowhere],
  ['https://172.16.0.1/', nowhere],
  ['https://192.168.1.1:8080/', nowhere],
  ['https://3232235777/', nowhere],
  ['https://169.254.169.254/latest/meta-data/', nowhere],
  ['https://0xa9fea9fe/', nowhere],
  ['https://168.63.129.16/', nowhere],
  ['https://100.64.0.1/', nowhere],
  ['https://100.100.100.200/', nowhere],
  ['https://192.0.2.1/', nowhere],
  ['https://198.51.100.7/', nowhere],
  ['https://203.0.113.9/', nowhere],
  ['https://198.18.0.1/', nowhere],
  ['https://224.0.0.1/', nowhere],
  ['https://240.0.0.1/', nowhere],
  ['https://255.255.255.255/', nowhere],
  ['https://[::]/', nowhere],
  ['https://[::1]/', nowhere],
  ['https://[0:0:0:0:0:0:0:1]/', nowhere],
  ['https://[::ffff:127.0.0.1]/', nowhere],
  ['https://[::ffff:7f00:1]/', nowhere],
  ['https://[::ffff:93.184.215.14]/', nowhere],
  ['https://[::127.0.0.1]/', nowhere],
  ['https://[64:ff9b::127.0.0.1]/', nowhere],
  ['https://[64:ff9b:1::a00:1]/', nowhere],
  ['https://[2002:7f00:1::]/', nowhere],
  ['https://[2001:0:7f00:1::]/', nowhere],
  ['https://[2001:db8::1]/', nowhere],
  ['https://[3fff::1]/', nowhere],
  ['https://[fe80::1]/', nowhere],
  ['https://[fec0::1]/', nowhere],
  ['https://[fc00::1]/', nowhere],
  ['https://[fd00:ec2::254]/', nowhere],
  ['https://[ff02::1]/', nowhere],
  ['https://[4000::1]/', nowhere],
  ['https://localhost/', nowhere],
  ['https://LOCALHOST./', nowhere],
  ['https://shop.localhost/', nowhere],
  ['https://ｌｏｃａｌｈｏｓｔ/', nowhere],
  ['https://printer.local/', nowhere],
  ['https://metadata.google.internal/', nowhere],
  ['https://nas.home.arpa/', nowhere],
  ['https://gateway/', nowhere],
  ['https://gateway./', nowhere],
  ['https://merchant.id../', nowhere],
  ['https://a..merchant.id/', nowhere],
  ['https://.merchant.id/', nowhere],
];

for (const [url, problem] of onTheInternet) {
  test(`on the internet ${JSON.stringify(url.slice(0, 60))} ${problem ?? 'is right'}`, () => {
    assert.equal(outgoingUrlProblem(url, 'INTERNET'), problem);
  });
}

/** While a front end is being written; also then no machine is asked about itself. */
const nearby: [url: string, problem: string | undefined][] = [
  ['http://localhost:5173/done', undefined],
  ['http://127.0.0.1:4000/webhooks/xendit', undefined],
  ['http://[::1]:4000/', undefined],
  ['http://192.168.1.7:3000/', undefined],
  ['http://gateway:4000/', undefined],
  ['http://[::ffff:127.0.0.1]/', undefined],
  ['https://shop.example/', undefined],
  ['ftp://localhost/', 'must be a web address without credentials'],
  ['http://user@localhost/', 'must be a web address without credentials'],
  ['http://localhost/\n', odd],
  ['http://169.254.169.254/', nowhere],
  ['http://[::ffff:169.254.169.254]/', nowhere],
  ['http://[::ffff:168.63.129.16]/', nowhere],
  ['http://[fd00:ec2::254]/', nowhere],
  ['http://[64:ff9b::a9fe:a9fe]/', nowhere],
  ['http://[fe80::1]/', nowhere],
  ['http://0.0.0.0:3000/', nowhere],
  ['http://224.0.0.1/', nowhere],
];

for (const [url, problem] of nearby) {
  test(`nearby ${JSON.stringify(url)} ${problem ?? 'is right'}`, () => {
    assert.equal(outgoingUrlProblem(url, 'NEARBY'), problem);
  });
}

test('where only https is taken, a nearby address must be that too', () => {
  assert.equal(outgoingUrlProblem('http://localhost/', 'NEARBY', ['https:']), noHttps);
  assert.equal(outgoingUrlProblem('https://localhost/', 'NEARBY', ['https:']), undefined);
});
