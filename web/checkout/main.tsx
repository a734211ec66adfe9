import { mount } from '../shared/mount.tsx';
import { Checkout } from './checkout.tsx';
import { LanguageProvider } from './language.tsx';

mount(
  <LanguageProvider>
    <Checkout token={location.pathname.split('/')[2] ?? ''} />
  </LanguageProvider>,
);
