import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { compression } from 'vite-plugin-compression2';

const pages = ['start', 'graphiql', 'checkout', 'console'];

/** The icon that all pages have, so that no browser asks for one elsewhere. */
const icon: Plugin = {
  name: 'icon',
  transformIndexHtml: {
    order: 'pre',
    handler: () => [
      { tag: 'link', attrs: { rel: 'icon', type: 'image/svg+xml', href: '../shared/icon.svg' }, injectTo: 'head' },
    ],
  },
};

/** Each page on its own in `dist/`, which `src/server/pages.ts` serves; compressed here, so that the gateway need not. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    react(),
    icon,
    compression({ algorithms: ['gzip'], include: /\.(html|js|css|svg|ttf|json)$/, threshold: 1_000 }),
  ],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The explorer's editor is large, and no other page loads it.
    chunkSizeWarningLimit: 5_000,
    rolldownOptions: {
      // GraphiQL brings directives for a compiler of its own.
      checks: { moduleLevelDirective: false, bundlerTimings: false },
      input: Object.fromEntries(pages.map((page) => [page, join(import.meta.dirname, page, 'index.html')])),
    },
  },
});
